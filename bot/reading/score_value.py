"""The soreness score, 0-10 (docs/clinical-facts.md 13.11), or the reason to ask for it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.reading.numerals import Numeral

LOWEST, HIGHEST = 0.0, 10.0


class Ask(StrEnum):
    """Why a message gave no score although it may have meant one."""

    OUT_OF_RANGE = "out_of_range"
    OTHER_SCALE = "other_scale"
    SEVERAL = "several"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Score:
    """The score now. `value` is the higher end of `low`-`high`; `previous` is an earlier score.

    `elsewhere` are the stretches that speak of another hurt than the needling's.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    previous: float | None = None
    ask: Ask | None = None
    start: int = 0
    end: int = 0
    previous_start: int = 0
    previous_end: int = 0
    numerals: tuple[Numeral, ...] = ()
    elsewhere: tuple[tuple[int, int], ...] = ()


def within(
    one: Numeral,
    everything: tuple[Numeral, ...],
    previous: float | None = None,
    earlier: Numeral | None = None,
) -> Score:
    """The number as a score, or the reason to ask again; never clipped."""
    was = previous if previous is not None and LOWEST <= previous <= HIGHEST else None
    at = earlier or one
    if one.scale is not None and one.scale != HIGHEST:
        return Score(ask=Ask.OTHER_SCALE, numerals=everything)
    if not LOWEST <= one.low <= one.high <= HIGHEST or one.open_ended:
        return Score(ask=Ask.OUT_OF_RANGE, start=one.start, end=one.end, numerals=everything)
    return Score(one.high, one.low, one.high, was, None, one.start, one.end, at.start, at.end, everything)


def with_previous(score: Score, previous: list[Numeral]) -> Score:
    """Add the last of the earlier numbers, unless the score knows its earlier one."""
    known = [one for one in previous if LOWEST <= one.high <= HIGHEST and one.scale in (None, 10)]
    if not known or score.previous is not None:
        return score
    last = known[-1]
    return replace(score, previous=last.high, previous_start=last.start, previous_end=last.end)
