"""What a file is, by its content; each kind that is no list gets the sentence that helps its owner."""

import re
import zipfile
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.files.sheets import text, workbook
from navette.files.sheets.errors import BadSheet
from navette.files.sheets.shape import Row, Sheet, shaped

MOST_BYTES = 20 * 1024 * 1024
_CHUNK = 256 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGE = gettext_lazy("Ce fichier est une image. Il faut un classeur Excel (.xlsx) ou un fichier CSV.")
_ARCHIVE = gettext_lazy("Ce fichier est une archive compressée. Ouvrez-la, et envoyez le classeur qu’elle contient.")
_PAGE = gettext_lazy(
    "Ce fichier est une page web ou un document XML, quel que soit son nom. Ouvrez-le dans un tableur, puis "
    "enregistrez-le au format Excel (.xlsx)."
)
_SIGNATURES = (
    (
        re.compile(rb"%PDF-"),
        gettext_lazy(
            "Ce fichier est un PDF. Demandez le fichier d’origine : un classeur Excel (.xlsx) ou un fichier CSV."
        ),
    ),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP|II\*\0|MM\0\*|BM....\0\0\0\0|....ftyp", re.DOTALL), _IMAGE),
    (re.compile(rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ"), _ARCHIVE),
    (
        re.compile(rb"\{\\rtf"),
        gettext_lazy(
            "Ce fichier est un document de traitement de texte. Il faut un classeur Excel (.xlsx) ou un fichier CSV."
        ),
    ),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|table|svg)", re.IGNORECASE), _PAGE),
)


def open_sheet(file: IO[bytes], name: str, *, most_rows: int) -> Sheet:
    """Return the sheet in the binary file `file` (seekable), whatever its name says; BadSheet where there is none.

    Memory is bounded by the texts that the sheet repeats, whatever the file's size. More than `most_rows` is refused.
    """
    notes: list[str] = []
    lines = _lines(file, notes)
    return shaped(lines, most_rows=most_rows, notes=notes)


def _lines(file: IO[bytes], notes: list[str]) -> Iterator[Row]:
    size = file.seek(0, 2)
    if not size:
        raise BadSheet(_("Ce fichier est vide : il fait 0 octet. Vérifiez qu’il a bien été enregistré."))
    if size > MOST_BYTES:
        raise BadSheet(
            _(
                "Ce fichier est trop gros (%(size)d Mo ; 20 Mo au plus). Gardez seulement la feuille et les "
                "colonnes qui servent, ou partagez-le en plusieurs fichiers."
            )
            % {"size": size // 1024**2}
        )
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    for signature, sentence in _SIGNATURES:
        if signature.match(head):
            raise BadSheet(str(sentence))
    if head.startswith(_OLE):
        raise BadSheet(_about_ole(file))
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return workbook.lines(_archive(file), notes)
    return text.lines(file)


def _about_ole(file: IO[bytes]) -> str:
    """Return what to say of a file in the container of the old Office formats, which encrypted workbooks use too."""
    kept, found = b"", set[str]()
    while chunk := file.read(_CHUNK):
        window = kept + chunk
        found |= {word for word in ("EncryptedPackage", "Workbook", "Book") if word.encode("utf-16-le") in window}
        kept = window[-64:]
    if "EncryptedPackage" in found:
        return _(
            "Ce classeur est protégé par un mot de passe. Ouvrez-le, retirez le mot de passe (Fichier, "
            "Informations, Protéger le classeur), enregistrez-le et envoyez-le de nouveau."
        )
    if found:
        return _(
            "Ce classeur est à l’ancien format Excel (.xls). Ouvrez-le, puis enregistrez-le au format Excel (.xlsx)."
        )
    return _(
        "Ce fichier est un document Office d’un ancien format. Il faut un classeur Excel (.xlsx) ou un fichier CSV."
    )


def _archive(file: IO[bytes]) -> zipfile.ZipFile:
    """Return the workbook's archive, known to hold one. BadSheet for all else that is a zip."""
    try:
        archive = zipfile.ZipFile(file)
        names = {entry.filename for entry in archive.infolist()}
    except Exception as fault:  # a broken archive raises a dozen kinds
        raise BadSheet(workbook.damaged()) from fault
    if "xl/workbook.xml" not in names:
        raise BadSheet(_about_archive(archive, names))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise BadSheet(
            _(
                "Ce classeur contient des macros. Enregistrez-le au format « Classeur Excel (.xlsx) », sans "
                "macros, et envoyez-le de nouveau."
            )
        )
    workbook.check_sizes(archive)
    return archive


def _about_archive(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return _("Ce classeur est au format binaire (.xlsb). Enregistrez-le au format Excel (.xlsx).")
    if any(name.startswith(("word/", "ppt/")) for name in names):
        return _("Ce fichier est un document Word ou PowerPoint. Il faut un classeur Excel (.xlsx) ou un fichier CSV.")
    if "mimetype" in names and _kind_of_open_document(archive).endswith(b"spreadsheet"):
        return _(
            "Ce classeur est au format OpenDocument (.ods). Ouvrez-le dans LibreOffice, puis « Enregistrer sous » "
            "et choisissez « Classeur Excel 2007-365 (.xlsx) »."
        )
    if "mimetype" in names:
        return _(
            "Ce fichier est un document OpenDocument, pas un classeur. Il faut un classeur Excel (.xlsx) ou un "
            "fichier CSV."
        )
    return str(_ARCHIVE)


def _kind_of_open_document(archive: zipfile.ZipFile) -> bytes:
    try:
        with archive.open("mimetype") as entry:
            return entry.read(100).strip()
    except Exception:  # a broken archive raises a dozen kinds
        return b""
