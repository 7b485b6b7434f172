"""Spreadsheets coming in: .xlsx and .csv, judged by what they hold, read row by row.

    sheet = open_sheet(file, name, most_rows=5_000)
    for row in sheet.rows:      # Row(line, cells): as many cells as headers, each a text
        ...

What is not a plain list of rows is refused by `BadSheet`, at once or while the rows are read: only a sheet that was
read to its end is known to be good.
"""

from navette.files.sheets.errors import BadSheet
from navette.files.sheets.opening import MOST_BYTES, open_sheet
from navette.files.sheets.shape import Row, Sheet

__all__ = ["MOST_BYTES", "BadSheet", "Row", "Sheet", "open_sheet"]
