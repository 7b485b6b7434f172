"""Saving the tabs (L7): what is refused, then the person, the decision and each resource in one transaction."""

from dataclasses import replace
from typing import Any

import pytest

from navette.accounts.models import User
from navette.core.errors import Invalid, NotAllowed
from navette.libraries.models import Library, Profile
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from navette.resources.models import DigitalResource
from navette.subscriptions.actions import Changes, Sheet, decide_resources, refuse, save_tabs
from navette.subscriptions.errors import Overtaken
from navette.subscriptions.models import GrantState, Subscription
from navette.subscriptions.queries import full_for
from navette.subscriptions.states import Move, RefusalReason, Status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loiret() -> Portal:
    return factories.portal("loiret")


@pytest.fixture
def library() -> Library:
    return factories.LibraryFactory(name="Aillant-sur-Milleron")


@pytest.fixture
def account(library: Library) -> User:
    return factories.library_account(library)


def asking(library: Library, *names: str, state: str = GrantState.REQUESTED, **fields: Any) -> Subscription:
    """Return a subscription with resources called `names`."""
    sub = factories.SubscriptionFactory(library=library, **fields)
    for name in names or ("Cafeyn", "CVS", "Gerip"):
        known = DigitalResource.objects.filter(name=name).first()
        factories.GrantFactory(subscription=sub, resource=known or factories.ResourceFactory(name=name), state=state)
    return sub


def states(sub: Subscription) -> dict[str, str]:
    return dict(sub.grants.order_by("resource__name").values_list("resource__name", "state"))


def key(sub: Subscription, name: str) -> int:
    return int(sub.grants.get(resource__name=name).resource_id)


def same_person(sub: Subscription) -> Changes:
    reader = sub.reader
    held = [grant.resource for grant in sub.grants.select_related("resource")]
    return Changes(reader.first_name, reader.last_name, reader.birth_date, held)


ACCEPT = Sheet(what=Move.ACCEPT)


def test_sub_08_viewers_other_libraries_and_staff_save_nothing(library: Library) -> None:
    sub = asking(library)
    active = asking(library, state=GrantState.GRANTED, active=True)
    decided = Sheet(resources={key(active, "CVS"): GrantState.REFUSED})
    for user in (
        factories.library_account(library, Profile.VIEWER),
        factories.library_account(factories.LibraryFactory()),
        factories.staff(),
    ):
        for one, sheet in ((sub, ACCEPT), (active, decided)):
            with pytest.raises(NotAllowed):
                save_tabs(one, acting_user=user, sheet=sheet)
    assert not OutgoingMail.objects.exists()


def test_a_resource_never_asked_for_or_another_state_is_refused(library: Library, account: User) -> None:
    sub = asking(library)
    for decided in ({factories.ResourceFactory().pk: "granted"}, {key(sub, "CVS"): "waiting"}, {key(sub, "CVS"): "x"}):
        with pytest.raises(Invalid):
            save_tabs(sub, acting_user=account, sheet=replace(ACCEPT, resources=decided))
    assert Subscription.objects.get().status == Status.PENDING


def test_where_all_is_decided_at_once_no_resource_is_decided_alone(library: Library, account: User) -> None:
    factories.portal("gironde")
    sub = asking(library, state=GrantState.GRANTED, active=True)
    with pytest.raises(NotAllowed):
        decide_resources(sub, acting_user=account, decided={key(sub, "CVS"): GrantState.REFUSED})


def test_sub_02_what_was_seen_is_what_is_saved_and_all_of_it_or_nothing(library: Library, account: User) -> None:
    sub = asking(library)
    refuse(Subscription.objects.get(), acting_user=account, reason=RefusalReason.NOT_MEMBER)
    changes = replace(same_person(sub), first_name="Nicolas")
    with pytest.raises(Overtaken):
        save_tabs(sub, acting_user=account, sheet=replace(ACCEPT, changes=changes))
    fresh = Subscription.objects.get()
    assert (fresh.status, fresh.reader.first_name) == (Status.REFUSED, "Dave")


def test_one_part_refused_undoes_the_others(library: Library, account: User) -> None:
    sub = asking(library)
    changes = replace(same_person(sub), first_name="Nicolas")
    with pytest.raises(Invalid):
        save_tabs(sub, acting_user=account, sheet=Sheet(changes=changes, what=Move.REFUSE, reason="nope"))
    fresh = Subscription.objects.get()
    assert (fresh.version, fresh.reader.first_name) == (1, "Dave")


def test_sub_04_accepting_the_person_accepts_all_resources_but_those_decided_otherwise(
    library: Library, account: User
) -> None:
    sub = asking(library, "Cafeyn", "CVS", "Gerip", "Storyplay'R")
    decided = {key(sub, "Cafeyn"): GrantState.REFUSED, key(sub, "Gerip"): GrantState.REMOVED}
    save_tabs(sub, acting_user=account, sheet=replace(ACCEPT, message="Bienvenue.", resources=decided))
    assert states(sub) == {"CVS": "granted", "Cafeyn": "refused", "Gerip": "removed", "Storyplay'R": "granted"}
    mail = OutgoingMail.objects.get()
    assert mail.kind == "accepted"
    assert mail.body == "Bienvenue.\n\nRessources non accordées : Cafeyn."
    assert sub.events.get().message == mail.body


def test_l7_all_three_tabs_are_one_save(library: Library, account: User) -> None:
    sub = asking(library)
    changes = replace(same_person(sub), first_name="Nicolas")
    decided = {key(sub, "CVS"): GrantState.REFUSED}
    fresh = save_tabs(sub, acting_user=account, sheet=replace(ACCEPT, changes=changes, resources=decided))
    assert (fresh.status, fresh.reader.first_name) == (Status.ACTIVE, "Nicolas")
    assert [event.move for event in fresh.events.all()] == [Move.ACCEPT, Move.EDIT]
    assert OutgoingMail.objects.count() == 1


def test_sub_09_resources_decided_later_write_one_event_and_one_mail(library: Library, account: User) -> None:
    sub = asking(library, state=GrantState.GRANTED, active=True)
    decided = {key(sub, "CVS"): GrantState.REFUSED, key(sub, "Gerip"): GrantState.REMOVED}
    fresh = save_tabs(sub, acting_user=account, sheet=Sheet(resources=decided))
    assert states(sub) == {"CVS": "refused", "Cafeyn": "granted", "Gerip": "removed"}
    event = fresh.events.get()
    assert (event.actor, event.reason) == (account, "CVS : Refusé, Gerip : Supprimé")
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to_email) == ("resources_decided", sub.reader.user.email)
    assert "– CVS : Refusé\n– Gerip : Supprimé" in mail.body
    assert "Cafeyn" not in mail.body


def test_sub_04_an_addition_asked_later_is_granted_or_refused(library: Library, account: User) -> None:
    sub = asking(library, "Cafeyn", active=True)
    save_tabs(sub, acting_user=account, sheet=Sheet(resources={key(sub, "Cafeyn"): GrantState.GRANTED}))
    assert states(sub) == {"Cafeyn": "granted"}
    assert "Cafeyn : Validé" in OutgoingMail.objects.get().body


def test_sub_11_what_is_granted_without_a_free_seat_is_told_as_waiting(library: Library, account: User) -> None:
    DigitalResource.objects.filter(pk=factories.ResourceFactory(name="Cafeyn").pk).update(seats=1)
    asking(library, "Cafeyn", active=True, state=GrantState.GRANTED)
    sub = asking(library, "Cafeyn", "Gerip", active=True)
    assert full_for(sub) == ["Cafeyn"]
    both = Sheet(resources={key(sub, "Cafeyn"): GrantState.GRANTED, key(sub, "Gerip"): GrantState.GRANTED})
    fresh = save_tabs(sub, acting_user=account, sheet=both)
    assert states(fresh) == {"Cafeyn": "waiting", "Gerip": "granted"}
    assert fresh.events.get().reason == "Cafeyn : En liste d’attente, Gerip : Validé"
    assert "– Cafeyn : En liste d’attente\n– Gerip : Validé" in OutgoingMail.objects.get(kind="resources_decided").body
    save_tabs(fresh, acting_user=account, sheet=Sheet(resources={key(sub, "Cafeyn"): GrantState.GRANTED}))
    assert fresh.events.count() == 1


def test_full_for_leaves_out_what_a_valid_subscription_holds(library: Library) -> None:
    DigitalResource.objects.filter(pk=factories.ResourceFactory(name="Cafeyn").pk).update(seats=1)
    holder = asking(library, "Cafeyn", active=True, state=GrantState.GRANTED)
    assert full_for(holder) == []
    assert full_for(asking(library, "Cafeyn", "CVS")) == ["Cafeyn"]


def test_a_resource_refused_before_the_person_is_decided_is_told_with_the_decision(
    library: Library, account: User
) -> None:
    sub = asking(library)
    fresh = save_tabs(sub, acting_user=account, sheet=Sheet(resources={key(sub, "CVS"): GrantState.REFUSED}))
    assert fresh.status == Status.PENDING
    assert not OutgoingMail.objects.exists()
    save_tabs(fresh, acting_user=account, sheet=ACCEPT)
    assert states(sub) == {"CVS": "refused", "Cafeyn": "granted", "Gerip": "granted"}


def test_what_stays_as_it_is_writes_nothing(library: Library, account: User) -> None:
    sub = asking(library, state=GrantState.GRANTED, active=True)
    fresh = save_tabs(sub, acting_user=account, sheet=Sheet(resources={key(sub, "CVS"): GrantState.GRANTED}))
    assert fresh.version == sub.version
    assert not sub.events.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("trait", "what", "reason", "status"),
    [
        ("expired", Move.RENEW, "", Status.ACTIVE),
        ("renewal_asked", Move.ACCEPT, "", Status.ACTIVE),
        ("refused", Move.ACCEPT, "", Status.ACTIVE),
        ("active", Move.END, RefusalReason.LEFT, Status.REFUSED),
    ],
)
def test_every_move_of_a_library_goes_by_the_tabs(
    library: Library, account: User, trait: str, what: Move, reason: str, status: str
) -> None:
    fields: dict[str, Any] = {trait: True}
    sub = asking(library, **fields)
    assert save_tabs(sub, acting_user=account, sheet=Sheet(what=what, reason=reason)).status == status
    assert OutgoingMail.objects.count() == 1
