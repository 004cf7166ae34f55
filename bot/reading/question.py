"""What the assistant had asked: it decides what a bare number or a bare "none" means."""

from __future__ import annotations

import re
from enum import StrEnum


class Question(StrEnum):
    """The kinds of question that change how an answer is read."""

    SCORE = "score"
    WHERE = "where"
    SESSION = "session"
    ONSET = "onset"
    DURATION = "duration"
    ANYTHING_ELSE = "anything_else"
    CONFIRM = "confirm"
    ANY_SORENESS = "any_soreness"
    OTHER = "other"
    NONE = "none"


_KINDS: tuple[tuple[Question, str], ...] = (
    (Question.CONFIRM, (
        r"is that (right|correct|ok)|did i get that|have (i )?noted|i(?:'ve| have)? (noted|written)|"
        r"correct\?"
    )),
    (Question.SCORE,
    r"0 ?(-|to) ?10|out of (10|ten)|scale|how sore|how (bad|strong|much (pain|sore))|what number|"
                     r"rate (it|your|the)|how would you rate|score"),
    (Question.DURATION, r"how long|for how|how many (hours|days)"),
    (Question.SESSION,
    r"when (was|did you have|were you|is|have you had)|(last|which day.*) (session|visit|treatment|"
        r"appointment)|"
                       r"(date|day) of (your|the)"),
    (Question.ONSET, (
        r"when (did|do|have) .*(start|begin|notice|come|get|feel|sore)|since when|when.*(start|began)|"
        r"\bwhen\b"
    )),
    (Question.WHERE, r"\bwhere\b|which (part|area|side|muscle|spot)|what (part|area|side)|body part"),
    (Question.ANYTHING_ELSE, (
        r"anything else|any (other|more)|other symptoms|noticed|bruis|swelling|numb|else to"
    )),
    (Question.ANY_SORENESS, r"(any|still|are you|do you|feel(ing)?) .{0,20}(sore|pain|hurt)"),
)  # fmt: skip


def kind_of_question(asked: str | None) -> Question:
    """Read the assistant's question, given as its text or as a `Question` name such as "score"."""
    if not asked or not asked.strip():
        return Question.NONE
    folded = " ".join(asked.lower().split())
    if folded in Question.__members__.values():
        return Question(folded)
    return next((kind for kind, words in _KINDS if re.search(words, folded)), Question.OTHER)
