"""Pictures that people send: judged by what they hold, never by their name, and written anew."""

import hashlib
import io
import struct
import warnings

from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from navette.core.errors import Invalid

FORMATS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}  # SVG may hold scripts: it is none of them
LARGEST_FILE = 8 * 1024 * 1024  # bytes: what a telephone makes
MOST_PIXELS = 50_000_000
PHOTO_SIDE = 1_600  # pixels
QUALITY = 85
# What Pillow raises half-way through a broken file, or for what a camera noted in it and got damaged.
BROKEN = (OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, ArithmeticError, struct.error)


class Picture(ContentFile):  # type: ignore[type-arg]
    """A picture that we wrote ourselves, to be stored as it is."""


def checked_photo(sent: "File[bytes]", *, field: str) -> Picture:
    """Return the photo in `sent` as `checked_picture` does, as WebP and for a page's width."""
    return checked_picture(sent, longest_side=PHOTO_SIDE, field=field, as_kind="WEBP")


def checked_picture(sent: "File[bytes]", *, longest_side: int, field: str, as_kind: str = "") -> Picture:
    """Return the picture in `sent` written anew, at most `longest_side` pixels long, under a name made of its content.

    Writing it anew leaves out whatever else the file carried (place, device, scripts). Raises Invalid on `field` for
    what is no PNG, JPEG or WebP picture, or is too large. It keeps its kind, or becomes `as_kind` (of `FORMATS`).
    """
    if (sent.size or 0) > LARGEST_FILE:
        raise Invalid(_("Cette image est trop lourde : 8 Mo au plus."), field)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _written_anew(sent, longest_side, field, as_kind)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _unreadable(field) from error
    except BROKEN as error:
        raise _unreadable(field) from error


def _unreadable(field: str) -> Invalid:
    return Invalid(_("Ce fichier n’est pas une image lisible. Envoyez une image PNG, JPEG ou WebP."), field)


def _written_anew(sent: "File[bytes]", longest_side: int, field: str, as_kind: str) -> Picture:
    with Image.open(sent, formats=list(FORMATS)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Invalid(_("Cette image est trop grande : 50 millions de pixels au plus."), field)
        kind = as_kind or opened.format or "PNG"
        picture = ImageOps.exif_transpose(opened)
        picture.thumbnail((longest_side, longest_side))
        if kind == "JPEG" or picture.mode not in {"L", "LA", "RGB", "RGBA"}:
            picture = picture.convert("RGB" if kind == "JPEG" else "RGBA")
        drawn = io.BytesIO()
        clean = Image.new(picture.mode, picture.size)
        clean.paste(picture)
        clean.save(drawn, kind, quality=QUALITY)
    data = drawn.getvalue()
    return Picture(data, name=f"{hashlib.sha256(data).hexdigest()[:24]}.{FORMATS[kind]}")
