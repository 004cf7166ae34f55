"""What a number means to a warning: a fever, a high score, a late day, many tablets, many times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.safety.assessment import Context
from bot.safety.lexicon import Mention, Token

CONCEPTS = frozenset(
    {"FEVER_TEMP", "SCORE_HIGH", "SCORE_HIGH_LATE", "SCORE_ALARM", "SCORE_LOW", "SCORE_MILD", "DAY_LATE", "WEEKS",
     "MINUTES_LONG", "PREGNANT_EARLY", "MANY_TABLETS", "TIMES"}
)  # fmt: skip
SAME_DAY_SCORE = 7  # docs/clinical-facts.md 13.9
LATE_DAY = 3  # soreness still bad on this day is late: 13.4, 13.9
ALARM_SCORE = 8  # "Score >= 8 = same-day task": sms-and-privacy D.8
LONG_BLEED = 10  # minutes of pressure: part 20 row 18
MILD_SCORE = 3
LATE = timedelta(hours=48)  # "getting worse after day 2": 13.9
MANY_TABLETS = 6  # more than any label's single dose; doubt goes up
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "sixteen": 16, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "dozen": 12, "hundred": 100,
}  # fmt: skip


def mention_numbers(
    tokens: tuple[Token, ...], mentions: list[Mention], context: Context
) -> Iterator[Mention]:
    """Yield what numbers mean: the `CONCEPTS`, and more mentions of concepts of the words file."""
    about_heart = any(mention.concept == "HEART" for mention in mentions)
    score_asked = context.question is not None and any(
        words in context.question.lower()
        for words in ("0 to 10", "0-10", "1-10", "1 to 10", "out of 10", "score", "sore", "pain")
    )
    for index, token in enumerate(tokens):
        value = token.value if token.value is not None else _WORDS.get(token.text)
        if value is None:
            continue
        after = [tokens[i].text for i in range(index + 1, min(index + 4, len(tokens)))]
        before = [tokens[i].text for i in range(max(0, index - 3), index)]
        unit = after[0] if after else ""
        yield from _temperature(index, value, before, after)
        if 1930 <= value <= 2025 and value == int(value):
            yield Mention("HISTORY", index, index)
        if unit in ("p", "pence", "cent", "cents"):
            yield Mention("COIN_SIZED", index, index)
        if 100 <= value <= 220 and about_heart:
            yield Mention("HEART_FAST", index, index)
        if unit in ("minutes", "minute") and value >= LONG_BLEED:
            yield Mention("MINUTES_LONG", index, index)
        if unit in _WEEKS and _says_pregnant(value, before, after):
            yield Mention("PREGNANT_SURE", index, index)
            if value <= 12:
                yield Mention("PREGNANT_EARLY", index, index)
        if unit in _DAYS or before[-1:] == ["day"]:
            if value >= LATE_DAY:
                yield Mention("DAY_LATE", index, index)
        elif unit in _WEEKS or before[-1:] == ["week"]:
            yield Mention("DAY_LATE", index, index)
            if unit in _WEEKS and 4 <= value <= 42:
                yield Mention("WEEKS", index, index)
        elif unit in ("times", "x", "goes") and value >= 3:
            yield Mention("TIMES", index, index)
        elif _is_score(index, value, before, after, score_asked):
            yield Mention("SCORE_HIGH" if value >= SAME_DAY_SCORE else "SCORE_LOW", index, index)
            if value >= ALARM_SCORE and (score_asked or after[:1] == ["/"] or after[:2] == ["out", "of"]):
                yield Mention("SCORE_ALARM", index, index)
            if value <= MILD_SCORE:
                yield Mention("SCORE_MILD", index, index)
            if value >= SAME_DAY_SCORE and score_asked and _is_late(context):
                yield Mention("SCORE_HIGH_LATE", index, index)
        if value >= MANY_TABLETS and unit not in _NOT_COUNTED and not (unit == "of" and "mg" in after):
            yield Mention("MANY_TABLETS", index, index)


_DAYS = ("days", "day", "dys", "nights", "th", "rd")
_WEEKS = ("weeks", "week", "wks", "wk", "months", "month")
_NOT_COUNTED = (
    "mg", "ml", "mgs", "g", "am", "pm", "min", "mins", "minutes", "hours", "hrs", "hour", "days", "day", "weeks",
    "wks", "weeks", "years", "yrs", "months", "/", "%", "year", "yr", "times", "out", "th", "rd", ":", "needles",
)  # fmt: skip


def _is_late(context: Context) -> bool:
    return bool(context.session_at and context.now and context.now - context.session_at >= LATE)


def _says_pregnant(value: float, before: list[str], after: list[str]) -> bool:
    along = any(word in ("pregnant", "along", "gone") for word in after[1:3])
    am_weeks = before[-1:] in (
        ["im"],
        ["am"],
        ["i"],
        ["shes"],
        ["is"],
        ["about"],
        ["only"],
        ["at"],
    ) and not any(
        word in ("post", "after", "since", "out", "into", "in", "ago", "on", "from", "of", "till", "until")
        for word in after[1:2]
    )
    return 3 <= value <= 42 and (along or am_weeks)


def _temperature(index: int, value: float, before: list[str], after: list[str]) -> Iterator[Mention]:
    degrees = bool(after) and after[0] in ("c", "f", "°", "degrees", "degree", "deg", "celsius", "fahrenheit")
    said = degrees or any(word in ("temp", "temperature", "fever", "temps") for word in (*before, *after[:2]))
    if said and (38 <= value <= 43 or 100.4 <= value <= 109):
        yield Mention("FEVER_TEMP", index, index)


def _is_score(index: int, value: float, before: list[str], after: list[str], asked: bool) -> bool:
    if not 0 <= value <= 10:
        return False
    out_of_ten = after[:1] == ["/"] or after[:2] == ["out", "of"]
    said = any(
        word
        in (
            "score",
            "pain",
            "level",
            "soreness",
            "its",
            "at",
            "still",
            "solid",
            "about",
            "to",
            "from",
            "was",
            "were",
            "an",
            "a",
            "now",
        )
        for word in before[-2:]
    )
    on_day = after[:2] in (["on", "day"], ["and", "its"]) or (after[:1] == [","] and "day" in after)
    clock = after[:1] in (
        ["am"],
        ["pm"],
        [":"],
        ["hours"],
        ["hrs"],
        ["mins"],
        ["minutes"],
        ["weeks"],
        ["years"],
    )
    return (out_of_ten or said or on_day or asked) and not clock
