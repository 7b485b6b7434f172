"""The libraries' screens of the portals where each resource is decided and libraries register their readers."""

import datetime as dt
from typing import Any

from navette.core import clock
from navette.mail.models import MailState
from navette.portal.models import Portal
from navette.subscriptions import actions
from navette.subscriptions.models import GrantState
from tests import factories
from tests.architecture.areas import Area, Values


def register() -> None:
    """Let a library register a reader."""
    factories.portal("oise")
    library = factories.LibraryFactory()
    request = actions.NewReader(
        first_name="Inès",
        last_name="Caradec",
        email="ines@example.org",
        birth_date=dt.date(1990, 3, 13),
        library=library,
        resources=[factories.ResourceFactory()],
    )
    actions.register_by_library(request=request, acting_user=factories.library_account(library))


def decide_resources() -> None:
    """Let a library refuse one resource of a valid reader."""
    factories.portal("loiret")
    grant = factories.GrantFactory()
    account = factories.library_account(grant.subscription.library)
    decided = {grant.resource_id: GrantState.REFUSED}
    actions.decide_resources(grant.subscription, acting_user=account, decided=decided)


def decide_in_place() -> None:
    """Let the staff decide what a library has left, two days after it was warned."""
    factories.portal("oise")
    sent_at = clock.now() - dt.timedelta(days=2)
    warning = factories.MailFactory(kind="library_late", state=MailState.SENT, sent_at=sent_at)
    late = factories.SubscriptionFactory(deadline=clock.today() - dt.timedelta(days=3), warning=warning)
    actions.accept(late, acting_user=factories.staff())


def places(world: Any) -> Values:
    """Return the addresses' arguments."""
    return {"pro:tabs": {"pk": world.subscriptions["pending"].pk}}


def posts(world: Any) -> Values:
    """Return forms filled in well."""
    waits = world.subscriptions["pending"]
    reader = waits.reader
    tabs = {
        "version": waits.version,
        "first_name": "Autre",
        "last_name": reader.last_name,
        "birth_date": "13/03/1990",
        "email": reader.user.email,
        "library": waits.library_id,
        "status": "pending",
        "starts_on": clock.today().isoformat(),
    }
    register = {
        "last_name": "Petit",
        "first_name": "Léa",
        "email": "lea.petit@example.org",
        "email_again": "lea.petit@example.org",
        "birth_date": "13/03/1990",
        "resources": [world.resource.pk],
        "library": world.library.pk,
    }
    return {"pro:tabs": tabs, "pro:register": register}


def prepare(world: Any) -> None:
    """Let libraries register their readers."""
    Portal.objects.update(librarians_register_readers=True)


TABLE = """
pro:tabs                GET    in   403  403  403  403  200  200  404  200  200  200  403
pro:tabs                POST   in   403  403  403  403  403  go   404  go   go   403  403
pro:register            GET    in   403  403  403  403  403  200  200  403  403  403  403
pro:register            POST   in   403  403  403  403  403  go   400  403  403  403  403
"""

AREA = Area(
    table=TABLE,
    prepare=prepare,
    places=places,
    posts=posts,
    lists=(("manager", "pro:tabs", ""),),
    alone={"pro:register": "a form"},
    forms=(
        ("manager", "pro:tabs", "pending"),
        ("administrator", "pro:tabs", "active"),
        ("manager", "pro:register", ""),
    ),
    mails={
        "registered_by_library": register,
        "resources_decided": decide_resources,
        "decided_in_place": decide_in_place,
    },
)
