"""« Ma fiche bibliothèque »: who writes it, hours in order, photos judged by their content (L11)."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from navette.core.errors import Invalid, NotAllowed
from navette.core.models import AuditRow
from navette.core.pictures import LARGEST_FILE, PHOTO_SIDE, checked_photo
from navette.libraries.models import Library, OpeningHours, Profile
from navette.libraries.page import LibraryPage, Span, edit_page
from tests import factories

pytestmark = pytest.mark.django_db
# What a camera noted, damaged: the picture lies on its side, and its resolution is a text.
DAMAGED = bytes.fromhex(
    "457869660000 49492a0008000000 0200 1201 0300 01000000 06000000 1a01 0200 04000000 61626300 00000000"
)


def span(weekday: int, opens: int, closes: int) -> Span:
    return Span(weekday, dt.time(opens), dt.time(closes))


def picture(
    size: tuple[int, int] = (2_000, 1_000), kind: str = "JPEG", noted: bytes | None = None
) -> SimpleUploadedFile:
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret"
    Image.new("RGB", size, "green").save(written, kind, exif=noted or exif)
    return SimpleUploadedFile("photo.jpg", written.getvalue())


@pytest.fixture
def library() -> Library:
    return factories.LibraryFactory(postcode="33540")


def test_sub_08_others_do_not_write_it(library: Library) -> None:
    officer = factories.staff("territory")
    other = factories.library_account(factories.LibraryFactory())
    for user in (other, factories.library_account(library, Profile.VIEWER), factories.UserFactory(), officer):
        with pytest.raises(NotAllowed):
            edit_page(library, acting_user=user, page=LibraryPage(presentation="Piratée", postcode="33000"))
    assert Library.objects.get(pk=library.pk).presentation == ""


def test_its_manager_and_its_territorys_officer_write_it(library: Library) -> None:
    officer = factories.staff("territory")
    library.territory.officer = officer
    library.territory.save()
    for user in (factories.library_account(library), officer):
        page = LibraryPage(presentation=f"Par {user.pk}", postcode="33540", hours=[span(3, 14, 18), span(3, 9, 12)])
        assert edit_page(library, acting_user=user, page=page).presentation == f"Par {user.pk}"
    assert [row.opens.hour for row in OpeningHours.objects.all()] == [9, 14]
    rows = AuditRow.objects.filter(action="libraries.edit_page").order_by("pk")
    assert [row.detail["changed"] for row in rows] == [["hours", "presentation"], ["presentation"]]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([span(1, 12, 9)], "Lundi"),
        ([span(1, 9, 12), span(1, 11, 14)], "chevauchent"),
        ([span(9, 9, 12)], "jour"),
    ],
)
def test_hours_out_of_order_are_refused(library: Library, hours: list[Span], words: str) -> None:
    account = factories.library_account(library)
    with pytest.raises(Invalid, match=words) as refusal:
        edit_page(library, acting_user=account, page=LibraryPage(postcode="33540", hours=hours))
    assert refusal.value.field == "hours"
    assert not OpeningHours.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"postcode": "3354"}, "postcode"),
        ({"postcode": "33540", "website": "javascript:alert(1)"}, "website"),
        ({"postcode": "33540", "presentation": "x" * 3_001}, "presentation"),
    ],
)
def test_wrong_words_are_refused(library: Library, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        edit_page(library, acting_user=factories.library_account(library), page=LibraryPage(**values))
    assert refusal.value.field == field


def test_a_photo_is_written_anew_smaller_and_without_what_the_camera_noted(library: Library) -> None:
    photo = checked_photo(picture(), field="photo")
    account = factories.library_account(library)
    fresh = edit_page(library, acting_user=account, page=LibraryPage(postcode="33540", photo=photo))
    with Image.open(fresh.photo.path) as kept:
        assert (kept.format, max(kept.size)) == ("WEBP", PHOTO_SIDE)
        assert not kept.getexif()
    gone = edit_page(fresh, acting_user=account, page=LibraryPage(postcode="33540", drop_photo=True))
    assert not gone.photo


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 20,
        picture().read()[:400],
        picture((40, 30), noted=DAMAGED).read(),
    ],
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        checked_photo(SimpleUploadedFile("photo.jpg", content), field="photo")
    assert refusal.value.field == "photo"


def test_a_photo_too_heavy_or_too_large_is_refused() -> None:
    with pytest.raises(Invalid, match="lourde"):
        checked_photo(SimpleUploadedFile("photo.jpg", b"0" * (LARGEST_FILE + 1)), field="photo")
    with pytest.raises(Invalid, match="grande"):
        checked_photo(picture((10_000, 6_000), "PNG"), field="photo")
