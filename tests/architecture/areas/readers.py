"""Readers' own rules: a parent's agreement, seats, new terms, the household."""

import datetime as dt
from typing import Any

from navette.core import clock
from navette.core.actors import VISITOR
from navette.readers.models import ParentalAgreement
from navette.readers.tokens import parental_token
from navette.subscriptions import actions
from navette.subscriptions.actions.grants import grant
from navette.subscriptions.models import GrantState
from tests import factories
from tests.architecture.areas import Area, Values

TABLE = """
site:parental_agreement GET    200  200  200  200  200  200  200  200  200  200  200  200
site:parental_agreement POST   go   go   go   go   go   go   go   go   go   go   go   go
site:household          GET    in   200  200  200  200  403  403  403  403  403  403  403
site:household          POST   in   200  go   go   go   403  403  403  403  403  403  403
site:ask_parent         GET    in   go   go   go   go   403  403  403  403  403  403  403
site:ask_parent         POST   in   go   go   go   go   403  403  403  403  403  403  403
site:terms              GET    in   go   go   go   go   403  403  403  403  403  403  403
site:terms              POST   in   go   go   go   go   403  403  403  403  403  403  403
"""
YOUNG = dt.timedelta(days=365 * 10)


def prepare(world: Any) -> None:
    """Write a young reader whose parent has been asked, and a reader who has new terms to accept."""
    world.people["young"] = factories.young_subscription(library=world.library).reader.user
    behind = factories.SubscriptionFactory(library=world.library).reader
    behind.acceptances.all().delete()
    world.people["behind"] = behind.user


def places(world: Any) -> Values:
    """Return the arguments of the parent's page."""
    return {"site:parental_agreement": {"token": parental_token(ParentalAgreement.objects.get())}}


def posts(world: Any) -> Values:
    """Return the forms filled in well."""
    return {
        "site:parental_agreement": {"reponse": "accord"},
        "site:household": {
            "last_name": "Bellegarde",
            "first_name": "Malo",
            "birth_date": "13/03/1990",
            "password": "Cerf-volant/37-marmite",
            "password_again": "Cerf-volant/37-marmite",
            "library": world.library.pk,
            "resources": [world.resource.pk],
            "terms": "on",
        },
    }


def _young(email: str = "petit@example.org") -> actions.Registration:
    return actions.Registration(
        first_name="Malo",
        last_name="Caradec",
        email=email,
        birth_date=clock.today() - YOUNG,
        password_hash=factories.hashed_password(),
        library=factories.LibraryFactory(),
        resources=[factories.ResourceFactory()],
        parent_name="Inès Caradec",
        parent_email="ines@example.org",
    )


def ask_parent() -> None:
    actions.register(request=_young(), acting_user=VISITOR)


def agree() -> None:
    ask_parent()
    actions.agree(parental_token(ParentalAgreement.objects.latest("pk")))


def register_household() -> None:
    owner = factories.SubscriptionFactory().reader.user
    actions.register_household(request=_young(owner.email), acting_user=owner)


def give_seat() -> None:
    resource = factories.ResourceFactory(seats=1)
    first, second = factories.SubscriptionFactory(active=True), factories.SubscriptionFactory(active=True)
    for subscription in (first, second):
        grant(subscription, [resource])
    assert second.grants.get().state == GrantState.WAITING
    actions.end(first, acting_user=factories.library_account(first.library), reason="left")


AREA = Area(
    table=TABLE,
    prepare=prepare,
    places=places,
    posts=posts,
    alone={
        "site:ask_parent": "a form, for a reader whose parent is awaited",
        "site:terms": "a page of text, for a reader who has not accepted it",
    },
    lists=(("active", "site:household", ""),),
    forms=(
        ("active", "site:household", ""),
        ("anonymous", "site:parental_agreement", ""),
        ("young", "site:ask_parent", ""),
        ("behind", "site:terms", ""),
    ),
    mails={
        "parent_asked": ask_parent,
        "parent_awaited": ask_parent,
        "parent_agreed": agree,
        "parent_thanked": agree,
        "household_request": register_household,
        "seat_given": give_seat,
    },
)
