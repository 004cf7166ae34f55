"""From a patient's raw characters to tokens that know where they stood in the original.

Whatever a keyboard, a phone or a prankster does to letters (capitals, full-width or Cyrillic look-alikes,
combining marks, zero-width characters, curly quotes, emoji) is undone here, so that the rules see words.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# Longer texts are read at both ends. The channels cap texts at 1,600 characters; this bounds hostile input.
HEAD, TAIL = 2400, 800

_LOOKALIKES = str.maketrans(
    {
        "а": "a",
        "в": "b",
        "г": "r",
        "е": "e",
        "з": "3",
        "і": "i",
        "к": "k",
        "м": "m",
        "н": "h",
        "о": "o",
        "р": "p",
        "с": "c",
        "т": "t",
        "у": "y",
        "х": "x",
        "ѕ": "s",
        "ј": "j",
        "һ": "h",
        "ԁ": "d",
        "ɡ": "g",
        "ӏ": "l",
        "ԛ": "q",
        "ԝ": "w",
        "α": "a",
        "β": "b",
        "ε": "e",
        "η": "n",
        "ι": "i",
        "κ": "k",
        "μ": "u",
        "ν": "v",
        "ο": "o",
        "ρ": "p",
        "τ": "t",
        "υ": "u",
        "χ": "x",
        "ω": "w",
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "æ": "ae",
        "ß": "ss",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "ʹ": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "…": ".",
    }
)
_EMOJI = {
    "🤮": " vomiting ",
    "🩸": " blood ",
    "🫁": " lungs ",
    "💀": " . ",
    "👍": " ok ",
    "✅": " yes ",
    "❌": " no ",
}
_ASCII = {code: " " for code in range(32) if chr(code) != "\n"} | {ord("`"): "'"}
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")  # co-codamol, tight-chested
_TOKEN = re.compile(
    r"(?P<mixed>[a-z]++\d++[a-z]++|2mor+o?w?|2moz|2day|2nite|2night|b4|gr8|l8r?|w8|m8|4eva|\d+k|911|999|112)(?![a-z0-9])"
    r"|(?P<word>[a-z]++(?:'[a-z]++)*+'?)"
    r"|(?P<number>\d+(?:[.,]\d+)?)"
    r"|(?P<stop>[.!?;\n]+)"
    r"|(?P<mark>[,:()/+%°*&=>\"-]+)"
)


class RawToken(NamedTuple):
    """A word, number or mark of the folded text; `start` and `end` are offsets into the original."""

    kind: str
    text: str
    start: int
    end: int


def fold(text: str) -> tuple[str, list[int]]:
    """Return plain lower-case ASCII and, for each of its characters, the offset it came from."""
    spans = [(0, len(text))] if len(text) <= HEAD + TAIL else [(0, HEAD), (len(text) - TAIL, len(text))]
    if text.isascii() and len(text) <= HEAD + TAIL:
        plain = text.lower().translate(_ASCII) + "\n"
        return _HYPHEN.sub(" ", plain), [*range(len(text)), len(text)]
    letters: list[str] = []
    origins: list[int] = []
    for first, last in spans:
        for offset in range(first, last):
            for plain in _plain(text[offset]):
                letters.append(plain)
                origins.append(offset)
        letters.append("\n")
        origins.append(last)
    return _HYPHEN.sub(" ", "".join(letters)), origins


def _plain(character: str) -> str:
    if character.isascii():
        if character == "`":
            return "'"
        return character.lower() if character >= " " or character == "\n" else " "
    if character in _EMOJI:
        return _EMOJI[character]
    translated = character.lower().translate(_LOOKALIKES)
    if translated.isascii():
        return translated
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return ""
    if category.startswith("Z"):
        return " "
    folded = unicodedata.normalize("NFKD", character).lower().translate(_LOOKALIKES)
    return "".join(letter for letter in folded if letter.isascii()) or " "


def tokenise(text: str) -> list[RawToken]:
    """Cut a text into words, numbers and marks, in order."""
    folded, origins = fold(text)
    found = []
    for match in _TOKEN.finditer(folded):
        start, end = match.span()
        found.append(
            RawToken(match.lastgroup or "mark", folded[start:end], origins[start], origins[end - 1] + 1)
        )
    return found
