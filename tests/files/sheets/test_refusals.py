"""Files that are no list: each is refused by a sentence that says what it is and what to do; none breaks the reader."""

import contextlib
import io
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navette.files.sheets import MOST_BYTES, BadSheet, open_sheet
from tests.files.sheets.making import first, read, saved, with_part, workbook, zipped

GOOD = saved(workbook(("Nom", "Mail"), ("Durand", "a@example.org"), ("Müller", "b@example.org")))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
SHEET = "xl/worksheets/sheet1.xml"


def refusal(content: bytes, most_rows: int = 1_000) -> str:
    """Return the sentence by which a file is refused."""
    with pytest.raises(BadSheet) as caught:
        read(content, most_rows=most_rows)
    return caught.value.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "0 octet"),
        (b"\n\n;;\n", "vide"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "image"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image"),
        (b"\x1f\x8b\x08\0", "archive"),
        (b"<!DOCTYPE html><table>", "page web"),
        (b'<?xml version="1.0"?><Workbook>', "XML"),
        (b"{\\rtf1 Bonjour}", "traitement de texte"),
        (zipped(word__document_dot_xml="<a/>"), "Word"),
        (zipped(photos__une_dot_jpg="x"), "archive"),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), ".ods"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), "OpenDocument"),
        (zipped(xl__workbook_dot_bin="x"), ".xlsb"),
        (OLE + "Workbook".encode("utf-16-le"), ".xls"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
        (OLE, "ancien format"),
        (GOOD[:-40], "abîmé"),
        (GOOD[:200], "abîmé"),
        (with_part(GOOD, "xl/vbaProject.bin", b"x"), "macros"),
        (with_part(GOOD, SHEET, b"<worksheet><sheetData><row"), "abîmé"),
        (with_part(GOOD, SHEET, b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'), "abîmé"),
        (with_part(GOOD, "xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>'), "abîmé"),
        (with_part(GOOD, "xl/workbook.xml", b"<workbook/>"), "aucune feuille"),
        (b"Nom;Pr\0nom\na;b\n", "ne se lit pas comme un texte"),
        (bytes(range(256)) * 4, "ne se lit pas comme un texte"),
        (b"Nom;Mail\n", "que des titres"),
        (b"Durand;a@example.org\nPetit;b@example.org\n", "titres des colonnes manquent"),
        (b"Nom;12/03/1990\na;b\n", "titres des colonnes manquent"),
        (b"Nom;;Mail\na;b;c\n", "colonne B n’a pas de titre"),
        ("Prénom;PRENOM\na;b\n".encode(), "Deux colonnes"),
        (b"Nom;Mail\na;b;c\n", "ligne 2 a une cellule remplie en colonne C"),
        (b'Nom;Mail\n"a;b\nc;d\n', "guillemets"),
        (b"Nom\n" + b"x" * 400_000, "ne se lit pas comme un texte"),
        (";".join(f"titre {n}" for n in range(150)).encode() + b"\na\n", "plus de 100 colonnes"),
    ],
    ids=range(35),
)
def test_what_is_no_list_is_refused_with_what_to_do(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_a_formula_is_refused_by_its_address() -> None:
    said = refusal(saved(workbook(("Nom", "Mail"), ("Durand", '=CONCATENATE("a","b")'))))
    assert "B2 contient une formule" in said
    assert "collez les valeurs" in said


def test_a_text_that_only_begins_like_a_formula_is_a_text() -> None:
    book = workbook(("Nom", "Mail"), ("Durand", "x"))
    first(book)["B2"].value, first(book)["B2"].data_type = "=1+1", "s"
    assert read(saved(book))[1][0].cells == ["Durand", "=1+1"]


def test_merged_cells_are_refused_by_their_address_before_what_they_upset() -> None:
    book = workbook(("Liste des abonnés",), ("Nom", "Mail"), ("a", "b"))
    first(book).merge_cells("A1:B1")
    assert "fusionnées (A1:B1)" in refusal(saved(book))


def test_more_rows_than_allowed_are_refused() -> None:
    lines = b"Nom\n" + b"".join(b"a%d\n" % n for n in range(1_001))
    assert "plus de 1\u202f000 lignes" in refusal(lines)
    assert len(read(lines, most_rows=1_001)[1]) == 1_001


def test_a_huge_file_is_refused_without_being_read() -> None:
    class Huge(io.RawIOBase):
        def seek(self, offset: int, whence: int = 0) -> int:
            return 200 * 1024**2 if whence == 2 else 0

        def read(self, size: int = -1) -> bytes:
            raise AssertionError("it was read")

    with pytest.raises(BadSheet, match=r"trop gros \(200 Mo"):
        open_sheet(Huge(), "gros.xlsx", most_rows=10)  # type: ignore[arg-type]
    assert MOST_BYTES < 200 * 1024**2


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    bomb = with_part(GOOD, SHEET, b"<worksheet>" + b" " * (40 * 1024**2) + b"</worksheet>")
    assert len(bomb) < 1024**2
    tracemalloc.start()
    said = refusal(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "démesuré" in said
    assert peak < 4 * 1024**2


def test_a_part_that_lies_about_its_size_stops_at_what_it_said() -> None:
    content = bytearray(with_part(GOOD, SHEET, b"<worksheet>" + b"<!-- x -->" * 100_000 + b"</worksheet>"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    content = bytearray(bytes(content).replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    assert "abîmé" in refusal(bytes(content))


def judged(content: bytes) -> None:
    """Read a file to its end, or be refused: nothing else may happen."""
    with contextlib.suppress(BadSheet):
        headers, rows, _notes = read(content)
        assert all(len(row.cells) == len(headers) for row in rows)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=3_000))
def test_any_bytes_are_a_sheet_or_a_refusal(content: bytes) -> None:
    judged(content)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255), st.integers(0, 40))
def test_a_workbook_with_a_hole_is_a_sheet_or_a_refusal(place: int, value: int, gap: int) -> None:
    judged(GOOD[:place] + bytes([value]) + GOOD[place + gap :])


_XML = st.text(st.sampled_from('<>/="cvtfrowAB12&; srnisheetData'), max_size=200).map(str.encode)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]), _XML)
def test_a_workbook_with_a_strange_part_is_a_sheet_or_a_refusal(part: str, xml: bytes) -> None:
    wrapped = b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>" + xml + b"</v></c></row></sheetData></worksheet>"
    judged(with_part(GOOD, part, wrapped))
    judged(with_part(GOOD, part, xml))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]))
def test_any_text_is_a_sheet_or_a_refusal(text: str, encoding: str) -> None:
    judged(text.encode(encoding, "ignore"))
