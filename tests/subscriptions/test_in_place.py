"""D2, SUB-05: the département decides in a library's place, after the limit and a warning that was sent."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from navette.accounts.models import User
from navette.accounts.roles import StaffRoleName
from navette.core import clock
from navette.core.errors import NotAllowed
from navette.libraries.models import Library, Profile
from navette.mail.models import MailState, OutgoingMail
from navette.portal.models import Portal
from navette.subscriptions.actions import accept, ask_again, end, refuse, remind_library, renew
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import may_decide_in_place, opens_to_staff_on
from navette.subscriptions.states import RefusalReason, Status
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 14)
Action = Callable[..., Subscription]
DECISIONS: dict[str, Action] = {
    "accept": accept,
    "refuse": lambda sub, acting_user: refuse(sub, acting_user=acting_user, reason=RefusalReason.NOT_MEMBER),
}


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with clock.set_today(TODAY):
        yield


@pytest.fixture(autouse=True)
def oise() -> Portal:
    """Return the portal whose setting lets staff decide."""
    return factories.portal("oise")


@pytest.fixture
def officer() -> User:
    return factories.staff(StaffRoleName.TERRITORY)


@pytest.fixture
def library(officer: User) -> Library:
    return factories.LibraryFactory(territory__officer=officer)


def warning(ago: int, state: str = MailState.SENT) -> OutgoingMail:
    """Return a warning of so many days ago."""
    at = clock.now() - dt.timedelta(days=ago)
    return factories.MailFactory(
        kind="library_late", state=state, sent_at=at if state == MailState.SENT else None, claimed_at=at
    )


def late(library: Library, *, warned: int | None = 2, over: int = 5) -> Subscription:
    """Return a request `over` days over its limit, of which the library was warned so many days ago."""
    return factories.SubscriptionFactory(
        library=library,
        requested_at=clock.now() - dt.timedelta(days=7 + over),
        deadline=TODAY - dt.timedelta(days=over),
        warning=warning(warned) if warned is not None else None,
    )


@pytest.mark.parametrize("decision", DECISIONS)
def test_sub_05_nobody_decides_in_place_before_the_time_or_without_the_right(
    decision: str, library: Library, officer: User
) -> None:
    other = factories.staff(StaffRoleName.TERRITORY)
    failed, queued = warning(9, MailState.FAILED), warning(9, MailState.QUEUED)
    cases: list[tuple[Subscription, User]] = [
        (late(library, over=0), officer),  # the limit is today
        (late(library, over=-2), officer),
        (late(library, warned=None), officer),
        (late(library, warned=1), officer),
        (late(library, warned=0), officer),
        (factories.SubscriptionFactory(library=library, deadline=dt.date(2026, 1, 1), warning=failed), officer),
        (factories.SubscriptionFactory(library=library, deadline=dt.date(2026, 1, 1), warning=queued), officer),
        (late(library), other),
        (late(library), factories.library_account(library, Profile.VIEWER)),
        (late(library), factories.library_account(factories.LibraryFactory())),
        (late(library), factories.UserFactory(kind="staff")),
    ]
    for sub, user in cases:
        with pytest.raises(NotAllowed):
            DECISIONS[decision](sub, acting_user=user)
        assert Subscription.objects.get(pk=sub.pk).status == Status.PENDING
    assert set(OutgoingMail.objects.values_list("kind", flat=True)) == {"library_late"}


@pytest.mark.parametrize("profile", ["gironde", "valdoise", "loiret"])
def test_sub_05_where_the_setting_is_off_staff_remind_only(library: Library, officer: User, profile: str) -> None:
    factories.portal(profile)
    sub = late(library)
    assert not may_decide_in_place(sub, officer)
    with pytest.raises(NotAllowed):
        accept(sub, acting_user=officer)
    assert remind_library(library, acting_user=officer) == 1


def test_sub_05_staff_decide_but_neither_end_nor_renew(library: Library, officer: User) -> None:
    sub = late(library)
    with pytest.raises(NotAllowed):
        renew(sub, acting_user=officer)
    with pytest.raises(NotAllowed):
        end(sub, acting_user=officer, reason=RefusalReason.LEFT)


@pytest.mark.parametrize(("decision", "status"), [("accept", Status.ACTIVE), ("refuse", Status.REFUSED)])
@pytest.mark.parametrize("role", [StaffRoleName.TERRITORY, StaffRoleName.DIGITAL, StaffRoleName.ADMINISTRATOR])
def test_d2_the_departement_decides_and_the_library_is_mailed(
    library: Library, officer: User, role: str, decision: str, status: str
) -> None:
    user = officer if role == StaffRoleName.TERRITORY else factories.staff(role)
    sub = late(library)
    fresh = DECISIONS[decision](sub, acting_user=user)
    assert (fresh.status, fresh.deadline, fresh.warning) == (status, None, None)
    event = fresh.events.get()
    assert event.actor == user
    assert "par le département" in event.reason
    mail = OutgoingMail.objects.get(kind="decided_in_place")
    assert mail.to_email == library.email
    assert str(Status(status).label) in mail.body
    assert f"{sub.deadline:%d/%m/%Y}" in mail.body
    assert OutgoingMail.objects.filter(to_email=sub.reader.user.email).count() == 1


def test_sub_05_the_library_itself_decides_late_as_ever(library: Library) -> None:
    fresh = accept(late(library), acting_user=factories.library_account(library))
    assert fresh.events.get().reason == ""
    assert not OutgoingMail.objects.filter(kind="decided_in_place").exists()


def test_sub_05_it_opens_two_days_after_the_warning_left(library: Library, officer: User) -> None:
    sub = late(library, warned=None)
    remind_library(library, acting_user=officer)
    sub.refresh_from_db()
    assert opens_to_staff_on(sub) is None
    OutgoingMail.objects.filter(kind="library_late").update(state=MailState.SENT, sent_at=clock.now())
    sub = Subscription.objects.get(pk=sub.pk)
    assert opens_to_staff_on(sub) == TODAY + dt.timedelta(days=2)
    with clock.set_today(TODAY + dt.timedelta(days=1)), pytest.raises(NotAllowed):
        accept(sub, acting_user=officer)
    with clock.set_today(TODAY + dt.timedelta(days=2)):
        assert accept(sub, acting_user=officer).status == Status.ACTIVE


def test_sub_05_a_warning_tells_of_every_late_request_and_a_second_puts_nothing_off(
    library: Library, officer: User
) -> None:
    old, new, soon = late(library, warned=3), late(library, warned=None), late(library, warned=None, over=-1)
    failed = factories.SubscriptionFactory(
        library=library, deadline=TODAY - dt.timedelta(days=1), warning=warning(3, MailState.FAILED)
    )
    assert remind_library(library, acting_user=officer) == 3
    mail = OutgoingMail.objects.get(key__startswith="library_late")
    warned = {row.pk: row.warning_id for row in Subscription.objects.all()}
    assert warned == {old.pk: old.warning_id, new.pk: mail.pk, soon.pk: None, failed.pk: mail.pk}


def test_sub_05_a_new_request_needs_a_new_warning(library: Library, officer: User) -> None:
    sub = refuse(late(library), acting_user=factories.library_account(library), reason=RefusalReason.NOT_MEMBER)
    sub = ask_again(sub, acting_user=sub.reader.user)
    with clock.set_today(TODAY + dt.timedelta(days=30)):
        assert not may_decide_in_place(sub, officer)
