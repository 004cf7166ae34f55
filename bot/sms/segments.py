"""How many segments a text costs, and the plain letters that keep it cheap (sms-and-privacy.md B.5).

GSM-7: 160 units, 153 in each of several; UCS-2: 70 and 67. One curly quote turns the whole text into UCS-2.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")  # two units each
_PLAIN = str.maketrans({
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "…": "...", "\u00a0": " ", "\u202f": " ",
    "\u2009": " ", "•": "-", "·": "-", "\t": " ", "\u200b": "", "\ufeff": "", "×": "x", "≤": "<=", "≥": ">=",
})  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """What a text costs."""

    encoding: str
    segments: int
    units: int


def plain(text: str) -> str:
    """The text in letters of GSM-7 where a likeness exists: quotes, dashes, spaces; other letters stay."""
    return unicodedata.normalize("NFC", text).translate(_PLAIN)


def cost(text: str) -> Cost:
    """Count segments as carriers do."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        sizes = [2 if letter in _EXTENDED else 1 for letter in text]
        return Cost("GSM-7", _parts(sizes, 160, 153), sum(sizes))
    sizes = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return Cost("UCS-2", _parts(sizes, 70, 67), sum(sizes))


def _parts(sizes: list[int], single: int, several: int) -> int:
    """Segments for characters of these sizes; a character of two units is never cut in half."""
    if sum(sizes) <= single:
        return 1 if sizes else 0
    parts, used = 1, 0
    for size in sizes:
        if used + size > several:
            parts, used = parts + 1, 0
        used += size
    return parts
