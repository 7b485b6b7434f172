"""Lists as people make them: encodings, separators, days, and figures that were codes."""

import datetime as dt
import io
import tracemalloc

import pytest
from openpyxl import Workbook

from navette.files.sheets import Row, open_sheet
from navette.files.values import code, parse_day, without_decimals
from navette.files.xlsx import Column, write_workbook
from tests.files.sheets.making import first, read, saved, workbook

LIST = "Nom;Prénom;Mail\nCrèvecœur;Zoé;z@example.org\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_csv_file_is_read_whatever_its_encoding_and_separator(encoding: str, separator: str) -> None:
    headers, rows, notes = read(LIST.replace(";", separator).encode(encoding), "liste.csv")
    assert headers == ["Nom", "Prénom", "Mail"]
    assert rows == [Row(2, ["Crèvecœur", "Zoé", "z@example.org"])]
    assert notes == []


def test_what_excel_adds_to_a_csv_file_is_understood() -> None:
    text = 'sep=,\r\nNom,"Titre, long"\r\n\r\n"Durand ""Dé""","a\nb"\r\n,\r\nPetit\r\n'
    headers, rows, _notes = read(text.encode())
    assert headers == ["Nom", "Titre, long"]
    assert [row.cells for row in rows] == [['Durand "Dé"', "a\nb"], ["Petit", ""]]


def test_the_name_of_the_file_says_nothing() -> None:
    assert read(saved(workbook(("Nom",), ("a",))), "liste.csv")[1] == [Row(2, ["a"])]
    assert read(b"Nom\na\n", "liste.xlsx")[1] == [Row(2, ["a"])]


def test_cells_of_a_workbook_read_as_they_show() -> None:
    book = workbook(
        ("Texte", "Jour", "Carte", "Postal", "Décimal", "Vrai", "Fin"),
        ("  Zoé ", dt.date(1990, 3, 13), 45004000017.0, 1100, 1.5, True, "x"),
    )
    first(book)["D2"].number_format = "00000"
    row = read(saved(book))[1][0]
    assert row.cells == ["Zoé", "13/03/1990", "45004000017", "01100", "1.5", "VRAI", "x"]


def test_days_counted_from_1904_and_formats_that_only_look_like_days() -> None:
    book = workbook(("Jour", "Prix"), (dt.date(2027, 3, 1), 12))
    book.epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - as openpyxl names it
    first(book)["B2"].number_format = '0 "jours"'
    assert read(saved(book))[1][0].cells == ["01/03/2027", "12"]


def test_blank_lines_are_left_out_and_lines_keep_their_number() -> None:
    book = workbook(("Nom", "Mail"), ("a", "b"))
    first(book)["A5"], first(book)["B7"] = "c", "d"
    assert read(saved(book))[1] == [Row(2, ["a", "b"]), Row(5, ["c", ""]), Row(7, ["", "d"])]


def test_of_several_sheets_the_first_that_shows_is_taken_and_this_is_said() -> None:
    book = Workbook()
    first(book).title, first(book).sheet_state = "Cachée", "hidden"
    for title in ("Abonnés", "Autres"):
        book.create_sheet(title).append([title])
        book[title].append(["a"])
    headers, rows, notes = read(saved(book))
    assert (headers, rows) == (["Abonnés"], [Row(2, ["a"])])
    assert notes == ["Ce classeur a 2 feuilles : seule la première, « Abonnés », est lue."]


def test_our_own_workbooks_are_read_back() -> None:
    target = io.BytesIO()
    columns = [Column("Nom"), Column("Jour", days=True)]
    write_workbook(target, title="Liste", columns=columns, rows=[("=a", dt.date(2027, 3, 1)), ("b", None)])
    assert [row.cells for row in read(target.getvalue())[1]] == [["=a", "01/03/2027"], ["b", ""]]


def test_a_long_list_is_read_in_constant_memory() -> None:
    target = io.BytesIO()
    columns = [Column(f"C{n}") for n in range(8)]
    rows = ([f"texte {line} {n}" for n in range(8)] for line in range(6_000))
    write_workbook(target, title="Liste", columns=columns, rows=rows)
    tracemalloc.start()
    count = sum(1 for _row in open_sheet(target, "x", most_rows=100_000).rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 6_000
    assert peak < 6 * 1024**2


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("13/03/1990", dt.date(1990, 3, 13)),
        ("1/3/2027", dt.date(2027, 3, 1)),
        ("13-03-1990", dt.date(1990, 3, 13)),
        ("13.03.1990", dt.date(1990, 3, 13)),
        ("1990-03-13", dt.date(1990, 3, 13)),
        ("1990-03-13 00:00:00", dt.date(1990, 3, 13)),
        ("13/03/90", None),
        ("31/02/2020", None),
        ("03/13/1990", None),
        ("٣/٣/1990", None),
        ("", None),
    ],
)
def test_days_are_understood_or_not_guessed(text: str, day: dt.date | None) -> None:
    assert parse_day(text) == day


def test_codes_get_back_what_a_spreadsheet_took() -> None:
    assert without_decimals("45004000017.0") == without_decimals("45004000017,00") == "45004000017"
    assert [code(text, 5) for text in ("1100", "1100.0", "01 100", "2A004", "33000")] == [
        "01100",
        "01100",
        "01100",
        "2A004",
        "33000",
    ]
