"""Which numbers are scores, what the tens of "2/10" are, and which of several numbers answers "how sore, 0 to 10?".

In "left 4, right 9" both answer, in "neck 4, mood 9" one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from bot.safety.assessment import Context
from bot.safety.clauses import word_set
from bot.safety.number import NUMBER_WORDS, Number
from bot.safety.read_text import Mention, Token

SAME_DAY_SCORE = 7  # docs/clinical-facts.md 13.9
ALARM_SCORE = 8  # "Score >= 8 = same-day task": sms-and-privacy D.8
MILD_SCORE = 3
LATE = timedelta(hours=48)  # "getting worse after day 2": 13.9
LOW = 6  # a score up to here, said beside a higher number, may be the only score
_BODY = frozenset({"PART", "LIMB", "CHEST", "RIBS", "HEAD", "FACE", "SPINE", "SITE", "CALF_ONLY"})
_BEFORE = word_set(
    "left right both a an about like is its now at to still maybe say id im pain sore soreness score and or but be "
    "solid roughly around gives give than it then today yesterday tonight morning night monday tuesday wednesday "
    "thursday friday saturday sunday mon tues wed thurs fri sat sun day"
)
_AFTER = word_set(
    "now today tonight on in if when but and or ish for with this that since after at by left right both to pain sore "
    "soreness out from all still again easily round around over under between near down up just only"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the assistant's question just before asked for."""

    when: bool
    score: bool

    @classmethod
    def by(cls, context: Context) -> Asked:
        """Read it from the question."""
        question = (context.question or "").lower()
        when = bool(_ASKS_WHEN.search(question))
        return cls(when, not when and any(words in question for words in _ASKS_A_SCORE))


_ASKS_WHEN = re.compile(r"\b(when|what (time|date|day)|how long)\b")
_ASKS_A_SCORE = ("0 to 10", "0-10", "1-10", "1 to 10", "out of 10", "score", "sore", "pain")


def meanings(number: Number, tokens: tuple[Token, ...], context: Context, score_asked: bool) -> Iterator[str]:
    """Yield what a score means: how high it is, and whether it must be told to the clinic today."""
    value, after = number.value, number.after
    yield "SCORE_HIGH" if value >= SAME_DAY_SCORE else "SCORE_LOW"
    if value >= ALARM_SCORE and (score_asked or after[:1] == ["/"] or after[:2] == ["out", "of"]):
        yield "SCORE_ALARM"
    if value <= MILD_SCORE:
        yield "SCORE_MILD"
        if not any(MILD_SCORE < (other.value or 0) <= 10 for other in tokens):
            yield "SCORES_MILD"
    if value >= SAME_DAY_SCORE and score_asked and _is_late(context):
        yield "SCORE_HIGH_LATE"


def _is_late(context: Context) -> bool:
    return bool(context.session_at and context.now and context.now - context.session_at >= LATE)


def is_score(number: Number, asked: bool) -> bool:
    """True for a number that is said as a score, or that answers the question for one."""
    before, after = number.before, number.after
    if not 0 <= number.value <= 10 or is_the_scale(before):
        return False
    out_of_ten = after[:1] == ["/"] or after[:2] == ["out", "of"]
    opens = not before and number.unit in (",", "and", "but") and number.value > 2
    said = opens or any(word in _SAYS_A_SCORE for word in before[-2:])
    on_day = after[:2] in (["on", "day"], ["and", "its"]) or (after[:1] == [","] and "day" in after)
    at_a_time = before[-1:] == ["at"] and not _SCORED & set(before)
    return (out_of_ten or said or on_day or asked) and number.unit not in NO_SCORE and not at_a_time


_SCORED = frozenset(
    {"pain", "sore", "soreness", "still", "its", "is", "im", "score", "level", "now", "sitting", "me"}
)
_SAYS_A_SCORE = frozenset(
    {"score", "pain", "level", "soreness", "its", "at", "still", "solid", "about", "to", "from", "was", "were", "an",
     "a", "now"}
)  # fmt: skip
NO_SCORE = (
    "am", "pm", ":", "hours", "hrs", "hour", "mins", "minutes", "weeks", "years", "miles", "km", "k", "kg",
    "needles", "people", "sessions", "oclock", "days", "months",
)  # fmt: skip


def is_the_scale(before: list[str]) -> bool:
    """True for the ten of "2/10", "2 out of 10", "6 of 10", "6 over 10"."""
    if before[-2:] == ["out", "of"]:
        return True
    counted = before[-2:-1]
    is_counted = counted == ["#"] or (bool(counted) and counted[0] in NUMBER_WORDS)
    return is_counted and before[-1:] in (["/"], ["of"], ["over"])


def ends_as_a_score(value: float, before: list[str], after: list[str]) -> bool:
    """True for "its about a nine", "solid 9 now": a high score, said as one."""
    said = before[-1:] in (["a"], ["an"], ["solid"]) and (len(before) < 2 or before[-2] in _SCORING)
    return ALARM_SCORE <= value <= 10 and said and (not after or after[0] in _AFTER_SCORE)


_SCORING = frozenset(
    {"is", "its", "about", "at", "still", "like", "maybe", "now", "easily", "to", "easy", "another", "solid",
     "a", "be"}
)  # fmt: skip
_AFTER_SCORE = frozenset(
    {",", ".", "!", "?", "now", "today", "tonight", "and", "but", "when", "if", "since", "by", "this",
     "again", "honestly", "tbh", "pain", "on", "out", "still", "with"}
)  # fmt: skip


def measures_something_else(
    tokens: tuple[Token, ...], index: int, value: float, asked_when: bool, score_asked: bool
) -> bool:
    """True for a date ("9/11"), a time ("about 9 last night"), a mark given to something ("a 10 for the staff")."""
    after = [token.text for token in tokens[index + 1 : index + 7]]
    of_ten = 2 if after[:1] == ["/"] else 3 if after[:2] == ["out", "of"] else 0
    if after[:1] == ["/"] and index + 2 < len(tokens) and tokens[index + 2].value not in (None, 10.0):
        return True
    if after[of_ten : of_ten + 3] == ["of", "the", "time"]:
        return True
    if after[of_ten : of_ten + 1] == ["for"] and _marks_a_thing(after[of_ten + 1 :]):
        return True
    if of_ten or value > 12:
        return False
    part_of_day = after[:1] in (["last"], ["this"], ["that"])
    clock = part_of_day and index > 0 and tokens[index - 1].text in _CLOCK_AROUND and not score_asked
    return asked_when or (clock and not _SCORES_PAIN & {token.text for token in tokens})


_SCORES_PAIN = frozenset(
    {"pain", "pains", "sore", "soreness", "hurt", "hurts", "hurting", "score", "ache", "aching"}
)
_PAINS_OR_TIMES = _SCORES_PAIN | {
    "last", "past", "whole", "most", "first", "day", "days", "night", "hours", "hour", "week", "morning", "back",
    "neck", "shoulder", "hip", "knee", "arm", "leg", "calf", "elbow", "foot", "hand", "head", "jaw", "glute", "thigh",
}  # fmt: skip
_OWNERS = frozenset({"the", "your", "you", "their", "her", "him"})
_CLOCK_AROUND = frozenset({"about", "around", "at", "till", "until", "by"})


def _marks_a_thing(words: list[str]) -> bool:
    """True for "for the staff", "for the pain of parking", and not for "for pain", "for the whole day"."""
    owned = bool(words) and words[0] in _OWNERS
    return words[1:3] == ["pain", "of"] or (owned and not _PAINS_OR_TIMES & set(words))


def body_places(mentions: Collection[Mention]) -> frozenset[int]:
    """Return the tokens that are part of the body."""
    return frozenset(
        index for one in mentions if one.concept in _BODY for index in range(one.first, one.last + 1)
    )


def is_placed_as_a_score(index: int, tokens: tuple[Token, ...], body: frozenset[int]) -> bool:
    """True for "9, neck", "neck 9 now", "right 9"; false for "mood 9", "9 patients", "my locker is 9 doors down"."""
    return _is_beside(index - 1, tokens, body, _BEFORE) and _is_beside(index + 1, tokens, body, _AFTER)


def answers(
    index: int, values: Collection[tuple[int, float]], tokens: tuple[Token, ...], body: frozenset[int]
) -> bool:
    """True for a number that answers for a score: beside a low score, only where one would stand."""
    lower = any(other != index and 0 <= value <= LOW for other, value in values)
    return not lower or is_placed_as_a_score(index, tokens, body)


def rising(values: Sequence[tuple[int, float]], tokens: tuple[Token, ...]) -> tuple[int, int] | None:
    """Return where scores told by their days go up to a high one: "mon was a 4, tues 6, today 8"; None otherwise."""
    told = [(index, value) for index, value in values if 0 < value <= 10 and _has_a_day(index, tokens)]
    rises = len(told) > 1 and all(one[1] < other[1] for one, other in pairwise(told))
    return (told[0][0], told[-1][0]) if rises and told[-1][1] > LOW else None


_DAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday mon tues tue wed thurs thur fri sat sun yesterday today "
    "now tonight day night morning"
)
_NEAR = 5  # words between a day and its score


def _has_a_day(index: int, tokens: tuple[Token, ...]) -> bool:
    before = [token.text for token in tokens[max(0, index - _NEAR - 1) : index]]
    return before[-1:] != ["day"] and bool(_DAYS & {*before})


def _is_beside(index: int, tokens: tuple[Token, ...], body: frozenset[int], words: frozenset[str]) -> bool:
    if not 0 <= index < len(tokens) or index in body:
        return True
    return not tokens[index].is_word or tokens[index].text in words
