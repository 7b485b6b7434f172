"""The library's decisions: refusals first, then what they do."""

import datetime as dt

import pytest

from navette.accounts.models import User
from navette.core.clock import set_today, today
from navette.core.errors import Invalid, NotAllowed
from navette.core.models import AuditRow
from navette.libraries.models import Profile
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from navette.subscriptions.actions import accept, end, in_bulk, refuse, renew
from navette.subscriptions.actions.bulk import BULK_ACTIONS
from navette.subscriptions.errors import Overtaken
from navette.subscriptions.models import GrantState, Subscription
from navette.subscriptions.states import Move, RefusalReason, Status
from tests import factories
from tests.factories import GrantFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def request_(portal: Portal) -> Subscription:
    """Return a request that waits."""
    return SubscriptionFactory()


@pytest.fixture
def librarian(request_: Subscription) -> User:
    """Return the shared account of the library that decides."""
    return factories.library_account(request_.library)


def unchanged(subscription: Subscription) -> bool:
    """Say whether nothing at all came of a refused action."""
    fresh = Subscription.objects.get(pk=subscription.pk)
    same = (fresh.status, fresh.version, fresh.deadline) == (
        subscription.status,
        subscription.version,
        subscription.deadline,
    )
    return same and not (fresh.events.exists() or OutgoingMail.objects.exists() or AuditRow.objects.exists())


# ---- who may not
def test_sub_08_another_librarys_account_decides_nothing(request_: Subscription) -> None:
    stranger = factories.library_account(factories.LibraryFactory())
    for what, action in BULK_ACTIONS.items():
        options = {"reason": "not_member"} if what in {"refuse", "end"} else {}
        with pytest.raises(NotAllowed):
            action(request_, acting_user=stranger, **options)
    assert unchanged(request_)


def test_a_viewer_decides_nothing(request_: Subscription) -> None:
    viewer = factories.library_account(request_.library, Profile.VIEWER)
    with pytest.raises(NotAllowed):
        accept(request_, acting_user=viewer)
    assert unchanged(request_)


def test_sub_05_staff_do_not_decide_where_the_setting_does_not_allow(request_: Subscription) -> None:
    with pytest.raises(NotAllowed):
        accept(request_, acting_user=factories.staff())
    assert unchanged(request_)


def test_a_reader_does_not_decide_their_own_request(request_: Subscription) -> None:
    with pytest.raises(NotAllowed):
        accept(request_, acting_user=request_.reader.user)
    assert unchanged(request_)


# ---- what may not be
@pytest.mark.parametrize("days", [1, 365, 366, -4000, 4000])
def test_sub_03_a_start_in_the_future_or_a_year_old_is_refused(
    request_: Subscription, librarian: User, days: int
) -> None:
    day = dt.date(2026, 11, 22)
    starts_on = day + DAY if days == 1 else day - days * DAY
    with set_today(day), pytest.raises(Invalid) as refusal:
        accept(request_, acting_user=librarian, starts_on=starts_on)
    assert refusal.value.field == "starts_on"
    assert "23/11/2025" in refusal.value.message
    assert unchanged(request_)


@pytest.mark.parametrize("reason", ["", "because", "left", "\x00"])
def test_a_refusal_needs_one_of_the_two_reasons(request_: Subscription, librarian: User, reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        refuse(request_, acting_user=librarian, reason=reason)
    assert refusal.value.field == "reason"
    assert unchanged(request_)


def test_a_message_of_more_than_5000_characters_is_refused(request_: Subscription, librarian: User) -> None:
    with pytest.raises(Invalid):
        accept(request_, acting_user=librarian, message="a" * 5001)
    assert unchanged(request_)


ALLOWED = {
    "accept": {"pending", "refused", "renewal_asked"},
    "refuse": {"pending", "renewal_asked"},
    "renew": {"active", "expired", "renewal_asked"},
    "end": {"active", "renewal_asked"},
}
STATES = ["pending", "active", "refused", "expired", "renewal_asked"]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("what", list(ALLOWED))
def test_sub_01_each_decision_only_from_the_states_of_the_table(portal: Portal, what: str, state: str) -> None:
    traits = {} if state == "pending" else {state: True}
    dates = {"starts_on": today() - 40 * DAY} if state == "active" else {}
    subscription = SubscriptionFactory(**traits, **dates)
    actor = factories.library_account(subscription.library)
    options = {"reason": RefusalReason.NOT_MEMBER} if what in {"refuse", "end"} else {}
    action = BULK_ACTIONS[what]
    if state in ALLOWED[what]:
        fresh = action(subscription, acting_user=actor, **options)
        assert fresh.status == (Status.ACTIVE if what in {"accept", "renew"} else Status.REFUSED)
        assert fresh.deadline is None
        assert fresh.events.get().move == what
    else:
        with pytest.raises(Overtaken):
            action(subscription, acting_user=actor, **options)
        assert unchanged(subscription)


def test_sub_01_a_subscription_past_its_end_can_not_be_ended_even_if_the_night_has_not_run(portal: Portal) -> None:
    over = SubscriptionFactory(active=True, starts_on=today() - 400 * DAY, ends_on=today() - DAY)
    with pytest.raises(Overtaken) as refusal:
        end(over, acting_user=factories.library_account(over.library), reason="left")
    assert "Expiré" in refusal.value.message


def test_sub_02_the_second_to_decide_is_told_who_decided_what_and_when(request_: Subscription, librarian: User) -> None:
    colleague = factories.UserFactory(kind="librarian", name="Anne Kerouac")
    factories.MembershipFactory(user=colleague, library=request_.library)
    seen_by_the_second = Subscription.objects.select_related("reader__user", "library").get(pk=request_.pk)
    accept(request_, acting_user=colleague)
    with pytest.raises(Overtaken) as refusal:
        refuse(seen_by_the_second, acting_user=librarian, reason="not_member")
    assert "Demande acceptée" in refusal.value.message
    assert "Anne Kerouac" in refusal.value.message
    assert today().strftime("%d/%m/%Y") in refusal.value.message
    assert OutgoingMail.objects.filter(to_email=request_.reader.user.email).count() == 1


def test_a_second_click_on_renew_changes_nothing(portal: Portal) -> None:
    subscription = SubscriptionFactory(expired=True)
    librarian = factories.library_account(subscription.library)
    fresh = renew(subscription, acting_user=librarian)
    with pytest.raises(Overtaken):
        renew(fresh, acting_user=librarian)
    assert OutgoingMail.objects.count() == 1


# ---- what they do
def test_sub_04_acceptance_grants_every_resource_asked_for(request_: Subscription, librarian: User) -> None:
    asked = [GrantFactory(subscription=request_, state=GrantState.REQUESTED) for _ in range(3)]
    accept(request_, acting_user=librarian, starts_on=today() - 10 * DAY, message="Bienvenue {prenom} & merci !")
    fresh = Subscription.objects.get(pk=request_.pk)
    assert (fresh.status, fresh.starts_on) == (Status.ACTIVE, today() - 10 * DAY)
    assert fresh.grants.filter(state=GrantState.GRANTED).count() == len(asked)


def test_the_text_that_the_librarian_edits_is_what_is_sent(request_: Subscription, librarian: User) -> None:
    words = "Bonjour,\n\nVotre {carte} vous attend & <b>à bientôt</b> !  "
    accept(request_, acting_user=librarian, message=words)
    mail = OutgoingMail.objects.get()
    assert mail.body == words
    assert mail.to_email == request_.reader.user.email
    assert mail.signed_by == request_.library.name
    assert request_.events.get().message == words


@pytest.mark.parametrize("reason", ["not_member", "membership_over"])
def test_a_refusal_mails_its_reasons_text_where_the_librarian_wrote_none(
    request_: Subscription, librarian: User, reason: str
) -> None:
    fresh = refuse(request_, acting_user=librarian, reason=reason)
    mail = OutgoingMail.objects.get()
    assert mail.kind == f"refused_{reason}"
    assert request_.library.name in mail.body
    assert "{" not in mail.subject + mail.body
    assert fresh.refusal_reason == reason


def test_sub_09_every_decision_writes_its_event_and_one_audit_row(request_: Subscription, librarian: User) -> None:
    fresh = refuse(request_, acting_user=librarian, reason="not_member", message="Passez nous voir.")
    event = fresh.events.get()
    assert (event.actor, event.actor_label, event.move) == (librarian, librarian.name, Move.REFUSE)
    assert (event.from_status, event.to_status) == (Status.PENDING, Status.REFUSED)
    assert (event.reason, event.message) == ("Non abonné à la bibliothèque", "Passez nous voir.")
    row = AuditRow.objects.get()
    assert (row.action, row.actor_id, row.object_id) == ("subscriptions.refuse", librarian.pk, request_.pk)


def test_sub_03_oise_lasts_365_days_and_a_renewal_starts_today(db: None) -> None:
    factories.portal("oise")
    with set_today(dt.date(2027, 11, 22)):
        subscription = SubscriptionFactory(expired=True)
        fresh = renew(subscription, acting_user=factories.library_account(subscription.library))
        assert (fresh.starts_on, fresh.ends_on) == (dt.date(2027, 11, 22), dt.date(2028, 11, 21))


def test_a_renewal_mail_tells_the_new_end(portal: Portal) -> None:
    subscription = SubscriptionFactory(expired=True)
    fresh = renew(subscription, acting_user=factories.library_account(subscription.library))
    assert fresh.ends_on is not None
    assert fresh.ends_on.strftime("%d/%m/%Y") in OutgoingMail.objects.get().body


def test_sub_04_where_each_resource_is_decided_those_decided_otherwise_stay_so(db: None) -> None:
    factories.portal("loiret")
    subscription = SubscriptionFactory()
    films, press = (GrantFactory(subscription=subscription, state=GrantState.REQUESTED) for _ in range(2))
    librarian = factories.library_account(subscription.library)
    accept(subscription, acting_user=librarian, grants={press.resource_id: GrantState.REFUSED})
    states = dict(subscription.grants.values_list("pk", "state"))
    assert states == {films.pk: GrantState.GRANTED, press.pk: GrantState.REFUSED}


def test_in_bulk_each_is_its_own_action_and_the_refused_are_named(portal: Portal) -> None:
    library = factories.LibraryFactory()
    waiting = SubscriptionFactory.create_batch(3, library=library)
    expired = SubscriptionFactory(library=library, expired=True)
    outcome = in_bulk(Move.ACCEPT, [*waiting, expired], acting_user=factories.library_account(library))
    assert outcome.done == 3
    assert [subscription for subscription, _ in outcome.refused] == [expired]
    assert "Expiré" in outcome.refused[0][1]
    assert OutgoingMail.objects.count() == 3
