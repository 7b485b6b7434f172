"""The console's side of signing on at vendors: the portal's keys, trials, and why a resource did not open."""

from typing import Any

from navette.signon import keys
from navette.signon.models import EventKind, KeyUse, SigningKey, SignonEvent
from tests.architecture.areas import Area, Values

TABLE = """
console:signon_trial    GET    in   403  403  403  403  403  403  403  200  200  403  403
console:signon_trial    POST   in   403  403  403  403  403  403  403  200  200  403  403
console:signon_why      GET    in   403  403  403  403  403  403  403  200  200  403  403
console:signon_why      POST   405  405  405  405  405  405  405  405  405  405  405  405
console:signon_keys     GET    in   403  403  403  403  403  403  403  200  200  403  403
console:signon_keys     POST   405  405  405  405  405  405  405  405  405  405  405  405
console:signon_key_step GET    in   403  403  403  403  403  403  403  200  200  403  403
console:signon_key_step POST   in   403  403  403  403  403  403  403  go   go   403  403
console:signon_certificate GET in   403  403  403  403  403  403  403  200  200  403  403
console:signon_certificate POST 405 405  405  405  405  405  405  405  405  405  405  405
"""


def prepare(world: Any) -> None:
    """Make a first key, which a page that is only read does not."""
    keys.current(KeyUse.SAML)


def places(world: Any) -> Values:
    """Return the arguments of the addresses."""
    return {
        "console:signon_trial": {"pk": world.resource.pk},
        "console:signon_key_step": {"use": "saml", "step": "withdraw"},
        "console:signon_certificate": {"kid": SigningKey.objects.earliest("pk").kid},
    }


def posts(world: Any) -> Values:
    """Return a trial that is filled in well."""
    return {"console:signon_trial": {"lecteur": "may", "fournisseur": "simulateur"}}


def fill(world: Any, count: int) -> None:
    """Write steps of signing on, each reader's and nobody's."""
    SignonEvent.objects.bulk_create(
        SignonEvent(kind=EventKind.FAILED, way="cas", reason="ticket_unknown", trial=True) for _n in range(count)
    )
    readers = [row.reader for row in world.subscriptions.values()]
    SignonEvent.objects.bulk_create(
        SignonEvent(kind=EventKind.SENT, way="plain", resource=world.resource, reader=readers[n % len(readers)])
        for n in range(count)
    )


AREA = Area(
    table=TABLE,
    prepare=prepare,
    places=places,
    posts=posts,
    fill=fill,
    lists=(
        ("administrator", "console:signon_why", ""),
        ("digital", "console:signon_why", "?q=nom&etape=sent"),
        ("digital", "console:signon_trial", "?depuis=1"),
    ),
    alone={"console:signon_keys": "a handful of keys"},
    forms=(
        ("administrator", "console:signon_why", ""),
        ("administrator", "console:signon_trial", ""),
        ("administrator", "console:signon_key_step", ""),
    ),
)
