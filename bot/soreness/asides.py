"""Parts what a patient tells from what a patient asks: "6 in my neck, is that normal?" tells and asks."""

from __future__ import annotations

import re

_OPENER = (
    r"(?:can|could|do|does|did|is|are|am|will|would|should|shall|may|might|how|what|whats|what's|when|where|who|why|which"
    r"|any(?:thing)? i (?:can|should))\b"
)
_LINKS = r"(?:(?:ok|okay|and|but|so|also|hey|hi|sorry|wait|quick question|one question)[\s,]+)*"
_QUESTION = re.compile(rf"\?\s*$|^\W*{_LINKS}{_OPENER}", re.IGNORECASE)
_PIECES = re.compile(
    rf"(?<=[.!?;\n])\s+|\s*[,-]\s+(?={_LINKS}{_OPENER})|\s+(?=(?:and|but|also)\s+{_OPENER})", re.IGNORECASE
)
_NUMBER_ASKED = re.compile(r"^\W*\d{1,2}\s*\?+\s*$")


def is_question(text: str) -> bool:
    """Whether a message, or a piece of one, asks something. A bare "6?" is an unsure answer."""
    return bool(_QUESTION.search(text)) and not _NUMBER_ASKED.match(text)


def asks(text: str) -> bool:
    """Whether a message asks anything, beside what else it says."""
    return any(is_question(piece) for piece in _PIECES.split(text))


def statements(text: str) -> str:
    """Return what a message tells, its questions left out; "" when it only asks."""
    return ", ".join(
        piece.strip() for piece in _PIECES.split(text) if piece.strip() and not is_question(piece)
    )
