"""A table as RFC 4180 wants it, and as spreadsheets of people read it."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
"""Without it a spreadsheet takes UTF-8 for the encoding of the machine."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a cell begins with that a spreadsheet would reckon out (OWASP, CSV injection)."""


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with BOM, lines ended by CRLF; a cell that begins as a formula gets an apostrophe before it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return (BOM + text.getvalue()).encode("utf-8")


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
