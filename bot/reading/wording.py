"""A patient's message, folded for reading: lower case, plain digits and quotes, single spaces,
with the way back.

Every rule reads `Wording.folded`; every span that leaves the room is in the patient's own text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_PLAIN = {
    "’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": " - ", "‑": "-", "−": "-",
    "→": " -> ", "➡": " -> ", "…": "...", "½": ".5", "🔟": "10", "⁄": "/", "÷": "/", "٫": ".", "،": ",",
    "؟": "?",
    "á": "a", "é": "e", "í": "i", "ó": "o", "ú": "u", "ñ": "n",
}  # fmt: skip
_INVISIBLE = set("\ufe0f\u20e3\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad")
# "1o", "l0": a zero or a one typed as a letter.
_TEN_WITH_LETTERS = re.compile(r"(?<![a-z0-9])(?:1o|l0|io(?=\s*/)|i0)(?![a-z0-9])")


def words(written: str) -> frozenset[str]:
    """A list of single words, written as a sentence."""
    return frozenset(written.split())


@dataclass(frozen=True)
class Span:
    """A stretch of the patient's text: `text[start:end] == words`."""

    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Wording:
    """A message as written and as read. `origin[i]` is where folded character `i` stands in `text`."""

    text: str
    folded: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Return the patient's own words behind `folded[start:end]`."""
        first, last = self.origin[start], self.origin[end - 1] + 1
        return Span(first, last, self.text[first:last])


def _folded_character(character: str) -> str:
    if character in _INVISIBLE:
        return ""
    if character in _PLAIN:
        return _PLAIN[character]
    if character.isspace():
        return "\n" if character in "\n\r" else " "
    digit = unicodedata.decimal(character, None)  # Arabic-Indic, full-width and other digits
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character).lower()
    plain = _PLAIN.get(plain, plain)
    return plain if len(plain) == 1 else character


def fold(text: str) -> Wording:
    """Fold a message for reading.

    Spaces before it fall away, repeated ones become one; line ends stay, as they end a clause.
    """

    folded: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        for plain in _folded_character(character):
            if plain in " \n" and not folded:
                continue
            if plain in " \n" and folded and folded[-1] in " \n":
                folded[-1] = "\n" if "\n" in (plain, folded[-1]) else " "
                continue
            folded.append(plain)
            origin.append(index)
    joined = _TEN_WITH_LETTERS.sub("10", "".join(folded))
    return Wording(text, joined, tuple(origin))
