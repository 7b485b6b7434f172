"""« Ma fiche bibliothèque » (L11): who writes it, hours by the week, photos that are judged and written afresh."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from navette.accounts.roles import StaffRoleName
from navette.core.pictures import LARGEST_FILE
from navette.libraries.models import Library, OpeningHours, Profile, Territory
from tests import factories
from tests.web.browsing import client_of

PAGE = "/pro/ma-fiche"
FILLED: dict[str, Any] = {"presentation": "Un lieu.", "postcode": "33540"}


def photo(name: str = "photo.jpg", kind: str = "JPEG") -> SimpleUploadedFile:
    """Return a picture in which the camera noted where it was taken."""
    written, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "chez Camille"
    Image.new("RGB", (64, 48), "green").save(written, kind, exif=exif)
    return SimpleUploadedFile(name, written.getvalue(), content_type="image/jpeg")


def fresh(library: Library) -> Library:
    return Library.objects.get(pk=library.pk)


# ---- who may not
def test_sub_08_others_do_not_write_it(library: Library) -> None:
    address = f"{PAGE}/{library.pk}"
    stranger = client_of(factories.library_account(factories.LibraryFactory()))
    assert stranger.get(address).status_code == stranger.post(address, FILLED).status_code == 404
    assert Client().post(address, FILLED).status_code == 302
    assert client_of(factories.UserFactory()).post(address, FILLED).status_code == 403
    officer = client_of(factories.staff(StaffRoleName.TERRITORY))
    assert officer.post(address, FILLED).status_code == 404
    assert fresh(library).presentation == ""


def test_a_viewer_reads_and_does_not_write(library: Library) -> None:
    viewer = client_of(factories.library_account(library, Profile.VIEWER))
    page = viewer.get(PAGE).content.decode()
    assert "un compte « Gestionnaire » la modifie" in page
    assert "Enregistrer" not in page
    assert viewer.post(PAGE, FILLED | {"photo": photo()}).status_code == 403
    assert (fresh(library).presentation, fresh(library).photo.name) == ("", "")


def test_who_has_several_libraries_chooses_first(library: Library) -> None:
    account, other = factories.library_account(library), factories.LibraryFactory()
    factories.MembershipFactory(library=other, user=account)
    client = client_of(account)
    page = client.get(PAGE).content.decode()
    assert f'href="{PAGE}/{library.pk}"' in page
    assert f'href="{PAGE}/{other.pk}"' in page
    assert client.post(PAGE, FILLED).status_code == 404
    assert client.post(f"{PAGE}/{other.pk}", FILLED).status_code == 302
    assert (fresh(library).presentation, fresh(other).presentation) == ("", "Un lieu.")


def test_the_territorys_officer_writes_it(library: Library) -> None:
    officer = factories.staff(StaffRoleName.TERRITORY)
    Territory.objects.filter(pk=library.territory_id).update(officer=officer)
    assert client_of(officer).post(f"{PAGE}/{library.pk}", FILLED).status_code == 302
    assert fresh(library).presentation == "Un lieu."


# ---- hours
@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({"opens-4-0": "14:00"}, "l’heure de fermeture"),
        ({"opens-4-0": "18:00", "closes-4-0": "14:00"}, "vient après"),
        (
            {"opens-4-0": "09:00", "closes-4-0": "13:00", "opens-4-1": "12:00", "closes-4-1": "14:00"},
            "chevauchent",
        ),
        ({"opens-4-0": "midi", "closes-4-0": "18:00"}, "14:30"),
    ],
)
def test_hours_that_make_no_sense_are_told_and_kept_in_the_form(
    client: Client, library: Library, hours: dict[str, str], words: str
) -> None:
    answer = client.post(PAGE, FILLED | hours)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert f'value="{hours["opens-4-0"]}"' in answer.content.decode()
    assert not OpeningHours.objects.exists()
    assert fresh(library).presentation == ""


def test_l11_hours_are_written_by_the_week_and_written_again_as_they_stand(client: Client, library: Library) -> None:
    hours = {"opens-4-1": "14:00", "closes-4-1": "18:00", "opens-4-0": "09:30", "closes-4-0": "12:00"}
    for _again in range(2):
        assert client.post(PAGE, FILLED | hours).status_code == 302
    rows = [(row.weekday, row.opens.isoformat("minutes")) for row in OpeningHours.objects.filter(library=library)]
    assert rows == [(4, "09:30"), (4, "14:00")]
    assert 'value="09:30"' in client.get(PAGE).content.decode()
    assert "9 h 30 – 12 h" in Client().get(f"/bibliotheques/{library.slug}").content.decode()
    client.post(PAGE, FILLED)
    assert not OpeningHours.objects.exists()


def test_a_third_span_of_a_day_is_shown_and_kept(client: Client, library: Library) -> None:
    for hour in (9, 12, 15):
        OpeningHours.objects.create(library=library, weekday=2, opens=f"{hour:02}:00", closes=f"{hour + 2:02}:00")
    spans = {
        f"{end}-2-{n}": f"{hour:02}:00"
        for n, at in enumerate((9, 12, 15))
        for end, hour in (("opens", at), ("closes", at + 2))
    }
    assert 'name="opens-2-2"' in client.get(PAGE).content.decode()
    client.post(PAGE, FILLED | spans)
    assert OpeningHours.objects.count() == 3


# ---- the photo
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 ...", "pas une image lisible"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "pas une image lisible"),
        (b"<?php system($_GET[0]);", "pas une image lisible"),
        (b"\xff\xd8" + b"0" * LARGEST_FILE, "trop lourde"),
    ],
    ids=["pdf", "svg", "php", "heavy"],
)
def test_what_calls_itself_a_photo_and_is_none_is_refused(
    client: Client, library: Library, content: bytes, words: str
) -> None:
    sent = SimpleUploadedFile("photo.jpg", content, content_type="image/jpeg")
    answer = client.post(PAGE, FILLED | {"photo": sent})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert (fresh(library).photo.name, fresh(library).presentation) == ("", "")


def test_a_photo_is_shown_to_all_without_what_the_camera_noted(client: Client, library: Library) -> None:
    assert client.post(PAGE, FILLED | {"photo": photo("../../chez-moi.php.jpg")}).status_code == 302
    kept = fresh(library).photo
    assert "chez-moi" not in str(kept.name)
    shown = Client().get(kept.url)
    content = shown.getvalue()
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    assert b"Camille" not in content
    assert kept.url in Client().get(f"/bibliotheques/{library.slug}").content.decode()


def test_a_photo_is_replaced_then_taken_away(
    client: Client, library: Library, django_capture_on_commit_callbacks: Any
) -> None:
    client.post(PAGE, FILLED | {"photo": photo()})
    first = fresh(library).photo
    with django_capture_on_commit_callbacks(execute=True):
        client.post(PAGE, FILLED | {"photo": photo("x.png", "PNG")})
    second = fresh(library).photo
    assert second.name != first.name
    assert not first.storage.exists(str(first.name))
    client.post(PAGE, FILLED)
    assert fresh(library).photo.name == second.name
    with django_capture_on_commit_callbacks(execute=True):
        client.post(PAGE, FILLED | {"drop_photo": "on"})
    assert fresh(library).photo.name == ""
    assert not second.storage.exists(str(second.name))
