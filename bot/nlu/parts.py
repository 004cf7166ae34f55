"""Cuts a message into the questions that it may hold: "does it hurt, how long is it and do I need to undress?"."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_PARTS = 6

# A new question often starts with one of these after a comma, "and", "also", "plus" or "&".
_OPENERS = (
    r"(?:and\s+|also\s+|plus\s+|&\s*|or\s+|but\s+)?(?:also\s+|if so,?\s+)?"
    r"(?:can|could|do|does|did|is|are|am|was|were|have (?:i|you|we|they)|has|will|would|should|shall|may|might|how"
    r"|what|whats|what's|when|where|who|why|which|any|anything|need)\b"
)
_SENTENCE_END = re.compile(r"(?<=[?!;\n])\s*|(?<=[a-z\d)])\.+\s+|\s+[-–—]\s+|\n+", re.IGNORECASE)
_NEXT_QUESTION = re.compile(
    rf"\s*,\s*(?={_OPENERS})|\s+(?=(?:and|also|plus|or|&)\s+(?:also\s+|if so,?\s+)?{_OPENERS})", re.IGNORECASE
)
_LINK = re.compile(r"^(?:and|also|plus|&|but|then|oh|ok|so|or)\b[\s,]*", re.IGNORECASE)
# "can i shower, use a heat pad and have a drink": one opening for several things.
_OPENING = re.compile(
    r"^((?:(?:after|afterwards|later|then|today|tonight|tomorrow),? )?(?:(?:can|could|should|may|will|do)"
    r" (?:i|we|you|he|she|they)|is it (?:ok|okay|fine|safe|all right) to))\s+(.+)$",
    re.IGNORECASE,
)
_LIST = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or|&)\s+", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2,}")


_ASKS = re.compile(rf"^(?:{_OPENERS}|tell me|explain|price|cost|(?:if (?:so|not),? )?book me)", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """A piece of a message; `asks` when it reads as a question, `listed` when its opening was carried over."""

    text: str
    asks: bool
    listed: bool = False


def parts(text: str) -> list[Part]:
    """Return the parts of `text` in order, at most six; a text that holds one thought is returned whole."""
    found: list[Part] = []
    for sentence in _SENTENCE_END.split(text):
        for piece in _NEXT_QUESTION.split(sentence or ""):
            words = _LINK.sub("", piece.strip(" ,.?!;")).strip()
            if _LETTERS.search(words):
                asks = piece.rstrip().endswith("?") or bool(_ASKS.match(words))
                found.extend(_listed(words) if asks else [Part(words, asks)])
    return found[:MOST_PARTS] or [Part(text.strip(), asks=False)]


def _listed(question: str) -> list[Part]:
    """Return a question for each thing that it lists under one opening."""
    opening = _OPENING.match(question)
    things = _LIST.split(opening.group(2)) if opening else []
    if opening is None or len(things) < 2:
        return [Part(question, asks=True)]
    return [Part(f"{opening.group(1)} {thing}", asks=True, listed=True) for thing in things if thing]
