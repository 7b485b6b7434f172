"""Pictures are judged by what they hold, and written anew."""

import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from navette.core import pictures
from navette.core.errors import Invalid
from navette.core.pictures import checked_picture

# What a camera noted, damaged: the picture lies on its side, and its resolution is a text.
DAMAGED = bytes.fromhex(
    "457869660000 49492a0008000000 0200 1201 0300 01000000 06000000 1a01 0200 04000000 61626300 00000000"
)


def drawn(kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    """Return a picture's bytes."""
    file = io.BytesIO()
    Image.new(mode, size, 1 if mode == "P" else "red").save(file, kind, **options)
    return file.getvalue()


def checked(data: bytes, name: str = "logo.png", side: int = 500) -> bytes:
    return bytes(checked_picture(ContentFile(data, name=name), longest_side=side, field="logo").read())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        drawn()[:60],
        drawn("GIF"),
        drawn("JPEG", exif=DAMAGED),
        drawn("BMP"),
        drawn("TIFF"),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7 ...",
        b"PK\x03\x04" + b"\0" * 200,
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        checked(data)
    assert refusal.value.field == "logo"


def test_too_many_bytes_or_pixels_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="50 millions"):
        checked(drawn(size=(10_000, 5_001), mode="L"))
    monkeypatch.setattr(pictures, "LARGEST_FILE", 50)
    with pytest.raises(Invalid, match="8 Mo"):
        checked(drawn())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "CMYK"])
def test_a_picture_keeps_its_kind_and_shrinks(kind: str, mode: str) -> None:
    if (kind, mode) in {("PNG", "CMYK"), ("JPEG", "RGBA"), ("JPEG", "P"), ("WEBP", "CMYK"), ("WEBP", "P")}:
        mode = "RGB"
    done = checked_picture(ContentFile(drawn(kind, (900, 300), mode), "x.exe"), longest_side=300, field="logo")
    picture = Image.open(io.BytesIO(done.read()))
    assert (picture.format, picture.size) == (kind, (300, 100))
    assert str(done.name).endswith(pictures.FORMATS[kind])


def test_what_a_picture_carries_besides_is_left_out() -> None:
    exif = Image.Exif()
    exif[0x010E] = "<script>secret</script>"
    sent = drawn("JPEG", exif=exif) + b"<?php system('id') ?>"
    assert b"secret" in sent
    done = checked(sent, "photo.jpg")
    assert b"secret" not in done
    assert b"php" not in done


def test_a_name_comes_from_the_content() -> None:
    sent = ContentFile(drawn(), name="../../etc/passwd.svg")
    first = checked_picture(sent, longest_side=500, field="logo").name
    again = checked_picture(ContentFile(drawn(), name="b"), longest_side=500, field="logo").name
    assert first == again
    assert "/" not in str(first)
