"""What a number means to a warning: a fever, a high score, a late day, many tablets, many times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.safety.assessment import Context
from bot.safety.read_text import Mention, Token
from bot.safety.which_score import body_places, is_placed_as_a_score, rising, says_a_low_score

CONCEPTS = frozenset(
    {"FEVER_TEMP", "SCORE_HIGH", "SCORE_HIGH_LATE", "SCORE_ALARM", "SCORE_LOW", "SCORE_MILD", "DAY_LATE", "WEEKS",
     "MINUTES_LONG", "FOR_AGES", "PREGNANT_EARLY", "MANY_TABLETS", "NEEDLES_SHORT", "SCORES_MILD", "SCORES_RISE",
     "TIMES"}
)  # fmt: skip
SAME_DAY_SCORE = 7  # docs/clinical-facts.md 13.9
LATE_DAY = 3  # soreness still bad on this day is late: 13.4, 13.9
ALARM_SCORE = 8  # "Score >= 8 = same-day task": sms-and-privacy D.8
LONG_BLEED = 10  # minutes of pressure: part 20 row 18
MILD_SCORE = 3
TRIED = 20  # numbers looked at: bounds hostile input
LATE = timedelta(hours=48)  # "getting worse after day 2": 13.9
MANY_TABLETS = 6  # more than any label's single dose; doubt goes up
NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "dozen": 12, "hundred": 100,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Number:
    """A number of a message with its place and three words on either side; `unit` is the word after it."""

    index: int
    token: Token
    value: float
    before: list[str]
    after: list[str]

    @property
    def unit(self) -> str:
        return self.after[0] if self.after else ""


def mention_numbers(
    tokens: tuple[Token, ...], mentions: list[Mention], context: Context
) -> Iterator[Mention]:
    """Yield what numbers mean: the `CONCEPTS`, and more mentions of concepts of the words file."""
    numbers = list(_numbers(tokens))
    yield from _needles_short(numbers)
    yield from _once(tokens, mentions)
    yield from _grown_child(tokens)
    yield from _cannot_come(numbers)
    yield from _hours(numbers)
    about_heart = any(mention.concept == "HEART" for mention in mentions)
    asked = _Asked.by(context)
    values, body = [(one.index, one.value) for one in numbers], body_places(mentions)
    scores = [
        (one.index, one.value)
        for one in numbers
        if not _is_the_scale(one.before) and one.unit not in _NO_SCORE
    ]
    if rise := rising(scores, tokens):
        yield Mention("SCORES_RISE", *rise)
    for number in numbers:
        scored = asked.score and (
            not says_a_low_score(number.index, values) or is_placed_as_a_score(number.index, tokens, body)
        )
        concepts = (
            *_measured(number, about_heart),
            *_dated(number),
            *_weeks_pregnant(number),
            *_lasting_or_scored(number, tokens, context, asked, scored),
        )
        for concept in concepts:
            yield Mention(concept, number.index, number.index)


def _numbers(tokens: tuple[Token, ...]) -> Iterator[_Number]:
    for index, token in enumerate(tokens):
        value = token.value if token.value is not None else NUMBER_WORDS.get(token.text)
        if value is not None:
            after = [tokens[i].text for i in range(index + 1, min(index + 4, len(tokens)))]
            before = [tokens[i].text for i in range(max(0, index - 3), index)]
            yield _Number(index, token, value, before, after)


def _measured(number: _Number, about_heart: bool) -> Iterator[str]:
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


def _dated(number: _Number) -> Iterator[str]:
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


def _weeks_pregnant(number: _Number) -> Iterator[str]:
    if number.unit in _WEEKS and _says_pregnant(number.value, number.before, number.after):
        yield "PREGNANT_SURE"
        if number.value <= 12:
            yield "PREGNANT_EARLY"


def _lasting_or_scored(
    number: _Number, tokens: tuple[Token, ...], context: Context, asked: _Asked, answers: bool
) -> Iterator[str]:
    """How late or how often it is; a number that is neither may be a score, above all one that `answers`."""
    value, unit, said = number.value, number.unit, number.before[-1:]
    elsewhere = measures_something_else(tokens, number.index, value, asked.when, asked.score)
    if ends_as_a_score(value, number.before, number.after) and not elsewhere:
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
    elif not elsewhere and _is_score(number, answers):
        yield from _scored(number, tokens, context, answers)


def _scored(number: _Number, tokens: tuple[Token, ...], context: Context, score_asked: bool) -> Iterator[str]:
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the assistant's question just before asked for."""

    when: bool
    score: bool

    @classmethod
    def by(cls, context: Context) -> _Asked:
        question = (context.question or "").lower()
        when = bool(_ASKS_WHEN.search(question))
        return cls(when, not when and any(words in question for words in _ASKS_A_SCORE))


_ASKS_WHEN = re.compile(r"\b(when|what (time|date|day)|how long)\b")
_ASKS_A_SCORE = ("0 to 10", "0-10", "1-10", "1 to 10", "out of 10", "score", "sore", "pain")
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


def _counts_tablets(number: _Number) -> bool:
    value, before, after, unit = number.value, number.before, number.after, number.unit
    if not MANY_TABLETS <= value <= _MOST_TABLETS or unit in _NOT_COUNTED or (unit == "of" and "mg" in after):
        return False
    answers = number.index == 0 and value <= 10 and unit in _AFTER_A_SCORE  # "6 last night"
    return not _is_the_scale(before) and not answers and (before[-1:] or [""])[0] not in _CLOCK


def _is_late(context: Context) -> bool:
    return bool(context.session_at and context.now and context.now - context.session_at >= LATE)


def _says_pregnant(value: float, before: list[str], after: list[str]) -> bool:
    along = any(word in ("pregnant", "along", "gone") for word in after[1:3])
    was = before[-2:] == ["i", "was"] and after[1:2] in (["when"], ["and"], ["at"], ["already"], ["then"])
    am_weeks = (before[-1:] or [""])[0] in _IS_ALONG and (after[1:2] or [""])[0] not in _WEEKS_OF_A_TIME
    return 3 <= value <= 42 and (along or am_weeks or was)


_IS_ALONG = ("im", "am", "i", "shes", "is", "about", "only", "at")
_WEEKS_OF_A_TIME = (
    "post", "after", "since", "out", "into", "in", "ago", "on", "from", "of", "till", "until",
)  # fmt: skip


def _is_fever(number: _Number) -> bool:
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


_SCORES_PAIN = frozenset(
    {"pain", "pains", "sore", "soreness", "hurt", "hurts", "hurting", "score", "ache", "aching"}
)
_PAINS_OR_TIMES = _SCORES_PAIN | {
    "last", "past", "whole", "most", "first", "day", "days", "night", "hours", "hour", "week", "morning", "back",
    "neck", "shoulder", "hip", "knee", "arm", "leg", "calf", "elbow", "foot", "hand", "head", "jaw", "glute", "thigh",
}  # fmt: skip
_OWNERS = frozenset({"the", "your", "you", "their", "her", "him"})
_CLOCK_AROUND = frozenset({"about", "around", "at", "till", "until", "by"})


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


def _marks_a_thing(words: list[str]) -> bool:
    """True for "for the staff", "for the pain of parking", and not for "for pain", "for the whole day"."""
    owned = bool(words) and words[0] in _OWNERS
    return words[1:3] == ["pain", "of"] or (owned and not _PAINS_OR_TIMES & set(words))


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


def _cannot_come(numbers: list[_Number]) -> Iterator[Mention]:
    """ "cant go on the 5th": an appointment, and no wish to die."""
    for number in numbers:
        if number.before == ["go", "on", "the"] and number.unit in ("st", "nd", "rd", "th"):
            yield Mention("DYING_SAYING", max(0, number.index - 4), number.index)


def _hours(numbers: list[_Number]) -> Iterator[Mention]:
    """ "a 2 hr rehearsal": no heart rate."""
    for number in numbers:
        if number.unit == "hr" and number.after[1:2] not in (["#"], ["is"], ["was"]):
            yield Mention("IDIOM", number.index, number.index + 1)


def _needles_short(numbers: list[_Number]) -> Iterator[Mention]:
    """ "you put 12 in, i counted 11 out": more needles went in than came out."""
    put: list[_Number] = []
    taken: list[_Number] = []
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


_SCORED = frozenset(
    {"pain", "sore", "soreness", "still", "its", "is", "im", "score", "level", "now", "sitting", "me"}
)
_SAYS_A_SCORE = frozenset(
    {"score", "pain", "level", "soreness", "its", "at", "still", "solid", "about", "to", "from", "was", "were", "an",
     "a", "now"}
)  # fmt: skip
_NO_SCORE = (
    "am", "pm", ":", "hours", "hrs", "hour", "mins", "minutes", "weeks", "years", "miles", "km", "k", "kg",
    "needles", "people", "sessions", "oclock", "days", "months",
)  # fmt: skip


def _is_the_scale(before: list[str]) -> bool:
    """True for the ten of "2/10", "2 out of 10", "6 of 10", "6 over 10"."""
    if before[-2:] == ["out", "of"]:
        return True
    counted = before[-2:-1]
    is_counted = counted == ["#"] or (bool(counted) and counted[0] in NUMBER_WORDS)
    return is_counted and before[-1:] in (["/"], ["of"], ["over"])


def _is_score(number: _Number, asked: bool) -> bool:
    before, after = number.before, number.after
    if not 0 <= number.value <= 10 or _is_the_scale(before):
        return False
    out_of_ten = after[:1] == ["/"] or after[:2] == ["out", "of"]
    opens = not before and number.unit in (",", "and", "but") and number.value > 2
    said = opens or any(word in _SAYS_A_SCORE for word in before[-2:])
    on_day = after[:2] in (["on", "day"], ["and", "its"]) or (after[:1] == [","] and "day" in after)
    at_a_time = before[-1:] == ["at"] and not _SCORED & set(before)
    return (out_of_ten or said or on_day or asked) and number.unit not in _NO_SCORE and not at_a_time
