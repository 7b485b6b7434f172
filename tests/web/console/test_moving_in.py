"""« Reprise d’un ancien portail », « Travaux » and the invitations: the pages."""

import io
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from navette.accounts.roles import StaffRoleName
from navette.core import clock
from navette.lifecycle import jobs, nightly
from navette.lifecycle.models import Job, JobState
from navette.mail.models import OutgoingMail
from navette.readers.models import Reader
from tests import factories
from tests.lifecycle.moving_in.files import SUBSCRIBERS, person
from tests.web.browsing import client_of

TEXT = SUBSCRIBERS + person(1, start="", end="") + person(2, end="")


@pytest.fixture
def client(portal: object) -> Client:
    """A browser in which an administrator is logged in."""
    factories.ResourceFactory(name="Presse")
    factories.LibraryFactory(name="Bazas", insee_code="33036")
    return client_of(factories.staff())


def send(client: Client, text: str | bytes, kind: str = "subscribers") -> Job:
    content = text.encode() if isinstance(text, str) else text
    answer = client.post(
        reverse("console:moving_in"), {"kind": kind, "file": SimpleUploadedFile("ancien.csv", content)}
    )
    assert answer.status_code == 302, unescape(answer.content.decode())
    return Job.objects.latest("pk")


def launch(client: Client, job: Job, what: str = "essai") -> None:
    columns = {name: str(index) for name, index in job.columns.items()}
    answer = client.post(reverse("console:moving_in_start", args=[job.pk]), columns | {"suite": what})
    assert answer.status_code == 302


def text_of(client: Client, route: str, *args: object) -> str:
    answer = client.get(reverse(route, args=args))
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def test_the_menu_offers_it_to_administrators_only(client: Client) -> None:
    page = text_of(client, "console:dashboard")
    assert reverse("console:moving_in") in page
    assert reverse("console:work") in page
    other = text_of(client_of(factories.staff(StaffRoleName.DIGITAL)), "console:dashboard")
    assert reverse("console:moving_in") not in other
    assert reverse("console:work") not in other


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Dites ce que le fichier contient."),
        ({"kind": "subscribers"}, "Choisissez un fichier."),
        ({"kind": "autre", "file": SimpleUploadedFile("a.csv", b"A\nb\n")}, "Sélectionnez un choix valide"),
        ({"kind": "subscribers", "file": SimpleUploadedFile("a.xlsx", b"%PDF-1.7")}, "PDF"),
    ],
)
def test_what_is_no_file_is_refused(client: Client, data: dict[str, object], words: str) -> None:
    answer = client.post(reverse("console:moving_in"), data)
    assert answer.status_code == 400
    assert words in unescape(answer.content.decode())
    assert not Job.objects.exists()


def test_a_job_of_another_kind_has_no_page_here(client: Client) -> None:
    other = Job.objects.create(kind="other", title="x", total=1)
    assert client.get(reverse("console:moving_in_file", args=[other.pk])).status_code == 404
    assert client.get(reverse("console:moving_in_model", args=["other"])).status_code == 404


def test_a_file_is_tried_then_taken_over_with_a_report(client: Client) -> None:
    job = send(client, TEXT)
    page = text_of(client, "console:moving_in_file", job.pk)
    for words in ("Quelle colonne contient quoi ?", "Essai à blanc", "zoe1@example.org", "2 lignes"):
        assert words in page
    launch(client, job)
    waiting = text_of(client, "console:moving_in_file", job.pk)
    assert "0 lignes sur 2" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    early = client.post(reverse("console:moving_in_for_real", args=[job.pk]), follow=True)
    assert "n’est pas terminé" in unescape(early.content.decode())
    jobs.finish(job)
    tried = text_of(client, "console:moving_in_file", job.pk)
    assert "<strong>1</strong> seraient créés" in tried
    assert "La date de début ou de fin manque." in tried
    assert "every 2s" not in tried
    assert not Reader.objects.exists()
    client.post(reverse("console:moving_in_for_real", args=[job.pk]))
    client.post(reverse("console:moving_in_for_real", args=[job.pk]))
    real = Job.objects.get(dry_run=False)
    jobs.finish(real)
    assert "<strong>1</strong> créés" in text_of(client, "console:moving_in_file", real.pk)
    assert Reader.objects.count() == 1
    answer = client.get(reverse("console:moving_in_rejects", args=[real.pk]))
    rows = list(load_workbook(io.BytesIO(b"".join(answer))).worksheets[0].values)
    assert rows[1] == ("2", "Fin de validité", "La date de début ou de fin manque.", "non")


def test_columns_are_corrected_and_a_file_is_launched_once(client: Client) -> None:
    job = send(client, TEXT)
    address = reverse("console:moving_in_start", args=[job.pk])
    wrong = client.post(address, {"email": "2"})
    assert wrong.status_code == 400
    launch(client, job, "reprendre")
    again = client.post(address, {}, follow=True)
    assert "Ce fichier est déjà lancé." in unescape(again.content.decode())
    assert not Job.objects.get().dry_run


@pytest.mark.parametrize("kind", ["libraries", "accounts", "subscribers"])
def test_a_model_file_is_taken_over_as_it_is(client: Client, kind: str) -> None:
    content = b"".join(client.get(reverse("console:moving_in_model", args=[kind])))
    job = send(client, content, kind)
    launch(client, job, "reprendre")
    done = jobs.finish(job)
    assert (done.state, done.rejected, list(done.rejects.values_list("reason", flat=True))) == ("done", 0, [])


def test_work_is_followed_stopped_and_taken_up(client: Client) -> None:
    assert "Aucun travail" in text_of(client, "console:work")
    job = send(client, TEXT)
    launch(client, job)
    page = text_of(client, "console:work")
    assert "Reprise des abonnés" in page
    assert "every 2s" in page
    stopped = client.post(reverse("console:work_stop", args=[job.pk]), follow=True)
    assert "Arrêté" in unescape(stopped.content.decode())
    assert client.post(reverse("console:work_stop", args=[job.pk]), follow=True).status_code == 200
    client.post(reverse("console:work_resume", args=[job.pk]))
    assert Job.objects.get().state == JobState.QUEUED
    assert client.post(reverse("console:work_stop", args=[0])).status_code == 404


def test_nights_are_shown_with_their_figures(client: Client) -> None:
    day = clock.today()
    assert nightly.take(day)
    assert "pas encore terminée" in text_of(client, "console:work")
    nightly.finish(day, {"expired": 12, "sessions": 0})
    page = text_of(client, "console:work")
    assert "abonnements arrivés à leur terme : 12" in page
    assert "sessions terminées" not in page


def test_people_are_invited_in_waves(client: Client) -> None:
    assert "Personne à inviter" in text_of(client, "console:invitations")
    job = send(client, SUBSCRIBERS + "".join(person(n, start="", end="", state="En attente") for n in range(3)))
    launch(client, job, "reprendre")
    jobs.finish(job)
    assert "3 personnes n’ont ni mot de passe ni invitation" in text_of(client, "console:invitations")
    address = reverse("console:invitations")
    for wrong in ({"count": "0"}, {"count": "a"}, {"count": "1", "library": "999"}):
        assert client.post(address, wrong).status_code == 400
    told = client.post(address, {"count": "2"}, follow=True)
    assert "2 invitations sont confiées à l’envoi." in unescape(told.content.decode())
    client.post(address, {"count": "9"})
    nobody = client.post(address, {"count": "9"}, follow=True)
    assert "Personne n’attendait d’invitation." in unescape(nobody.content.decode())
    assert OutgoingMail.objects.filter(kind="invitation").count() == 3
