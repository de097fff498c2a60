"""A table as RFC 4180 wants it, and as spreadsheets of people read it."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
"""Without it a spreadsheet takes UTF-8 for the encoding of the machine."""
_FORMULA = re.compile(r"(^(?=[\t\r\n])|(?:^|[;\t\r\n])\"*(?=[=+\-@\uff1d\uff0b\uff0d\uff20]))")
"""Where a spreadsheet would begin to reckon (OWASP, CSV injection): at the beginning of a cell, or, in one that takes
semicolons for separators and so knows nothing of our quotes, after what it takes for its end. Also in full width."""


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with BOM, lines ended by CRLF; an apostrophe stands before whatever could begin a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return (BOM + text.getvalue()).encode("utf-8")


def _inert(cell: str) -> str:
    return _FORMULA.sub(r"\1'", cell)
