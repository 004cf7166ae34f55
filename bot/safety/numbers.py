"""What a number means to a warning: a fever, a high score, a late day, many tablets, many times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.safety import scores
from bot.safety.assessment import Context
from bot.safety.number import Number, read_numbers
from bot.safety.read_text import Mention, Token

CONCEPTS = frozenset(
    {"FEVER_TEMP", "SCORE_HIGH", "SCORE_HIGH_LATE", "SCORE_ALARM", "SCORE_LOW", "SCORE_MILD", "DAY_LATE", "WEEKS",
     "MINUTES_LONG", "FOR_AGES", "PREGNANT_EARLY", "MANY_TABLETS", "NEEDLES_SHORT", "SCORES_MILD", "SCORES_RISE",
     "TIMES"}
)  # fmt: skip
LATE_DAY = 3  # soreness still bad on this day is late: 13.4, 13.9
LONG_BLEED = 10  # minutes of pressure: part 20 row 18
TRIED = 20  # numbers looked at: bounds hostile input
MANY_TABLETS = 6  # more than any label's single dose; doubt goes up


def mention_numbers(
    tokens: tuple[Token, ...], mentions: list[Mention], context: Context
) -> Iterator[Mention]:
    """Yield what numbers mean: the `CONCEPTS`, and more mentions of concepts of the words file."""
    numbers = list(read_numbers(tokens))
    yield from _needles_short(numbers)
    yield from _once(tokens, mentions)
    yield from _grown_child(tokens)
    yield from _cannot_come(numbers)
    yield from _hours(numbers)
    about_heart = any(mention.concept == "HEART" for mention in mentions)
    asked = scores.Asked.by(context)
    values, body = [(one.index, one.value) for one in numbers], scores.body_places(mentions)
    told = [
        (one.index, one.value)
        for one in numbers
        if not scores.is_the_scale(one.before) and one.unit not in scores.NO_SCORE
    ]
    if rise := scores.rising(told, tokens):
        yield Mention("SCORES_RISE", *rise)
    for number in numbers:
        scored = asked.score and scores.answers(number.index, values, tokens, body)
        concepts = (
            *_measured(number, about_heart),
            *_dated(number),
            *_weeks_pregnant(number),
            *_lasting_or_scored(number, tokens, context, asked, scored),
        )
        for concept in concepts:
            yield Mention(concept, number.index, number.index)


def _measured(number: Number, about_heart: bool) -> Iterator[str]:
    """What is measured or counted: degrees, coins, beats, minutes, tablets."""
    value, unit = number.value, number.unit
    if _is_fever(number):
        yield "FEVER_TEMP"
    if unit in ("p", "pence", "cent", "cents"):
        yield "COIN_SIZED"
    if about_heart and 100 <= value <= 220:
        yield "HEART_FAST"
    if unit in ("minutes", "minute") and value >= LONG_BLEED:
        yield "MINUTES_LONG"
    if _counts_tablets(number):
        yield "MANY_TABLETS"


def _dated(number: Number) -> Iterator[str]:
    """A year that is no count, and a time that has long lasted: "in 2016", "for 6 years"."""
    value = number.value
    if (
        1930 <= value < date.today().year
        and value == int(value)
        and number.before[-1:] not in (["its"], ["is"])
    ):
        yield "HISTORY"
        yield "LONG_AGO"
    if number.before[-1:] == ["for"] and number.unit in ("years", "yrs", "months"):
        yield "FOR_AGES"
        if number.unit != "months":
            yield "HISTORY"


def _weeks_pregnant(number: Number) -> Iterator[str]:
    if number.unit in _WEEKS and _says_pregnant(number.value, number.before, number.after):
        yield "PREGNANT_SURE"
        if number.value <= 12:
            yield "PREGNANT_EARLY"


def _lasting_or_scored(
    number: Number, tokens: tuple[Token, ...], context: Context, asked: scores.Asked, answers: bool
) -> Iterator[str]:
    """How late or how often it is; a number that is neither may be a score, above all one that `answers`."""
    value, unit, said = number.value, number.unit, number.before[-1:]
    elsewhere = scores.measures_something_else(tokens, number.index, value, asked.when, asked.score)
    if scores.ends_as_a_score(value, number.before, number.after) and not elsewhere:
        yield "SCORE_ALARM"
    if unit in _DAYS or said == ["day"]:
        if value >= LATE_DAY:
            yield "DAY_LATE"
    elif unit in _WEEKS or said == ["week"]:
        yield "DAY_LATE"
        if unit in _WEEKS and 4 <= value <= 42:
            yield "WEEKS"
    elif unit in ("times", "x", "goes") and value >= 3:
        yield "TIMES"
    elif not elsewhere and scores.is_score(number, answers):
        yield from scores.meanings(number, tokens, context, answers)


_DAYS = ("days", "day", "dys", "nights", "th", "rd")
_WEEKS = ("weeks", "week", "wks", "wk", "months", "month")
_NOT_COUNTED = (
    "mg", "ml", "mgs", "g", "am", "pm", "min", "mins", "minutes", "hours", "hrs", "hour", "days", "day", "weeks",
    "wks", "weeks", "years", "yrs", "months", "/", "%", "year", "yr", "times", "out", "th", "rd", ":", "needles",
)  # fmt: skip


_CLOCK = (
    "at", "by", "until", "till", "before", "after", "around", "room", "aged", "age",
)  # fmt: skip  # "at 10": not ten of them
_AFTER_A_SCORE = (
    "last",
    "today",
    "now",
    "tonight",
    "yesterday",
    "this",
    ",",
    ".",
    "at",
    "after",
    "then",
    "before",
)
_MOST_TABLETS = 99  # "ibuprofen 400": milligrams


def _counts_tablets(number: Number) -> bool:
    value, before, after, unit = number.value, number.before, number.after, number.unit
    if not MANY_TABLETS <= value <= _MOST_TABLETS or unit in _NOT_COUNTED or (unit == "of" and "mg" in after):
        return False
    answers = number.index == 0 and value <= 10 and unit in _AFTER_A_SCORE  # "6 last night"
    return not scores.is_the_scale(before) and not answers and (before[-1:] or [""])[0] not in _CLOCK


def _says_pregnant(value: float, before: list[str], after: list[str]) -> bool:
    along = any(word in ("pregnant", "along", "gone") for word in after[1:3])
    was = before[-2:] == ["i", "was"] and after[1:2] in (["when"], ["and"], ["at"], ["already"], ["then"])
    am_weeks = (before[-1:] or [""])[0] in _IS_ALONG and (after[1:2] or [""])[0] not in _WEEKS_OF_A_TIME
    return 3 <= value <= 42 and (along or am_weeks or was)


_IS_ALONG = ("im", "am", "i", "shes", "is", "about", "only", "at")
_WEEKS_OF_A_TIME = (
    "post", "after", "since", "out", "into", "in", "ago", "on", "from", "of", "till", "until",
)  # fmt: skip


def _is_fever(number: Number) -> bool:
    """True for "temp of 39", "38.4", "101 f"."""
    value, after = number.value, number.after
    said = number.unit in _DEGREES or any(
        word in ("temp", "temperature", "fever", "temps") for word in (*number.before, *after[:2])
    )
    bare = has_tenths(number.token) and value < 106 and number.unit not in _NO_TEMPERATURE
    if (
        101 <= value <= 106
        and number.before[-1:] in _READS
        and number.unit in ("", "and", ",", ".", "since", "but")
    ):
        return True  # "grandma has 103 and …"
    return (said or bare) and (38 <= value <= 43 or 100.4 <= value <= 109)


_READS = (["has"], ["running"], ["hit"], ["reads"], ["reading"], ["got"])
_DEGREES = ("c", "f", "°", "degrees", "degree", "deg", "celsius", "fahrenheit")
_NO_TEMPERATURE = ("%", "kg", "km", "k", "miles", "cm", "pounds", "dollars", "quid", "bucks")


def has_tenths(token: Token) -> bool:
    """True for 38.4, which is a temperature and hardly anything else; 38.50 is a price."""
    return (
        token.value is not None
        and token.value % 1 > 0
        and token.end - token.start <= len("101.5") - (token.value < 100)
    )


def _grown_child(tokens: tuple[Token, ...]) -> Iterator[Mention]:
    """ "after my second baby, hes 12 now": the birth, and what came with it, was long ago."""
    for index, token in enumerate(tokens[:-2]):
        age, now = tokens[index + 1].value, tokens[index + 2].text
        if token.text not in ("hes", "shes", "theyre", "is") or age is None or age < 2 or now != "now":
            continue
        if any(other.text in _BIRTHS for other in tokens[max(0, index - 5) : index]):
            yield Mention("HISTORY", index, index + 2)


_BIRTHS = frozenset(
    {
        "baby",
        "babies",
        "child",
        "kid",
        "born",
        "birth",
        "pregnancy",
        "eldest",
        "youngest",
        "twins",
        "pregnancies",
        "second",
        "third",
        "pregnant",
    }
)


def _cannot_come(numbers: list[Number]) -> Iterator[Mention]:
    """ "cant go on the 5th": an appointment, and no wish to die."""
    for number in numbers:
        if number.before == ["go", "on", "the"] and number.unit in ("st", "nd", "rd", "th"):
            yield Mention("DYING_SAYING", max(0, number.index - 4), number.index)


def _hours(numbers: list[Number]) -> Iterator[Mention]:
    """ "a 2 hr rehearsal": no heart rate."""
    for number in numbers:
        if number.unit == "hr" and number.after[1:2] not in (["#"], ["is"], ["was"]):
            yield Mention("IDIOM", number.index, number.index + 1)


def _needles_short(numbers: list[Number]) -> Iterator[Mention]:
    """ "you put 12 in, i counted 11 out": more needles went in than came out."""
    put: list[Number] = []
    taken: list[Number] = []
    for number in numbers:
        after = number.after
        if number.unit == "needles" or ("in" in after and "out" not in after[: after.index("in")]):
            put.append(number)
        elif ("out" in after and after[after.index("out") + 1 :][:1] != ["of"]) or "took" in number.before:
            taken.append(number)
    for one in put[:TRIED]:
        for other in taken[:TRIED]:
            if other.value < one.value:
                first, last = sorted((one.index, other.index))
                yield Mention("NEEDLES_SHORT", first, last)


def _once(tokens: tuple[Token, ...], mentions: list[Mention]) -> Iterator[Mention]:
    """ "my sister had hives there once": a story of somebody else, and over."""
    if not any(token.text == "once" for token in tokens):
        return
    others = [mention.first for mention in mentions if mention.concept in ("FAMILY", "OTHERS")]
    for index, token in enumerate(tokens):
        closes = index + 1 == len(tokens) or not tokens[index + 1].is_word
        if token.text != "once" or not closes or tokens[index - 1].text in ("at", "than"):
            continue
        if any(tokens[first].sentence == token.sentence for first in others if first < index):
            yield Mention("HISTORY", index, index)
