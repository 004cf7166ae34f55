"""Parts what a patient tells from what a patient asks: "6 in my neck, is that normal?" tells and asks."""

from __future__ import annotations

import re

_OPENER = (
    r"(?:can|could|do|does|did|is|are|am|will|would|should|shall|may|might|how|what|whats|what's|when|who|"
    r"why|which"
    r"|where(?!'?s? (?:the|you|u|they|he|she) (?:needles?|pins?|did|put|poked|stuck|worked|treated|went|"
    r"needled))"
    r"|any(?:thing)? i (?:can|should))\b"
)
_LINKS = r"(?:(?:ok|okay|and|but|so|also|hey|hi|sorry|wait|quick question|one question)[\s,]+)*"
_QUESTION = re.compile(rf"\?\s*$|^\W*{_LINKS}{_OPENER}", re.IGNORECASE)
_PIECES = re.compile(
    rf"(?<=[.!?;\n])\s+|\s*[,-]\s+(?={_LINKS}{_OPENER})|\s+(?=(?:and|but|also)\s+{_OPENER})", re.IGNORECASE
)
_NUMBER_ASKED = re.compile(r"^\W*\d{1,2}\s*\?+\s*$")


_IF_USUAL = re.compile(  # "is it ok to run?" asks something else
    r"\b(?:(?:is|are|be|isn'?t) (?:that|this|it|these|those|they)\b.{0,15}?"
    r"\b(?:normal|ok|okay|usual|bad|expected|typical|too much)"
    r"|(?:is|does) (?:that|this|it) (?:normal|sound (?:normal|right|ok)))\b(?!\s+(?:to|if|for|when|that|with)\b)"
    r"|\bnormal\s*\?|\bshould i (?:be )?worr(?:y|ied)(?!\s+about\b)",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"^\W*(?:(?:but|and|um|ok)\s+)?(?:why (?:do|are|would|should|does) (?:you|u|i|it|that)\b.*\b(?:ask\w*|"
    r"know|need|want|matter|say|tell|answer)"
    r"|why\W*$|what(?:'?s| is| do you need) (?:that|this|it|the (?:number|score|point))(?: of (?:this|"
    r"that|it))?(?: for)?\W*$"
    r"|do i (?:have|need) to(?: (?:answer|say|tell).*)?\W*$|who (?:sees|reads|gets) (?:this|that|it)\W*$)",
    re.IGNORECASE,
)


_PERSON = re.compile(
    r"\b(?:talk|speak|chat)\s+(?:to|with)\s+(?:an?\s+|my\s+|the\s+)?(?:real\s+|actual\s+)?"
    r"(?:person|human|someone|somebody|people|nurse|therapist|physio|doctor|staff)\b"
    r"|\b(?:can|could|please|pls)\s+(?:someone|somebody|you)?\s*call me\b|\breal person\b",
    re.IGNORECASE,
)


def wants_a_person(text: str) -> bool:
    """Whether a report asks for a person beside it: "2/10, can I talk to someone?"."""
    return bool(_PERSON.search(text))


def asks_if_usual(text: str) -> bool:
    """Whether a report asks beside it: "6 in my neck, is that normal?"."""
    return bool(_IF_USUAL.search(text))


def asks_why(text: str) -> bool:
    """Whether a patient asks what our question is for: "why do you ask?"."""
    return bool(_WHY.search(text))


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
