"""Subscribers of a former portal: refused rows first, then states, dates, households, repeats and dry runs."""

import datetime as dt
from dataclasses import replace

import pytest

from navette.accounts.models import User
from navette.core import clock
from navette.core.models import AuditRow
from navette.libraries.models import Library
from navette.lifecycle import jobs
from navette.lifecycle.moving_in import running, subscribers
from navette.lifecycle.moving_in.actions import start_for_real
from navette.mail.models import OutgoingMail
from navette.readers.models import Reader
from navette.subscriptions import nightly
from navette.subscriptions.actions import accept, renew
from navette.subscriptions.models import ResourceGrant, Subscription, SubscriptionEvent
from navette.subscriptions.states import Move
from tests import factories
from tests.lifecycle.moving_in.files import SUBSCRIBERS, counts, person, reasons, taken_over

pytestmark = pytest.mark.usefixtures("today")


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"last": ""}, "Nom", "vide"),
        ({"first": "a" * 81}, "Prénom", "80 caractères"),
        ({"mail": "zoe"}, "Adresse mail", "pas valable"),
        ({"born": "13/03/90"}, "Date de naissance", "JJ/MM/AAAA"),
        ({"born": "13/03/2100"}, "Date de naissance", "futur"),
        ({"library": "Ailleurs"}, "Bibliothèque", "Bibliothèque inconnue : Ailleurs"),
        ({"library": ""}, "Bibliothèque", "vide"),
        ({"state": "Peut-être"}, "Statut", "pas connu"),
        ({"state": ""}, "Statut", "vide"),
        ({"start": "", "end": ""}, "Fin de validité", "manque"),
        ({"start": "01/09/2026", "end": "31/08/2026"}, "Fin de validité", "avant la date de début"),
        ({"end": "01/09/2036"}, "Fin de validité", "deux ans"),
        ({"start": "02/03/2027"}, "Début d’abonnement", "futur"),
        ({"start": "hier"}, "Début d’abonnement", "JJ/MM/AAAA"),
        ({"end": "31/12/9999"}, "Fin de validité", "deux ans"),
        ({"start": "", "end": "01/01/0001"}, "", ""),
        ({"state": "Expiré"}, "Fin de validité", "n’est pas passée"),
        ({"asked": "02/03/2027"}, "Date de demande", "futur"),
        ({"resources": "Presse, Inconnue"}, "Ressources", "Inconnue"),
        ({"mail": "equipe@example.org"}, "Adresse mail", "personne de plus"),
    ],
)
def test_a_row_that_cannot_be_is_left_out_with_its_reason(
    administrator: User, changes: dict[str, str], column: str, words: str
) -> None:
    User.objects.filter(pk=administrator.pk).update(identifier="equipe@example.org")
    job = taken_over("subscribers", SUBSCRIBERS + person(1, **changes) + person(2), administrator)
    assert counts(job) == (1, 0, 0, 1)
    (line, where, reason), *_others = reasons(job)
    assert line == 2
    assert column in where
    assert words in reason
    assert Reader.objects.get().last_name == "Nom 2"


@pytest.mark.parametrize(
    ("changes", "status", "start", "end"),
    [
        ({}, "active", dt.date(2026, 9, 1), dt.date(2027, 9, 1)),
        ({"end": "15/10/2027"}, "active", dt.date(2026, 9, 1), dt.date(2027, 10, 15)),
        ({"end": ""}, "active", dt.date(2026, 9, 1), dt.date(2027, 9, 1)),
        ({"start": ""}, "active", dt.date(2026, 9, 1), dt.date(2027, 9, 1)),
        ({"start": "", "end": "29/02/2028"}, "active", dt.date(2027, 2, 28), dt.date(2028, 2, 29)),
        ({"start": "28/02/2026", "end": "28/02/2027"}, "expired", dt.date(2026, 2, 28), dt.date(2027, 2, 28)),
        ({"start": "01/03/2026", "end": "01/03/2027"}, "active", dt.date(2026, 3, 1), dt.date(2027, 3, 1)),
        ({"state": "EXPIRE", "start": "01/01/2024", "end": ""}, "expired", dt.date(2024, 1, 1), dt.date(2025, 1, 1)),
        ({"state": "en attente", "start": "", "end": ""}, "pending", None, None),
        ({"state": "refusé", "start": "", "end": ""}, "refused", None, None),
    ],
)
def test_states_and_dates_are_kept_as_they_are(
    administrator: User, changes: dict[str, str], status: str, start: dt.date | None, end: dt.date | None
) -> None:
    job = taken_over("subscribers", SUBSCRIBERS + person(1, asked="2025-12-24 00:00:00", **changes), administrator)
    assert reasons(job) == []
    row = Subscription.objects.get()
    assert (row.status, row.starts_on, row.ends_on) == (status, start, end)
    assert clock.day_of(row.requested_at) == dt.date(2025, 12, 24)
    assert (row.deadline is not None) == (status == "pending")
    states = {"pending": "requested", "refused": "refused"}
    assert ResourceGrant.objects.get().state == states.get(status, "granted")
    event = SubscriptionEvent.objects.get()
    assert (event.move, event.from_status, event.to_status) == (Move.TAKE_OVER, "", status)
    assert (event.actor_id, event.library_id) == (administrator.pk, row.library_id)


def test_nobody_is_written_to_and_nobody_has_a_password(administrator: User) -> None:
    """The night that follows writes only of what is to come: nothing of ends long past, nothing to libraries."""
    states = ["Validé", "Expiré", "En attente", "Refusé"]
    lines = [person(n, state=state, start="01/01/2026", end="01/01/2027") for n, state in enumerate(states)]
    taken_over("subscribers", SUBSCRIBERS + "".join(lines), administrator)
    for step in nightly.STEPS:
        step.run(clock.today())
    assert not OutgoingMail.objects.exists()
    users = User.objects.filter(kind="reader")
    assert not any(user.has_usable_password() or user.email_confirmed_at for user in users)
    actions = AuditRow.objects.exclude(action__startswith="subscriptions.expire").values_list("action", flat=True)
    assert list(actions) == ["moving_in.start"]


def test_a_library_is_found_by_name_code_or_what_it_was_merged_into(administrator: User) -> None:
    bazas = Library.objects.get(name="Bazas")
    factories.LibraryFactory(name="Aillas", insee_code="33002", merged_into=bazas, closed_at=clock.now(), is_open=False)
    names = ["bazas", "33036", "AILLAS", "33002"]
    lines = "".join(person(n, library=name) for n, name in enumerate(names))
    assert counts(taken_over("subscribers", SUBSCRIBERS + lines, administrator)) == (4, 0, 0, 0)
    assert set(Subscription.objects.values_list("library", flat=True)) == {bazas.pk}


def test_people_of_a_household_share_an_address(administrator: User) -> None:
    lines = [person(n, first=name, mail="Foyer@Example.org") for n, name in enumerate("ABCDEFG")]
    job = taken_over("subscribers", SUBSCRIBERS + "".join(lines), administrator)
    assert counts(job) == (6, 0, 0, 1)
    identifiers = User.objects.filter(kind="reader").order_by("pk").values_list("identifier", flat=True)
    assert list(identifiers) == ["foyer@example.org", *(f"foyer@example.org#{n}" for n in range(2, 7))]
    assert set(User.objects.filter(kind="reader").values_list("email", flat=True)) == {"foyer@example.org"}
    again = taken_over("subscribers", SUBSCRIBERS + "".join(lines[:6]), administrator)
    assert counts(again) == (0, 0, 6, 0)


def test_a_line_said_twice_is_taken_once(administrator: User) -> None:
    lines = person(1) + person(1, last="NOM 1", mail="ZOE1@example.org") + person(2)
    job = taken_over("subscribers", SUBSCRIBERS + lines, administrator)
    assert counts(job) == (2, 0, 0, 1)
    assert reasons(job) == [(3, "", "La même chose est déjà à la ligne 2.")]


def test_the_same_file_again_changes_nothing_and_a_newer_one_updates(administrator: User) -> None:
    text = SUBSCRIBERS + "".join(person(n) for n in range(5))
    assert counts(taken_over("subscribers", text, administrator)) == (5, 0, 0, 0)
    versions = list(Subscription.objects.values_list("pk", "version"))
    assert counts(taken_over("subscribers", text, administrator)) == (0, 0, 5, 0)
    assert list(Subscription.objects.values_list("pk", "version")) == versions
    newer = SUBSCRIBERS + person(0, end="15/09/2027") + person(1, last="NOM 1") + person(2, resources="Ciné, Presse")
    assert counts(taken_over("subscribers", newer, administrator)) == (0, 3, 0, 0)
    rows = {row.reader.user.email: row for row in Subscription.objects.select_related("reader__user")}
    assert rows["zoe0@example.org"].ends_on == dt.date(2027, 9, 15)
    assert rows["zoe1@example.org"].reader.last_name == "NOM 1"
    assert rows["zoe2@example.org"].grants.count() == 2
    assert len(rows) == 5


def test_who_has_changed_here_keeps_what_stands_here(administrator: User) -> None:
    """A decision, a login and somebody who registered here: an old file does not undo them."""
    text = SUBSCRIBERS + person(1, state="En attente", start="", end="") + person(2) + person(3)
    taken_over("subscribers", text, administrator)
    rows = {row.reader.user.email: row for row in Subscription.objects.select_related("reader__user", "library")}
    account = factories.library_account(rows["zoe1@example.org"].library)
    accept(rows["zoe1@example.org"], acting_user=account)
    renew(rows["zoe2@example.org"], acting_user=account)
    User.objects.filter(email="zoe3@example.org").update(last_login=clock.now())
    here = factories.SubscriptionFactory(reader__first_name="Zoé", reader__last_name="Nom 4")
    newer = text.replace("Validé;;01/09/2026;01/09/2027", "Expiré;;01/01/2024;01/01/2025")
    newer += person(4, mail=here.reader.user.email)
    before = list(Subscription.objects.order_by("pk").values())
    assert counts(taken_over("subscribers", newer, administrator)) == (0, 0, 4, 0)
    assert list(Subscription.objects.order_by("pk").values()) == before


def test_a_dry_run_tells_the_same_and_writes_nothing(administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "ROWS", 3)
    lines = [person(n, mail=f"zoe{n // 2}@example.org") for n in range(8)]
    text = SUBSCRIBERS + "".join([*lines, lines[0], person(9, state="?")])
    tried = taken_over("subscribers", text, administrator, dry_run=True)
    assert not Reader.objects.exists()
    assert not SubscriptionEvent.objects.exists()
    done = taken_over("subscribers", text, administrator)
    assert counts(tried) == counts(done) == (8, 0, 0, 2)
    assert reasons(tried) == reasons(done)
    assert Reader.objects.count() == 8


def test_a_dry_run_tells_the_people_too_many_at_an_address_of_several_slices(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some live there already, one line is wrong, one is told twice: the six places go to the same people."""
    monkeypatch.setattr(running, "ROWS", 3)
    first = SUBSCRIBERS + person(0, first="Léa", mail="foyer@example.org")
    assert counts(taken_over("subscribers", first, administrator)) == (1, 0, 0, 0)
    people = [person(n, mail="foyer@example.org") for n in range(1, 9)]
    lines = [people[0], person(20), people[0], person(0, first="Léa", mail="FOYER@example.org"), *people[1:4]]
    lines += [person(30, mail="foyer@example.org", state="?"), person(40, mail="ailleurs@example.org"), *people[4:]]
    text = SUBSCRIBERS + "".join(lines)
    tried = taken_over("subscribers", text, administrator, dry_run=True)
    assert Reader.objects.count() == 1
    done = taken_over("subscribers", text, administrator)
    assert counts(tried) == counts(done) == (7, 0, 1, 5)
    assert reasons(tried) == reasons(done)
    assert [line for line, _column, told in reasons(done) if "personne de plus" in told] == [12, 13, 14]
    assert not {"houses", "tried"} & set(done.options)
    assert "@" not in str(tried.options)  # nobody's address stays with the job


def test_the_real_run_that_follows_a_try_begins_anew(administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "ROWS", 3)
    text = SUBSCRIBERS + "".join(person(n, mail="foyer@example.org") for n in range(7))
    tried = taken_over("subscribers", text, administrator, dry_run=True)
    done = jobs.finish(start_for_real(tried, acting_user=administrator))
    assert counts(tried) == counts(done) == (6, 0, 0, 1)
    assert not {"houses", "tried"} & set(done.options)


def test_one_row_that_the_database_refuses_costs_only_itself(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody registers at the same moment: the identifier that was free is taken."""
    factories.UserFactory(email="", identifier="zoe2@example.org", kind="library")
    known = subscribers.Known.of
    monkeypatch.setattr(
        subscribers.Known,
        "of",
        classmethod(lambda cls, rows: replace(known(rows), others=frozenset())),
    )
    text = SUBSCRIBERS + "".join(person(n) for n in range(4))
    job = taken_over("subscribers", text, administrator)
    assert counts(job) == (3, 0, 0, 1)
    assert reasons(job) == [(4, "", "Cette ligne contredit ce qui est déjà enregistré.")]
