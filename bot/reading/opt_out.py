"""Reads a wish to get no more texts, in any reasonable words (47 CFR 64.1200(a)(10)).

`yes` is honoured at once. `ambiguous` is honoured too, and the answer says how to go on. The texts must be
what is to stop: "it doesn't stop hurting" is soreness, "stop texting me" is an opt-out.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from rapidfuzz.distance import OSA

from bot.reading.keywords import Keyword, keyword_in
from bot.reading.opt_out_wordings import AMBIGUOUS, SOMETHING_ELSE, YES
from bot.reading.wording import fold


class OptOut(StrEnum):
    """Whether a message asks for no more texts."""

    YES = "yes"
    AMBIGUOUS = "ambiguous"
    NO = "no"


@cache
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


_KEYWORDS = ("stop", "unsubscribe", "cancel", "quit", "optout", "stopall", "revoke")


def _misspelt_keyword(folded: str) -> bool:
    """A one-word text one slip away from a keyword: "stpo", "unsubcribe", "stop1"."""
    body = re.sub(r"[^a-z]", "", folded)
    if (
        len(folded.split()) != 1
        or len(body) < 4
        or body in {"step", "stoop", "shop", "quiet", "quite", "quilt", "atop"}
    ):
        return False
    return any(OSA.distance(body, word) <= (1 if len(word) < 9 else 2) for word in _KEYWORDS)


_SORENESS = re.compile(
    r"\b(?:pain\w*|hurt\w*|sore\w*|ach\w+|throb\w*|bleed\w*|twitch\w*|cramp\w*|tingl\w*|burn\w*|itch\w*|"
    r"spasm\w*|exercis\w*|needl\w*|session|treatment|ow|ouch)\b"
)


_BARE = re.compile(
    r"(?:(?:please|pls|plz|just|ok|ugh|omg|so|now|kindly)\s+)*(?:stop|quit|unsubscribe)(?:\s+(?:please|"
    r"pls|plz|now|them|these|already|all|everything|thanks|asap))*|.*\b(?:please|pls|plz) "
    r"stop(?:\s+(?:them|these|now))?"
)


# "I'm not Ben": a name is written with a capital.
_NOT_THE_PERSON = re.compile(
    r"\b(?:(?:I'?m|I am|[Tt]his is|[Ii]t'?s) not|[Tt]his isn'?t)\s+(?!I\b|OK\b)[A-Z][a-z]+\b(?!\s+sore)"
)


def _bare_stop(folded: str) -> bool:
    """A clause that only says "stop", in a message that does not speak of soreness."""
    if _SORENESS.search(folded):
        return False
    return any(_BARE.fullmatch(clause.strip()) for clause in re.split(r"[,.;!?\n]+", folded))


def reads_as_opt_out(text: str) -> OptOut:
    """Tell whether a message asks for no more texts: yes, ambiguous or no."""
    if keyword_in(text) is Keyword.STOP:
        return OptOut.YES
    folded = " ".join(re.sub(r"[*_\"~]+", " ", fold(text).folded).split())
    if not folded:
        return OptOut.NO
    if _misspelt_keyword(folded):
        return OptOut.YES
    if any(pattern.search(folded) for pattern in _compiled(SOMETHING_ELSE)):
        return OptOut.NO
    if any(pattern.search(folded) for pattern in _compiled(YES)) or _bare_stop(folded):
        return OptOut.YES
    if _NOT_THE_PERSON.search(text):
        return OptOut.AMBIGUOUS
    if any(pattern.search(folded) for pattern in _compiled(AMBIGUOUS)):
        return OptOut.AMBIGUOUS
    return OptOut.NO
