"""The soreness score: which number of a message it is, or that it must be asked again.

A wrong number stored in silence is worse than a question too many, so whatever is not clear gives no score
and a reason.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.reading.numerals import Numeral, find_numerals, other_scale
from bot.reading.other_hurts import other_hurts
from bot.reading.other_numbers import WEEKDAY
from bot.reading.question import Question
from bot.reading.score_denied import corrected, denied, of_soreness
from bot.reading.score_doubt import in_doubt
from bot.reading.score_series import latest_of_series
from bot.reading.score_strength import usable
from bot.reading.score_times import SITUATION, by_time, change
from bot.reading.score_value import HIGHEST, LOWEST, Ask, Score, with_previous, within
from bot.reading.zero import Zero, find_zero

_CLOSING_DAY = re.compile(rf",\s*(?:on\s+)?(?:{WEEKDAY}|yesterday|yday|yest|last night)\s*[.!]*\s*$")

_TOLD_AS_PAST = re.compile(r"\b(?:was|were|had|been)\b")


# "6 and 4, so 3", "2 at rest 8 moving, I'd say 5": what the patient sums up with.
_CONCLUDED = re.compile(
    r"(?:\bso|\boverall|\ball in all|\bon balance|\b(?:just )?call (?:it|that)|\bi'?d say|\blet'?s say|"
    r"\bfinal answer|\btherefore)"
    r"[\s,:]*(?:(?:i'?d say|call it|it'?s|its|it is|say|make it|put|just|about|maybe|still|now)\s+)*(?:an?\s+)?$"
)


# "yes but that's for the knee, the hip's a 5": the noted score stands for one of two places.
_ONLY_FOR = re.compile(r"\bthat'?s (?:only |just )?for (?:the|my)\b")


# "two, much better than the six i had": not the score, and the one before it.
_HELD_AGAINST = re.compile(
    r"\b(?:better|worse|less|more|lower|higher) than (?:the|my|yesterday'?s|\w+day'?s|last \w+'?s)\s+$"
)


def read_score(folded: str, question: Question, places: list[tuple[int, int]]) -> Score:
    """Read the score of a folded message. `places` are the stretches of body parts found in it."""
    if other_scale(folded):
        return Score(ask=Ask.OTHER_SCALE)
    if question is Question.CONFIRM and _ONLY_FOR.search(folded):
        return Score(ask=Ask.SEVERAL)
    found = find_numerals(folded)
    numerals = usable(folded, found, question, places)
    zero = find_zero(folded, question)
    if not numerals:
        return _zero_score(zero) if zero else Score()
    score = _chosen(_without_closing_day(folded) if places else folded, numerals, zero, question)
    if score.value is not None and score.previous is None:
        held = [
            one for one in found if one.start != score.start and _HELD_AGAINST.search(folded[: one.start])
        ]
        score = with_previous(score, held)
    weaker = [one for one in found if one not in numerals and LOWEST <= one.low <= one.high <= HIGHEST]
    return Score(ask=Ask.UNCLEAR) if _in_doubt(folded, score, weaker, question, places) else score


def _in_doubt(
    folded: str, score: Score, weaker: list[Numeral], question: Question, places: list[tuple[int, int]]
) -> bool:
    chosen = next((one for one in score.numerals if one.start == score.start), None)
    if score.value is None or chosen is None or chosen.scale == HIGHEST:
        return False
    asked = question in {Question.SCORE, Question.CONFIRM, Question.ANY_SORENESS}
    later = any(one.start > score.end for one in weaker)
    return in_doubt(folded, score.start, score.end, places, asked=asked, later=later)


def _without_closing_day(folded: str) -> str:
    """ "shoulder 4, neck 6, wednesday": after a place, the day that closes the list is the session's, not a score's."""
    found = _CLOSING_DAY.search(folded)
    if found is None or _TOLD_AS_PAST.search(folded):
        return folded
    return folded[: found.start()] + " " * len(found[0])


def _zero_score(zero: Zero) -> Score:
    return Score(0.0, 0.0, 0.0, start=zero.start, end=zero.end)


def _chosen(folded: str, numerals: list[Numeral], zero: Zero | None, question: Question) -> Score:
    kept = corrected(folded, [one for one in numerals if not denied(folded, one, len(numerals) > 1)])
    kept = of_soreness(folded, kept)
    strange = other_hurts(folded, kept)
    kept = [one for one in kept if not any(start <= one.start < end for start, end in strange)]
    everything = tuple(kept)
    if not kept:
        return Score(ask=Ask.UNCLEAR) if zero is None else _zero_score(zero)
    latest = latest_of_series(folded, kept)
    if latest is not None:
        return with_previous(within(latest, everything), [one for one in kept if one is not latest])
    moved = change(folded, kept)
    if moved is not None:
        return moved
    previous, current = by_time(folded, kept)
    if zero and zero.now and (previous or len(kept) == 1) and not (set(current) - set(previous)):
        return with_previous(_zero_score(zero), previous)
    if zero and zero.now and zero.start > kept[-1].end:
        return with_previous(_zero_score(zero), kept)
    if not current:
        return with_previous(Score(numerals=everything, ask=Ask.UNCLEAR), previous)
    score = with_previous(_settled(folded, current, everything), previous)
    return replace(score, elsewhere=tuple(strange)) if strange else score


def _settled(folded: str, current: list[Numeral], everything: tuple[Numeral, ...]) -> Score:
    """One score from the present numbers: the only one, or the higher when the wording explains both."""
    outside = [one for one in current if not LOWEST <= one.high <= HIGHEST or one.low < LOWEST]
    if len(current) == 1:
        return within(current[0], everything)
    if outside:
        current = [one for one in current if one not in outside and one.scale in (None, 10)] or outside[:1]
        if len(current) == 1:
            return within(current[0], everything)
    if _CONCLUDED.search(folded[current[-2].end : current[-1].start]):
        return within(current[-1], everything)
    values = {one.high for one in current}
    sure = [one for one in current if one.scale == 10]
    if len(sure) == 1 and not SITUATION.search(folded):
        return within(sure[0], everything)
    if (
        len(values) == 1
        or SITUATION.search(folded)
        or re.search(
            r"\b(?:or|maybe|sometimes|between|and|varies|varying|both|left|right)\b",
            folded[current[0].end : current[-1].start],
        )
        or (
            max(values) - min(values) == 1
            and re.fullmatch(r"\s*,\s*", folded[current[0].end : current[-1].start])
        )
        or re.match(r"\s*(?:tops|max|at (?:the )?most)\b", folded[current[-1].end :])
    ):
        top = max(current, key=lambda one: one.high)
        chosen = within(top, everything)
        if chosen.value is None:
            return chosen
        low = min(one.low for one in current)
        return Score(chosen.value, low, chosen.high, start=top.start, end=top.end, numerals=everything)
    return Score(ask=Ask.SEVERAL, numerals=everything)
