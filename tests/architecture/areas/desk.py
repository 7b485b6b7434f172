"""The console's side of signing on at vendors: the portal's keys, trials, and why a resource did not open."""

from typing import Any

from navette.signon import keys
from navette.signon.models import KeyUse, SigningKey
from tests.architecture.areas import Area, Values

TABLE = """
console:signon_keys     GET    in   403  403  403  403  403  403  403  200  200  403  403
console:signon_keys     POST   in   403  403  403  403  403  403  403  go   go   403  403
console:signon_certificate GET in   403  403  403  403  403  403  403  200  200  403  403
console:signon_certificate POST 405 405  405  405  405  405  405  405  405  405  405  405
"""


def prepare(world: Any) -> None:
    """Make a first key, which a page that is only read does not."""
    keys.current(KeyUse.SAML)


def places(world: Any) -> Values:
    """Return the arguments of the addresses."""
    return {"console:signon_certificate": {"kid": SigningKey.objects.earliest("pk").kid}}


def posts(world: Any) -> Values:
    """Return forms that are filled in well."""
    return {"console:signon_keys": {"usage": "saml", "suite": "withdraw"}}


AREA = Area(
    table=TABLE,
    prepare=prepare,
    places=places,
    posts=posts,
    alone={"console:signon_keys": "a handful of keys"},
    forms=(("administrator", "console:signon_keys", ""),),
)
