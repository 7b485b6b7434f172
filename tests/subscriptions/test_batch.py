"""A library registers the readers of a file: refusals, errors row by row, all good rows or none."""

import datetime as dt
import io
import threading

import pytest

from navette.accounts.models import User
from navette.core import clock
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.models import AuditRow
from navette.files.sheets import BadSheet
from navette.libraries.models import Library, Profile
from navette.mail.models import OutgoingMail
from navette.subscriptions import nightly
from navette.subscriptions.actions import apply_batch, choose_columns, read_batch
from navette.subscriptions.batch_rows import checked_rows
from navette.subscriptions.dates import same_day
from navette.subscriptions.models import BatchState, RegistrationBatch, Subscription
from navette.subscriptions.states import Status
from tests import factories
from tests.at_once import all_at_once
from tests.lifecycle.processes import kill, start, wait_for

HEAD = "Nom;Prénom;Courriel;Date de naissance;Ressources numériques\n"
GOOD = HEAD + "Durand;Zoé;zoe@example.org;13/03/1990;\nPetit;Ali;ali@example.org;1980-01-02;ciné-rivage\n"


@pytest.fixture
def library(db: None) -> Library:
    factories.portal("oise")
    factories.ResourceFactory(name="Ciné-Rivage")
    factories.ResourceFactory(name="Presse")
    factories.ResourceFactory(name="Fermée", is_open=False)
    return factories.LibraryFactory(name="Crèvecœur-le-Grand")


@pytest.fixture
def account(library: Library) -> User:
    return factories.library_account(library)


def sent(library: Library, account: User, text: str = GOOD) -> RegistrationBatch:
    return read_batch(library, acting_user=account, file=io.BytesIO(text.encode()), name="liste.csv")


# ---- refusals
def test_a_viewer_another_library_and_a_portal_without_it_are_refused(library: Library, account: User) -> None:
    batch = sent(library, account)
    for stranger in (
        factories.library_account(library, Profile.VIEWER),
        factories.library_account(factories.LibraryFactory()),
        factories.staff(),
    ):
        with pytest.raises(NotAllowed):
            sent(library, stranger)
        with pytest.raises(NotAllowed):
            choose_columns(batch, acting_user=stranger, columns=batch.columns)
        with pytest.raises(NotAllowed):
            apply_batch(batch, acting_user=stranger, ready=2)
    factories.portal("gironde")
    with pytest.raises(NotAllowed):
        apply_batch(batch, acting_user=account, ready=2)
    assert not Subscription.objects.exists()


def test_a_bad_file_leaves_nothing(library: Library, account: User) -> None:
    for text in ("", "%PDF-1.7", HEAD, "Nom\n" + "a\n" * 501):
        with pytest.raises(BadSheet):
            sent(library, account, text)
    assert not RegistrationBatch.objects.exists()


def test_columns_are_guessed_and_can_be_corrected(library: Library, account: User) -> None:
    batch = sent(library, account)
    assert batch.columns == {"last_name": 0, "first_name": 1, "email": 2, "birth_date": 3, "resources": 4}
    odd = sent(library, account, "A;B;Mail;Né(e) le\nZoé;Durand;zoe@example.org;13/03/1990\n")
    assert odd.columns == {"email": 2, "birth_date": 3}
    for wrong in ({"email": 2}, {**odd.columns, "last_name": 9, "first_name": 0}, {**odd.columns, "last_name": 2}):
        with pytest.raises(Invalid):
            choose_columns(odd, acting_user=account, columns=wrong)
    fixed = choose_columns(odd, acting_user=account, columns={**odd.columns, "last_name": 1, "first_name": 0})
    assert [(row.texts["last_name"], row.fault) for row in checked_rows(fixed)] == [("Durand", "")]


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        (";Zoé;z@example.org;13/03/1990;", "last_name", "manque"),
        ("Durand;;z@example.org;13/03/1990;", "first_name", "manque"),
        (f"{'a' * 81};Zoé;z@example.org;13/03/1990;", "last_name", "80 caractères"),
        ("Durand;Zoé;;13/03/1990;", "email", "manque"),
        ("Durand;Zoé;zoe.example.org;13/03/1990;", "email", "pas valable"),
        (f"Durand;Zoé;{'a' * 250}@example.org;13/03/1990;", "email", "pas valable"),
        ("Durand;Zoé;Connue@Example.org;13/03/1990;", "email", "porte déjà"),
        ("Durand;Zoé;z@example.org;;", "birth_date", "manque"),
        ("Durand;Zoé;z@example.org;13/03/90;", "birth_date", "JJ/MM/AAAA"),
        ("Durand;Zoé;z@example.org;13/03/2999;", "birth_date", "futur"),
        ("Durand;Zoé;z@example.org;13/03/1990;Presse, Inconnue", "resources", "Inconnue"),
        ("Durand;Zoé;z@example.org;13/03/1990;Fermée", "resources", "Fermée"),
    ],
)
def test_what_is_wrong_is_told_beside_its_cell(
    library: Library, account: User, row: str, field: str, words: str
) -> None:
    factories.UserFactory(email="connue@example.org")
    with clock.set_today(dt.date(2027, 3, 1)):
        checked = checked_rows(sent(library, account, HEAD + row + "\n"))[0]
    assert list(checked.errors) == [field]
    assert words in checked.errors[field]


def test_the_second_of_two_rows_with_one_address_is_wrong(library: Library, account: User) -> None:
    text = HEAD + "\nDurand;Zoé;z@example.org;13/03/1990;\nDurand;Léa;Z@Example.org;13/03/1990;\n"
    first, second = checked_rows(sent(library, account, text))
    assert not first.errors
    assert second.errors == {"email": "Cette adresse est déjà à la ligne 3."}


CHILD = "Nom;Prénom;Mail;Né(e) le;Nom du parent;Mail du parent\nCaradec;Malo;malo@example.org;{day};{parent}\n"


@pytest.mark.parametrize(
    ("parent", "wrong"),
    [
        (";", {"parent_name": "nom d’un parent", "parent_email": "mail d’un parent"}),
        ("Inès;", {"parent_email": "mail d’un parent"}),
        (";ines@example.org", {"parent_name": "nom d’un parent"}),
        ("Inès;ines", {"parent_email": "pas valable"}),
        (f"{'i' * 200};ines@example.org", {"parent_name": "Trop long"}),
        ("Inès Caradec;ines@example.org", {}),
    ],
)
def test_sub_12_a_minors_row_needs_a_parent(
    library: Library, account: User, parent: str, wrong: dict[str, str]
) -> None:
    day = same_day(clock.today(), -10)
    row = checked_rows(sent(library, account, CHILD.format(day=f"{day:%d/%m/%Y}", parent=parent)))[0]
    assert set(row.errors) == set(wrong)
    assert all(words in row.errors[name] for name, words in wrong.items())


def test_an_adults_row_needs_no_parent(library: Library, account: User) -> None:
    assert not checked_rows(sent(library, account, CHILD.format(day="13/03/1990", parent=";")))[0].errors


# ---- all good rows or none
def test_sub_12_a_minors_row_asks_the_parent_before_the_library_sees_it(library: Library, account: User) -> None:
    day = same_day(clock.today(), -10)
    batch = sent(library, account, CHILD.format(day=f"{day:%d/%m/%Y}", parent="Inès Caradec;ines@example.org"))
    apply_batch(batch, acting_user=account, ready=1)
    row = Subscription.objects.get()
    assert (row.status, row.deadline, row.batch_id) == (Status.UNCONFIRMED, None, batch.pk)
    assert row.reader.parental_agreement.parent_name == "Inès Caradec"
    asked = OutgoingMail.objects.get(kind="parent_asked")
    assert asked.to_email == "ines@example.org"


def test_good_rows_are_registered_and_the_others_stay_to_be_corrected(library: Library, account: User) -> None:
    batch = sent(library, account, GOOD + "Faux;Rang;pas-une-adresse;13/03/1990;\n")
    done = apply_batch(batch, acting_user=account, ready=2)
    assert (done.state, done.registered) == (BatchState.APPLIED, 2)
    assert done.rows == [
        ["4", "Faux", "Rang", "pas-une-adresse", "13/03/1990", "", "Cette adresse mail n’est pas valable."]
    ]
    rows = Subscription.objects.order_by("by_last_name")
    assert [(row.status, row.batch_id, row.library_id) for row in rows] == [("pending", done.pk, library.pk)] * 2
    names = [sorted(grant.resource.name for grant in row.grants.all()) for row in rows]
    assert names == [["Ciné-Rivage", "Presse"], ["Ciné-Rivage"]]
    assert OutgoingMail.objects.count() == 2
    assert AuditRow.objects.get(action="subscriptions.register_batch").detail == {"registered": 2, "left": 1}


def test_a_second_click_and_a_changed_count_register_nobody(library: Library, account: User) -> None:
    batch = sent(library, account)
    factories.UserFactory(email="ali@example.org")
    with pytest.raises(Refusal, match="a changé entre-temps"):
        apply_batch(batch, acting_user=account, ready=2)
    assert not Subscription.objects.exists()
    apply_batch(batch, acting_user=account, ready=1)
    with pytest.raises(Refusal, match="déjà été traité"):
        apply_batch(batch, acting_user=account, ready=1)
    with pytest.raises(Refusal):
        choose_columns(batch, acting_user=account, columns=batch.columns)
    assert Subscription.objects.count() == 1


def test_where_one_row_fails_nobody_is_registered(
    library: Library, account: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody registers at the same moment with an address of the file."""
    batch = sent(library, account)
    rows = checked_rows(batch)
    factories.UserFactory(email="ali@example.org")
    monkeypatch.setattr("navette.subscriptions.actions.batch.checked_rows", lambda batch: rows)
    with pytest.raises(Invalid, match="porte déjà"):
        apply_batch(batch, acting_user=account, ready=2)
    assert not Subscription.objects.exists()
    assert RegistrationBatch.objects.get().state == BatchState.DRAFT


def test_a_file_without_a_good_row_registers_nobody(library: Library, account: User) -> None:
    batch = sent(library, account, HEAD + "Durand;Zoé;non;13/03/1990;\n")
    with pytest.raises(Refusal, match="Aucune ligne"):
        apply_batch(batch, acting_user=account, ready=0)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_register_once(library: Library, account: User) -> None:
    batch = sent(library, account)

    def click() -> None:
        apply_batch(batch, acting_user=account, ready=2)

    assert len(all_at_once([click, click])) == 1
    assert Subscription.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_amid_a_file_leaves_nothing_half_done(library: Library, account: User) -> None:
    lines = "".join(f"Nom {n};Zoé;zoe{n}@example.org;13/03/1990;\n" for n in range(500))
    batch = sent(library, account, HEAD + lines)
    code = (
        "from navette.subscriptions.actions import apply_batch; from navette.subscriptions.models import *; "
        "from navette.accounts.models import User; print('begun', flush=True); "
        f"apply_batch(RegistrationBatch.objects.get(pk={batch.pk}), acting_user=User.objects.get(pk={account.pk}), "
        "ready=500)"
    )
    process = start("shell", "-v", "0", "-c", code)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    threading.Event().wait(0.4)
    assert process.poll() is None, "it was too fast to be killed"
    kill(process)
    assert not Subscription.objects.exists()
    assert RegistrationBatch.objects.get().state == BatchState.DRAFT
    wait_for(lambda: apply_batch(batch, acting_user=account, ready=500).registered == 500)
    assert Subscription.objects.count() == 500


# ---- the night
def test_the_night_empties_files_that_can_no_longer_be_undone(library: Library, account: User) -> None:
    fresh = sent(library, account)
    used = apply_batch(sent(library, account, GOOD + "x;;;;\n"), acting_user=account, ready=2)
    never = sent(library, account)
    two_days_ago = clock.now() - dt.timedelta(days=2)
    RegistrationBatch.objects.filter(pk__in=[used.pk, never.pk]).update(created_at=two_days_ago)
    assert nightly.count_batches(clock.today()) == 2
    assert nightly.forget_batches(clock.today()) == 2
    assert nightly.forget_batches(clock.today()) == 0
    kept = {row.pk: row for row in RegistrationBatch.objects.all()}
    assert set(kept) == {fresh.pk, used.pk}
    assert (kept[used.pk].rows, kept[used.pk].headers, kept[used.pk].registered) == ([], [], 2)
    assert len(kept[fresh.pk].rows) == 2
