"""One's own data, closing one's account, and the mails about it."""

import datetime as dt
from typing import TYPE_CHECKING

from navette.core import clock
from navette.libraries.models import ContactMessage
from navette.lifecycle import retention
from navette.lifecycle.closing import close_own
from navette.mail.models import OutgoingMail
from navette.signon.models import Opening
from navette.subscriptions.models import SubscriptionEvent
from tests import factories
from tests.architecture.areas import Area

if TYPE_CHECKING:
    from tests.architecture.world import World


def close() -> None:
    """Close a reader's account."""
    user = factories.SubscriptionFactory(active=True).reader.user
    close_own(user, acting_user=user, password=factories.PASSWORD)


def warn() -> None:
    """Tell a reader that their account will be erased."""
    factories.SubscriptionFactory(expired=True, starts_on=clock.today() - dt.timedelta(days=900))
    assert retention.WARNINGS.run(clock.today()) == 1


TABLE = """
site:my_data            GET    in   200  200  200  200  403  403  403  403  403  403  403
site:my_data            POST   405  405  405  405  405  405  405  405  405  405  405  405
site:my_data_file       GET    in   200  200  200  200  403  403  403  403  403  403  403
site:my_data_file       POST   405  405  405  405  405  405  405  405  405  405  405  405
site:close_account      GET    in   200  200  200  200  403  403  403  403  403  403  403
site:close_account      POST   in   go   go   go   go   403  403  403  403  403  403  403
"""


def own_rows(world: "World", count: int) -> None:
    """Add to what is kept about the reader whose subscription is valid."""
    subscription = world.subscriptions["active"]
    common = {"library": subscription.library, "age_band": "25-44", "reader": subscription.reader}
    Opening.objects.bulk_create(
        Opening(resource=world.resource, day=clock.today(), opened_at=clock.now(), **common) for _n in range(count)
    )
    SubscriptionEvent.objects.bulk_create(
        SubscriptionEvent(subscription=subscription, actor_label="A", move="edit", to_status="active")
        for _n in range(count)
    )
    ContactMessage.objects.bulk_create(
        ContactMessage(theme="site", name="A", email="a@example.org", user=subscription.reader.user, body="?")
        for _n in range(count)
    )
    OutgoingMail.objects.bulk_create(
        OutgoingMail(kind="accepted", to_email="a@example.org", body="B", about_account=subscription.reader.user_id)
        for _n in range(count)
    )


AREA = Area(
    table=TABLE,
    posts=lambda world: {"site:close_account": {"password": factories.PASSWORD}},
    lists=(("active", "site:my_data", ""), ("active", "site:my_data_file", "")),
    fill=own_rows,
    alone={"site:close_account": "a form"},
    forms=(("active", "site:close_account", ""),),
    mails={"account_closed": close, "account_ends": warn},
)
