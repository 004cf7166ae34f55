"""Scores told day by day: "day 1 6, day 2 4", "mon 7 tues 5 wed 2", "1 day after a 6", "it went 3, 4, 6"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.reading.numerals import Numeral, value_of

_ORDINALS = {"1st": 1, "first": 1, "2nd": 2, "second": 2, "3rd": 3, "third": 3, "4th": 4, "fourth": 4}
_HOURS = {"h": 1, "d": 24, "n": 24, "w": 168}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_COUNT = r"(?:\d{1,3}|an?|one|two|three|four|five)"
_MARK = re.compile(
    rf"\bday\s+(?P<day>\d|one|two|three|four|five)\b|\b(?P<nth>{'|'.join(_ORDINALS)})\s+day\b"
    rf"|\b(?:after\s+)?(?P<count>{_COUNT})\s*(?P<unit>hours?|hrs?|h|days?|d|nights?|weeks?|wks?)\b(?!\s+ago)"
    r"|\b(?P<now>now|today|tonight|this (?:morning|evening|afternoon))\b"
    rf"|\b(?P<weekday>{'|'.join(_DAYS)})(?:day|s|sday|nesday|rsday|rs|r|urday)?\b"
)
_WENT = re.compile(r"\b(?:went|gone|goes|been|scores?)(?: like)?[\s:]*$")
_NEXT = re.compile(r"\s*(?:,|-*>|then|and)(?:\s*(?:then|and|now))*\s*(?:an?\s+)?")
FEWEST_IN_ORDER = 3  # "it went 3, 6" may be two places
_TOLD_AS_PAST = re.compile(r"\b(?:was|were|had|been|did|session|appt|treatment|since)\b")


def latest_of_series(folded: str, numerals: Sequence[Numeral]) -> Numeral | None:
    """Return the latest of two or more numbers, each with a later day than the one before; None without such a list.

    Days told as past ("was 7 on monday and 5 on tuesday") say nothing of now.
    """
    if len(numerals) < 2 or any(one.low != one.high for one in numerals):
        return None
    if _is_told_in_order(folded, numerals):
        return numerals[-1]
    starts, ends = [one.start for one in numerals], [one.end for one in numerals]
    before = [_mark(folded[end:start]) for end, start in zip([0, *ends], starts, strict=False)]
    after = [_mark(folded[end:start]) for end, start in zip(ends, [*starts[1:], len(folded)], strict=True)]
    # Each day stands before its number, or each after it: "mon 7 tues 5", "7 mon, 5 tues".
    marks = before if after[-1] is None else after if before[0] is None else [None]
    if None in marks:
        return None
    counted = [mark for mark in marks if mark is not None]
    if counted[-1][0] == "now" and len(counted) > 2:
        counted.pop()  # "6 on day 1, 4 on day 2, 2 today"
    kinds = {kind for kind, _ in counted}
    values = [value for _, value in counted]
    if "now" in kinds or len(kinds) != 1 or values != sorted(set(values)):
        return None
    if kinds == {"weekday"} and _TOLD_AS_PAST.search(folded):
        return None
    return numerals[-1]


def _is_told_in_order(folded: str, numerals: Sequence[Numeral]) -> bool:
    joints = [folded[a.end : b.start] for a, b in pairwise(numerals)]
    return (
        len(numerals) >= FEWEST_IN_ORDER
        and bool(_WENT.search(folded[: numerals[0].start]))
        and all(_NEXT.fullmatch(joint) for joint in joints)
    )


def _mark(words: str) -> tuple[str, float] | None:
    """Return ("hours" since the session or "weekday", its value) of the only day named in `words`."""
    found = list(_MARK.finditer(words))
    if len(found) != 1:
        return None
    one = found[0]
    if one["now"]:
        return "now", 0.0
    if one["weekday"]:
        return "weekday", float(_DAYS.index(one["weekday"]))
    if one["day"]:
        return "hours", 24 * value_of(one["day"])
    if one["nth"]:
        return "hours", 24.0 * _ORDINALS[one["nth"]]
    count = 1.0 if one["count"] in {"a", "an"} else value_of(one["count"])
    return "hours", count * _HOURS[one["unit"][0]]
