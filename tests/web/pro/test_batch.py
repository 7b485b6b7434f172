"""« Inscrire plusieurs usagers »: the pages."""

import io
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from navette.accounts.models import User
from navette.libraries.models import Library, Profile
from navette.subscriptions.models import RegistrationBatch, Subscription
from tests import factories
from tests.web.browsing import client_of

HEAD = "Nom;Prénom;Mail;Né(e) le\n"
ROW = "Durand;Zoé;zoe@example.org;13/03/1990\n"


@pytest.fixture
def oise(library: Library) -> Library:
    factories.portal("oise")
    factories.ResourceFactory(name="Presse")
    return library


def send(client: Client, text: str | bytes, name: str = "liste.csv") -> RegistrationBatch:
    content = text.encode() if isinstance(text, str) else text
    answer = client.post(reverse("pro:batches"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, unescape(answer.content.decode())
    return RegistrationBatch.objects.latest("pk")


def text_of(client: Client, route: str, *args: int) -> str:
    answer = client.get(reverse(route, args=args))
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def test_only_managers_of_portals_where_libraries_register_are_offered_it(library: Library, account: User) -> None:
    assert reverse("pro:batches") not in text_of(client_of(account), "pro:dashboard")
    assert client_of(account).get(reverse("pro:batches")).status_code == 403
    factories.portal("oise")
    assert reverse("pro:batches") in text_of(client_of(account), "pro:dashboard")
    viewer = client_of(factories.library_account(library, Profile.VIEWER))
    assert reverse("pro:batches") not in text_of(viewer, "pro:dashboard")
    assert viewer.get(reverse("pro:batches")).status_code == 403


def test_another_librarys_file_is_not_there(oise: Library, client: Client) -> None:
    batch = send(client, HEAD + ROW)
    other = client_of(factories.library_account(factories.LibraryFactory()))
    for route in ("batch", "batch_errors"):
        assert other.get(reverse(f"pro:{route}", args=[batch.pk])).status_code == 404
    for route in ("batch_columns", "batch_apply", "batch_undo"):
        assert other.post(reverse(f"pro:{route}", args=[batch.pk]), {"pretes": "1"}).status_code == 404
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "0 octet"), (b"%PDF-1.4", "PDF"), (b"Nom\n", "que des titres"), (None, "Choisissez un fichier")],
)
def test_a_bad_file_is_refused_beside_the_field(
    oise: Library, client: Client, content: bytes | None, words: str
) -> None:
    data = {} if content is None else {"file": SimpleUploadedFile("liste.xlsx", content)}
    answer = client.post(reverse("pro:batches"), data)
    assert answer.status_code == 400
    assert words in unescape(answer.content.decode())


def test_a_file_is_read_previewed_registered_and_undone(oise: Library, client: Client) -> None:
    batch = send(client, HEAD + ROW + "Petit;;non;32/01/1990\n")
    page = text_of(client, "pro:batch", batch.pk)
    assert "1 ligne prête , 1 à corriger" in page or "1 ligne prête, 1 à corriger" in page
    for words in ("Le prénom manque.", "n’est pas valable", "JJ/MM/AAAA", "Inscrire 1 usager"):
        assert words in page
    client.post(reverse("pro:batch_apply", args=[batch.pk]), {"pretes": "1"})
    done = text_of(client, "pro:batch", batch.pk)
    assert "1 usager est inscrit." in done
    assert "1 ligne reste à corriger." in done
    again = client.post(reverse("pro:batch_apply", args=[batch.pk]), {"pretes": "1"}, follow=True)
    assert "déjà été traité" in unescape(again.content.decode())
    assert Subscription.objects.count() == 1
    undone = client.post(reverse("pro:batch_undo", args=[batch.pk]), follow=True)
    assert "1 inscription est annulée." in unescape(undone.content.decode())
    client.post(reverse("pro:batch_undo", args=[batch.pk]))
    assert not Subscription.objects.exists()


def test_columns_that_were_not_recognised_are_asked_for(oise: Library, client: Client) -> None:
    batch = send(client, "A;B;C;D\n" + ROW)
    page = text_of(client, "pro:batch", batch.pk)
    assert "Inscrire 1 usager" not in page
    address = reverse("pro:batch_columns", args=[batch.pk])
    twice = client.post(address, {"last_name": "0", "first_name": "0", "email": "2", "birth_date": "3"})
    assert twice.status_code == 400
    assert "sert déjà à autre chose" in unescape(twice.content.decode())
    client.post(address, {"last_name": "0", "first_name": "1", "email": "2", "birth_date": "3"})
    assert "Inscrire 1 usager" in text_of(client, "pro:batch", batch.pk)


@pytest.mark.parametrize("registered", [False, True])
def test_rows_to_correct_are_sent_with_what_is_wrong(oise: Library, client: Client, *, registered: bool) -> None:
    batch = send(client, HEAD + ROW + "Petit;Ali;non;01/02/1990\n")
    if registered:
        client.post(reverse("pro:batch_apply", args=[batch.pk]), {"pretes": "1"})
    answer = client.get(reverse("pro:batch_errors", args=[batch.pk]))
    rows = list(load_workbook(io.BytesIO(b"".join(answer))).worksheets[0].values)
    assert rows == [
        ("Nom", "Prénom", "Mail", "Né(e) le", "Erreur"),
        ("Petit", "Ali", "non", "01/02/1990", "Cette adresse mail n’est pas valable."),
    ]


def test_the_model_file_is_read_as_it_is(oise: Library, client: Client) -> None:
    content = b"".join(client.get(reverse("pro:batch_model")))
    page = text_of(client, "pro:batch", send(client, content, "modele.xlsx").pk)
    assert "1 ligne prête" in page
    assert "à corriger" not in page


def test_a_long_file_is_shown_fifty_rows_a_page(oise: Library, client: Client) -> None:
    rows = "".join(f"Nom {n:03};Zoé;z{n}@example.org;13/03/1990\n" for n in range(120))
    batch = send(client, HEAD + rows)
    page = text_of(client, "pro:batch", batch.pk)
    assert "120 lignes prêtes" in page
    assert "Nom 049" in page
    assert "Nom 050" not in page
    answer = client.get(reverse("pro:batch", args=[batch.pk]), {"page": "3", "voir": "erreurs"})
    assert "Nom 119" in answer.content.decode()
