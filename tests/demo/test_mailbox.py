"""The demo's mails: nothing but the folder's own files is ever read, and their HTML can run nothing."""

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

pytestmark = [pytest.mark.usefixtures("portal"), pytest.mark.urls("tests.demo.urls")]


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """Return the folder of mails, with a secret beside it."""
    folder = tmp_path / "mails"
    folder.mkdir()
    settings.MAILS_FOLDER = folder
    (tmp_path / "secret.eml").write_text("Subject: secret\n\nsecret")
    return folder


def write(
    folder: Path, name: str, subject: str = "Bienvenue à tous", html: str | None = "<head></head><p>Bonjour</p>"
) -> str:
    """Write a mail into the folder and return its name."""
    message = EmailMultiAlternatives(subject, "Lisez https://navette.test/x\n", "a@example.org", ["lina@example.org"])
    if html:
        message.attach_alternative(html, "text/html")
    (folder / name).write_bytes(message.message().as_bytes())
    return name


@pytest.mark.parametrize(
    "name",
    ["..%2Fsecret.eml", "%2e%2e%2fsecret.eml", "..%5Csecret.eml", "../secret.eml", ".eml", "absent.eml", "a.eml%00",
     "%2Fetc%2Fpasswd", "....eml", "x" * 300 + ".eml"],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["", "/html"])
def test_nothing_outside_the_folder_is_read(client: Client, folder: Path, name: str, suffix: str) -> None:
    answer = client.get(f"/demo/mails/{name}{suffix}")
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace(name, "")


def test_a_link_out_of_the_folder_and_a_file_of_another_kind_are_not_read(client: Client, folder: Path) -> None:
    (folder / "link.eml").symlink_to(folder.parent / "secret.eml")
    (folder / "note.txt").write_text("note")
    (folder / "folder.eml").mkdir()
    for name in ("link.eml", "note.txt", "folder.eml"):
        assert client.get(reverse("demo:mail", args=[name])).status_code == 404


def test_a_folder_that_does_not_exist_yet_is_an_empty_list(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.MAILS_FOLDER = tmp_path / "none"
    answer = client.get(reverse("demo:mails"))
    assert answer.status_code == 200
    assert "Aucun mail pour l’instant" in answer.text


def test_mails_are_listed_newest_first_with_recipient_and_subject(client: Client, folder: Path) -> None:
    write(folder, "20270301T080000-001-a.eml", "Premier")
    write(folder, "20270301T090000-001-b.eml", "Second")
    answer = client.get(reverse("demo:mails"))
    assert answer.text.index("Second") < answer.text.index("Premier")
    assert "lina@example.org" in answer.text


def test_the_list_goes_page_by_page(client: Client, folder: Path) -> None:
    for number in range(45):
        write(folder, f"20270301T080000-{number:03}-a.eml", f"Mail numéro {number}.", html=None)
    first, second = client.get(reverse("demo:mails")), client.get(reverse("demo:mails"), {"page": "2"})
    assert "numéro 44." in first.text
    assert "numéro 4." not in first.text
    assert "numéro 4." in second.text


def test_a_mail_shows_headers_text_with_links_and_its_html_in_a_frame(client: Client, folder: Path) -> None:
    name = write(folder, "20270301T080000-001-a.eml", "<b>Objet</b> à lire")
    answer = client.get(reverse("demo:mail", args=[name]))
    assert "&lt;b&gt;Objet&lt;/b&gt; à lire" in answer.text
    assert 'href="https://navette.test/x"' in answer.text
    assert "<p>Bonjour</p>" not in answer.text
    assert "frame-src 'self'" in answer["Content-Security-Policy"]
    assert f'src="{reverse("demo:mail_html", args=[name])}"' in answer.text


def test_a_mails_html_can_run_nothing_and_be_framed_by_this_site_only(client: Client, folder: Path) -> None:
    name = write(folder, "20270301T080000-001-a.eml", html="<head></head><script>alert(1)</script>")
    answer = client.get(reverse("demo:mail_html", args=[name]))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_mail_without_html_has_no_frame(client: Client, folder: Path) -> None:
    name = write(folder, "20270301T080000-001-a.eml", html=None)
    assert "<iframe" not in client.get(reverse("demo:mail", args=[name])).text
    assert client.get(reverse("demo:mail_html", args=[name])).status_code == 404


def test_the_demos_pages_answer_to_get_only(client: Client, folder: Path) -> None:
    name = write(folder, "20270301T080000-001-a.eml")
    for address in (reverse("demo:mails"), reverse("demo:mail", args=[name]), reverse("demo:mail_html", args=[name])):
        assert client.post(address).status_code == 405
