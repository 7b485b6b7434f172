import datetime as dt
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from navette.files import xlsx
from navette.files.xlsx import Column, TooManyRows, workbook_file, write_workbook

COLUMNS = [Column("Nom", 24), Column("Début", 12, days=True)]


def read(rows: list[tuple[str | None, dt.date | None]]) -> Worksheet:
    with workbook_file(title="Abonnés", columns=COLUMNS, rows=rows) as target:
        sheet = openpyxl.load_workbook(io.BytesIO(target.read())).active
    assert isinstance(sheet, Worksheet)
    return sheet


@pytest.mark.parametrize(
    "text", ["=1+1", "+33 6", "-2", "@SUM(A1)", "=HYPERLINK(1)", "http://example.org", "\t=2", "007"]
)
def test_text_stays_text_whatever_it_begins_with(text: str) -> None:
    cell = read([(text, None)])["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_control_characters_do_not_break_the_workbook() -> None:
    assert read([("a\x0bb\x00c<&>\"'", None)])["A2"].value is not None


def test_a_text_longer_than_a_cell_is_cut_to_excels_limit() -> None:
    assert len(read([("é" * 40_000, None)])["A2"].value) == 32_767


def test_too_many_rows_are_refused_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "LAST_ROW", 2)
    with pytest.raises(TooManyRows):
        read([("a", None)] * 3)


def test_nothing_stays_on_disk_when_the_rows_fail(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[str, None]]:
        yield ("a", None)
        raise RuntimeError

    target = tempfile.TemporaryFile()  # noqa: SIM115 - the function under test closes it
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: target)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(RuntimeError):
        workbook_file(title="x", columns=COLUMNS, rows=rows())
    assert target.closed
    assert list(tmp_path.iterdir()) == []


def test_header_dates_and_layout_read_back() -> None:
    sheet = read([("Grohl", dt.date(2026, 4, 30)), ("Été", None)])
    assert [cell.value for cell in sheet[1]] == ["Nom", "Début"]
    assert sheet["B2"].value == dt.datetime(2026, 4, 30)  # noqa: DTZ001 - a spreadsheet's dates have no zone
    assert sheet["B2"].is_date
    assert sheet["B2"].number_format == "dd/mm/yyyy"
    assert sheet["B3"].value is None
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("Abonnés", "A2", "A1:B3")
    assert sheet.column_dimensions["A"].width == pytest.approx(24, abs=1)


def test_no_rows_leave_a_header_with_its_filter() -> None:
    target = io.BytesIO()
    assert write_workbook(target, title="Vide", columns=COLUMNS, rows=[]) == 0
    assert openpyxl.load_workbook(target)["Vide"]["A1"].value == "Nom"
