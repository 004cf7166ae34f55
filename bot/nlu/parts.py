"""Cuts a message into the questions that it may hold: "does it hurt, how long is it and do I need to undress?"."""

from __future__ import annotations

import re

MOST_PARTS = 6

# A new question often starts with one of these after a comma, "and", "also", "plus" or "&".
_OPENERS = (
    r"(?:and\s+|also\s+|plus\s+|&\s*|or\s+|but\s+)?(?:also\s+)?"
    r"(?:can|could|do|does|did|is|are|am|will|would|should|shall|may|might|how|what|whats|what's|when|where|who|why|which"
    r"|any|need)\b"
)
_SENTENCE_END = re.compile(r"(?<=[?!;\n])\s*|(?<=[a-z\d)])\.+\s+|\s+[-–—]\s+|\n+", re.IGNORECASE)
_NEXT_QUESTION = re.compile(
    rf"\s*,\s*(?={_OPENERS})|\s+(?=(?:and|also|plus|&)\s+(?:also\s+)?{_OPENERS})", re.IGNORECASE
)
_LINK = re.compile(r"^(?:and|also|plus|&|but|then|oh|ok|so|or)\b[\s,]*", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def parts(text: str) -> list[str]:
    """Return the parts of `text` in order, at most six; a text that holds one thought is returned whole."""
    found: list[str] = []
    for sentence in _SENTENCE_END.split(text):
        found.extend(_NEXT_QUESTION.split(sentence or ""))
    cleaned = [_LINK.sub("", part.strip(" ,.?!;")).strip() for part in found if part]
    kept = [part for part in cleaned if _LETTERS.search(part)]
    return kept[:MOST_PARTS] or [text.strip()]
