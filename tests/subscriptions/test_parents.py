"""SUB-12: below an age, a parent agrees by a mailed link before the library sees anything."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing

from navette.accounts.errors import HouseholdIsFull
from navette.accounts.models import User
from navette.accounts.throttle import TooManyAttempts
from navette.core import clock
from navette.core.actors import VISITOR
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.models import AuditRow
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from navette.readers.models import ParentalAgreement
from navette.readers.tokens import LINK_SERVES, agreement_of, parental_token
from navette.signon import errors
from navette.signon.decision import may_open
from navette.subscriptions.actions import (
    Changes,
    Registration,
    agree,
    ask_parent_again,
    decline,
    edit_own,
    in_bulk,
    register,
    register_household,
)
from navette.subscriptions.actions.moves import fetch
from navette.subscriptions.actions.parents import AgreementIsOver
from navette.subscriptions.dates import same_day
from navette.subscriptions.models import Subscription, SubscriptionEvent
from navette.subscriptions.queries import subscriptions_seen_by
from navette.subscriptions.states import Move, Status
from tests import factories
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MONDAY = dt.date(2026, 11, 23)


def asked(**changed: Any) -> Registration:
    """Return the registration of Malo, ten years old, with what a test changes."""
    values: dict[str, Any] = {
        "first_name": "Malo",
        "last_name": "Caradec",
        "email": "malo@example.org",
        "birth_date": same_day(clock.today(), -10),
        "password_hash": factories.hashed_password(),
        "library": changed.get("library") or factories.LibraryFactory(),
        "resources": [factories.ResourceFactory()],
        "parent_name": "Inès Caradec",
        "parent_email": "ines@example.org",
    }
    return Registration(**values | changed)


def registered(**changed: Any) -> tuple[Subscription, str]:
    """Return the subscription of a young reader who has just registered, and the token of the parent's link."""
    made = register(request=asked(**changed), acting_user=VISITOR)
    assert made is not None
    return made, parental_token(made.reader.parental_agreement)


def kinds() -> list[str]:
    return list(OutgoingMail.objects.order_by("kind").values_list("kind", flat=True))


# ---- whom it is asked of
@pytest.mark.parametrize(
    ("age", "birth_date", "awaits"),
    [
        (15, dt.date(2011, 11, 24), True),
        (15, MONDAY.replace(year=2011), False),
        (15, dt.date(1990, 1, 1), False),
        (18, dt.date(2008, 11, 24), True),
        (0, dt.date(2020, 1, 1), False),
    ],
)
def test_sub_12_the_age_of_the_portal_decides_on_the_day(age: int, birth_date: dt.date, awaits: bool) -> None:
    factories.portal(parental_age=age)
    with clock.set_today(MONDAY):
        made = register(request=asked(birth_date=birth_date), acting_user=VISITOR)
    assert made is not None
    assert (made.status == Status.UNCONFIRMED) is awaits
    assert ParentalAgreement.objects.exists() is awaits


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"parent_name": "  "}, "parent_name"),
        ({"parent_email": "ines"}, "parent_email"),
        ({"parent_email": ""}, "parent_email"),
    ],
)
def test_sub_12_a_young_reader_names_a_parent(portal: Portal, changed: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        register(request=asked(**changed), acting_user=VISITOR)
    assert refusal.value.field == field
    assert not User.objects.filter(email="malo@example.org").exists()


def test_sub_12_only_parent_and_child_are_mailed_and_no_deadline_runs(portal: Portal) -> None:
    made, _token = registered()
    assert kinds() == ["parent_asked", "parent_awaited"]
    assert (made.deadline, made.announced_at) == (None, None)
    event = SubscriptionEvent.objects.get()
    assert (event.move, event.from_status, event.to_status) == (Move.AWAIT_PARENT, "", Status.UNCONFIRMED)
    mail = OutgoingMail.objects.get(kind="parent_asked")
    assert mail.to_email == "ines@example.org"
    assert "Malo" in mail.body
    assert "Caradec" not in mail.body.replace("Inès Caradec", ""), "the child's first name is enough"


# ---- what nobody sees or does meanwhile
def test_sub_12_neither_library_nor_staff_sees_the_request(portal: Portal) -> None:
    made, token = registered()
    everybody = [factories.library_account(made.library), factories.staff()]
    assert [subscriptions_seen_by(user).count() for user in everybody] == [0, 0]
    assert [subscriptions_seen_by(user).with_status(Status.UNCONFIRMED).count() for user in everybody] == [0, 0]
    agree(token)
    assert [subscriptions_seen_by(user).count() for user in everybody] == [1, 1]


@pytest.mark.parametrize("what", [Move.ACCEPT, Move.REFUSE, Move.RENEW, Move.END])
def test_sub_01_no_decision_takes_the_place_of_the_parent(portal: Portal, what: Move) -> None:
    made, _token = registered()
    options = {"reason": "left"} if what == Move.END else {"reason": "not_member"} if what == Move.REFUSE else {}
    outcome = in_bulk(what, [made], acting_user=factories.library_account(made.library), **options)
    assert outcome.done == 0
    assert fetch(made.pk).status == Status.UNCONFIRMED


def test_sub_12_nothing_opens_and_the_reason_is_told(portal: Portal) -> None:
    made, _token = registered()
    with pytest.raises(errors.ParentAwaited):
        may_open(made.reader, made.grants.get().resource, clock.today())


@pytest.mark.parametrize("birth_date", [dt.date(1990, 1, 1), dt.date(2018, 1, 1)])
def test_sub_12_the_birth_date_does_not_change_the_age_that_was_told(portal: Portal, birth_date: dt.date) -> None:
    made, _token = registered()
    grown_up: Subscription = factories.SubscriptionFactory()
    changed = [made] if birth_date.year == 1990 else [made, grown_up]
    for row in changed:
        reader = row.reader
        wanted = Changes(reader.first_name, reader.last_name, birth_date, [factories.ResourceFactory()])
        with pytest.raises(Invalid) as refusal:
            edit_own(row, acting_user=reader.user, changes=wanted)
        assert refusal.value.field == "birth_date"


# ---- the parent's answer
def test_sub_12_agreement_shows_the_request_to_the_library_from_that_day_on(portal: Portal) -> None:
    with clock.set_today(MONDAY):
        _made, token = registered()
    with clock.set_today(MONDAY + 9 * DAY):
        fresh = agree(token)
    assert (fresh.status, fresh.deadline) == (Status.PENDING, MONDAY + 13 * DAY)
    assert clock.day_of(fresh.requested_at) == MONDAY + 9 * DAY
    assert kinds() == ["library_request", "parent_agreed", "parent_asked", "parent_awaited", "parent_thanked"]
    event = fresh.events.first()
    assert event is not None
    assert (event.move, event.actor, event.from_status) == (Move.REQUEST, None, Status.UNCONFIRMED)
    assert "Caradec" not in event.actor_label


def test_sub_12_a_second_click_changes_nothing(portal: Portal) -> None:
    _made, token = registered()
    first = agree(token)
    assert agree(token).version == first.version
    assert kinds().count("library_request") == 1
    with pytest.raises(Refusal, match="déjà"):
        decline(token)
    assert User.objects.filter(email="malo@example.org").exists()


def test_sub_12_a_refusal_erases_account_request_and_name(portal: Portal) -> None:
    made, token = registered()
    decline(token)
    assert not User.objects.filter(email="malo@example.org").exists()
    assert not Subscription.objects.exists()
    assert not SubscriptionEvent.objects.exists()
    assert not ParentalAgreement.objects.exists()
    audit = AuditRow.objects.get(action="subscriptions.decline_parental")
    assert audit.object_id == made.pk
    left = [str(value) for row in AuditRow.objects.values() for value in row.values()]
    left += [str(value) for row in OutgoingMail.objects.values() for value in row.values()]
    assert not [text for text in left if "Malo" in text or "malo@" in text or "ines@" in text]
    with pytest.raises(AgreementIsOver):
        decline(token)
    with pytest.raises(AgreementIsOver):
        agree(token)


def test_sub_12_a_link_that_is_altered_old_or_replaced_answers_nothing(portal: Portal) -> None:
    made, token = registered()
    made.reader.user.email_confirmed_at = clock.now()
    others = ["", "x", f"{token}x", signing.dumps([made.reader.parental_agreement.pk, "x"]), token.upper()]
    for other in others:
        with pytest.raises(AgreementIsOver):
            agree(other)
    with clock.set_today(clock.today() + LINK_SERVES + DAY), pytest.raises(AgreementIsOver):
        agree(token)
    ask_parent_again(made, acting_user=made.reader.user, parent_name="Inès Caradec", parent_email="i.c@example.org")
    assert agreement_of(token) is None
    assert agreement_of(parental_token(ParentalAgreement.objects.get())) is not None
    assert fetch(made.pk).status == Status.UNCONFIRMED


# ---- sending it again
def test_sub_12_the_reader_alone_has_it_sent_again_and_not_too_often(portal: Portal) -> None:
    made, token = registered()
    again: Callable[[User], Any] = lambda user: ask_parent_again(  # noqa: E731 - read once, called often
        made, acting_user=user, parent_name="Inès Caradec", parent_email="ines@example.org"
    )
    with pytest.raises(NotAllowed):
        again(factories.UserFactory())
    for _ in range(3):
        again(made.reader.user)
    with pytest.raises(TooManyAttempts):
        again(made.reader.user)
    assert kinds().count("parent_asked") == 4
    agree(token)
    assert fetch(made.pk).status == Status.PENDING


def test_sub_12_once_given_it_is_not_asked_again(portal: Portal) -> None:
    made, token = registered()
    agree(token)
    with pytest.raises(Refusal, match="Aucun accord"):
        ask_parent_again(made, acting_user=made.reader.user, parent_name="I", parent_email="i@example.org")


@pytest.mark.django_db(transaction=True)
def test_sub_12_two_answers_at_once_make_one() -> None:
    factories.portal()
    made, token = registered()

    def work(answer: Callable[[str], Any]) -> Callable[[], None]:
        return lambda: void(answer(token))

    refused = all_at_once([work(agree if n % 2 else decline) for n in range(6)])
    assert len(refused) in {3, 6 - 1}
    agreed = Subscription.objects.filter(pk=made.pk, status=Status.PENDING).exists()
    assert agreed is (len(refused) == 3)
    assert kinds().count("library_request") == int(agreed)


def void(_result: object) -> None:
    """Take a result that nobody needs."""


# ---- a household
def test_a_household_shares_an_address_and_nothing_else(portal: Portal) -> None:
    owner = factories.SubscriptionFactory().reader.user
    made = register_household(request=asked(email="ignored@example.org"), acting_user=owner)
    user = made.reader.user
    assert (user.email, user.identifier) == (owner.email, f"{owner.email}#2")
    assert User.objects.get(pk=user.pk).email_confirmed_at == owner.email_confirmed_at
    assert made.status == Status.UNCONFIRMED
    assert kinds() == ["household_request", "parent_asked"]
    adult = register_household(request=asked(birth_date=dt.date(1990, 1, 1)), acting_user=owner)
    assert (adult.status, adult.reader.user.identifier) == (Status.PENDING, f"{owner.email}#3")
    assert "library_request" in kinds()


def test_a_household_begins_with_a_confirmed_address_and_has_an_end(portal: Portal) -> None:
    stranger = factories.SubscriptionFactory(reader__user__email_confirmed_at=None).reader.user
    with pytest.raises(Refusal, match="Confirmez"):
        register_household(request=asked(), acting_user=stranger)
    with pytest.raises(NotAllowed):
        register_household(request=asked(), acting_user=factories.staff())
    owner = factories.SubscriptionFactory().reader.user
    for _ in range(5):
        register_household(request=asked(), acting_user=owner)
    with pytest.raises(HouseholdIsFull):
        register_household(request=asked(), acting_user=owner)


def test_an_address_whose_first_reader_has_left_is_still_known(portal: Portal) -> None:
    owner = factories.SubscriptionFactory().reader.user
    other = register_household(request=asked(), acting_user=owner).reader.user
    User.objects.filter(pk=other.pk).update(created_at=clock.now() - DAY)
    email = owner.email
    owner.delete()
    assert register(request=asked(email=email), acting_user=VISITOR) is None
    mail = OutgoingMail.objects.get(kind="already_registered")
    assert mail.to_email == email
    assert "/connexion?suite=%2Fmon-compte%2Ffoyer" in mail.body


def test_sub_07_nobody_joins_a_household_by_changing_their_address(portal: Portal) -> None:
    owner = factories.SubscriptionFactory().reader.user
    register_household(request=asked(), acting_user=owner)
    User.objects.filter(pk=owner.pk).update(identifier="autre@example.org")
    waiting = factories.SubscriptionFactory()
    reader = waiting.reader
    wanted = Changes(
        reader.first_name, reader.last_name, reader.birth_date, [factories.ResourceFactory()], email=owner.email
    )
    with pytest.raises(Invalid) as refusal:
        edit_own(waiting, acting_user=reader.user, changes=wanted)
    assert refusal.value.field == "email"
