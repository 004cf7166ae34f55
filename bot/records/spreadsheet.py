"""CSV that a spreadsheet shows and never runs.

A cell that a spreadsheet would take for a formula gets an apostrophe in front (ASVS 1.2.10): one that begins
with `=`, `+`, `-`, `@`, a full-width form of them, a tab or a line break, also after blanks or invisible
characters.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable

_FORMULA = frozenset("=+-@|%\t\r\n")  # after NFKC, which turns full-width forms into these


def to_csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV text with CRLF ends (RFC 4180), every text cell made safe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def safe_cell(value: object) -> object:
    """A cell's value: numbers as they are, None as nothing, text that can't become a formula."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value).replace("\x00", "")
    return f"'{text}" if _may_run(text) else text


def _may_run(text: str) -> bool:
    for character in unicodedata.normalize("NFKC", text):
        if character in _FORMULA:
            return True
        if not character.isspace() and unicodedata.category(character) not in ("Cf", "Cc"):
            return False
    return False
