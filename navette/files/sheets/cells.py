"""What a cell of a workbook shows: figures, and days that are figures with a date's format."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

_LARGEST = Decimal(10) ** 21
BOOLEANS = {"1": "VRAI", "0": "FAUX"}  # as French Excel shows them


@dataclass(frozen=True)
class Styles:
    """How the workbook's styles show a figure: those that make it a day, those that pad it with zeros."""

    days: frozenset[int] = frozenset()
    padded: dict[int, int] = field(default_factory=dict)
    since_1904: bool = False

    @classmethod
    def of(cls, styles: Element | None, *, since_1904: bool) -> "Styles":
        """Return the styles of a workbook from its part `styles.xml`."""
        codes: dict[int, str] = dict(BUILTIN_FORMATS)
        used: list[int] = []
        for element in styles if styles is not None else ():
            name = element.tag.rpartition("}")[2]
            if name == "numFmts":
                codes |= {int(row.get("numFmtId", "0")): row.get("formatCode", "") for row in element}
            elif name == "cellXfs":
                used = [int(row.get("numFmtId", "0")) for row in element]
        formats = [codes.get(number, "General") for number in used]
        padded = {index: len(code) for index, code in enumerate(formats) if code and not code.strip("0")}
        return cls(frozenset(i for i, code in enumerate(formats) if is_date_format(code)), padded, since_1904)

    def figure(self, text: str, style: int) -> str:
        """Return the figure `text` as the cell shows it: a day as JJ/MM/AAAA, a whole number without decimals."""
        try:
            value = Decimal(text)
        except InvalidOperation:
            return text
        if style in self.days:
            return self._day(float(value)) or text
        if not value.is_finite() or abs(value) >= _LARGEST or value != value.to_integral_value():
            return text
        whole = str(int(value))
        return whole.zfill(self.padded[style]) if style in self.padded else whole

    def _day(self, value: float) -> str:
        epoch = CALENDAR_MAC_1904 if self.since_1904 else CALENDAR_WINDOWS_1900
        try:
            moment = from_excel(value, epoch)
        except (ValueError, OverflowError, TypeError):
            return ""
        return f"{moment:%d/%m/%Y}" if isinstance(moment, dt.datetime) else ""
