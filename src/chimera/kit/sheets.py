"""Rows for spreadsheets, as CSV: https://www.rfc-editor.org/rfc/rfc4180. Pure."""

import csv
import io
from collections.abc import Iterable
from typing import Final

# A spreadsheet takes a cell that begins like this for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_rows(rows: Iterable[Iterable[object]]) -> str:
    """Each row as a line; `None` is an empty cell."""
    file = io.StringIO()
    csv.writer(file).writerows(["" if value is None else value for value in row] for row in rows)
    return file.getvalue()


def harmless(text: str) -> str:
    """A text from anybody as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
