"""Numbers in a message: digits and words, ranges, "x out of y", and whether the wording makes one a score."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.reading.other_numbers import other_numbers

_WORDS: dict[str, float] = {
    word: value
    for value, words in {
        0: "zero zro cero", 1: "one uno", 2: "two dos", 3: "three thre threee tres", 4: "four foru fourr cuatro",
        5: "five fiv fivee cinco", 6: "six sixx seis", 7: "seven sevn sevven seven siete", 8: "eight eigth eihgt eght ocho",
        9: "nine nien nueve", 10: "ten tenn diez", 11: "eleven", 12: "twelve doce", 13: "thirteen", 14: "fourteen", 15: "fifteen",
        16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty", 30: "thirty", 40: "forty", 50: "fifty",
        100: "hundred", 1000: "thousand",
    }.items()
    for word in words.split()
}  # fmt: skip
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_DIGITS = r"\d+(?:\.\d+|,5(?!\d))?|\.\d+"
_NUMBER = rf"(?:{_DIGITS}|(?:{_WORD})(?![a-z]))(?:\s*-?\s*ish\b)?(?:\s*\.5|\s+(?:and|n|&)\s+(?:a\s+)?half|\s+y\s+medi[oa]|\s+point\s+(?:{_DIGITS}|{_WORD}))?(?:\s*-?\s*ish\b)?"
_SCALE = r"\s*(?:/+|\\|out+a+|out?\s*of|outt?a|outof|oo|over|on|sobre|de|from|of)\s*(?:a\s+|possible\s+)?(?P<scale>\d+|ten|diez|five|hundred|twenty)(?![\d:a-z]|\s*%)"
_PATTERN = re.compile(
    rf"(?<![\w.#$£€/])(?:(?P<sign>minus|negative|(?<![\w)])-(?=\d))\s*)?"
    rf"(?P<first>{_NUMBER})"
    rf"(?P<plus>\s*\+(?!\s*\d))?"
    rf"(?:(?:\s*(?:/\s*10|out of (?:10|ten)))?(?P<to>\s*(?:-+|to|or|~|\.\.+|ou|o|->|>+|maybe(?:\s+an?)?|verging on|bordering on|pushing|going on|,?\s*(?:maybe|possibly|perhaps|or maybe|or even|or|almost|nearly|even)(?:\s+(?:an?|even|like))*)\s*(?:even\s+|maybe\s+|perhaps\s+|an?\s+|like\s+)*)(?P<second>{_NUMBER})(?!\s*(?:times|/\s*\d+\s*/)))?"
    rf"(?:{_SCALE})?(?P<plus2>\s*\+)?(?![\w]|\.\d)"
)


@dataclass(frozen=True)
class Numeral:
    """A number that may be a score. `low == high` unless a range was given; `scale` is y in "x out of y"."""

    low: float
    high: float
    scale: float | None
    falling: bool
    open_ended: bool
    start: int
    end: int
    joint: str = ""

    @property
    def value(self) -> float:
        """The higher end."""
        return self.high


def value_of(words: str) -> float:
    """Return the number written as `words` ("6ish", "six and a half", "3,5")."""
    plain = re.sub(r"\s*-?\s*ish\b", "", words).strip()
    half = re.fullmatch(r"(.+?)\s*(?:\.5|(?:and|n|&)\s+(?:a\s+)?half|y\s+medi[oa])", plain)
    if half and not re.fullmatch(r"\d*\.5", plain):
        return value_of(half[1]) + 0.5
    point = re.fullmatch(r"(.+?)\s+point\s+(.+)", plain)
    if point:
        return float(f"{value_of(point[1]):g}.{value_of(point[2]):g}")
    return _WORDS[plain] if plain in _WORDS else float(plain.replace(",", "."))


@cache
def _scale_statement() -> re.Pattern[str]:
    """The question's own scale said again: "on a scale of 0 to 10", "0-10:", "where 10 is the worst"."""
    return re.compile(
        r"\b(?:on|in|using|from|with|out of)?\s*(?:a|the|your|that|my)?\s*scale\s*(?:of|from|is|being)?\s*(?:from\s+)?(?:[01]|one|zero)\s*(?:-|to|through|thru|/|\.+)\s*(?:10|ten)\b"
        r"|\b(?:on|in|using|from)\s+(?:a|the|your|that)\s+(?:(?:10|ten)[ -]?point\s+scale|scale (?:out )?of (?:10|ten)|(?:[01]|zero|one)\s*(?:-|to)\s*(?:10|ten)(?:\s+scale)?)\b"
        r"|(?<!from )(?<![\w.])(?:[01]|zero|one)\s*(?:-|to)\s*(?:10|ten)\s*(?:scale|\?|:|,|=|i'?d|i would|it'?s|rating|$|(?=\n))"
        r"|\b(?:where|with|if|and|,)\s+(?:10|ten|0|zero|1)\s*(?:is|being|=|means|was)\s+(?:the\s+)?(?:worst|max|no|unbearable|agony|nothing|death|none|best|excruciating|highest|lowest)\w*"
        r"|\b(?:10|ten)\s+(?:being|is)\s+(?:the\s+)?(?:worst|max|highest|unbearable)\w*"
    )


def _falls(first: float, second: float, joint: str) -> bool:
    return second < first and bool(re.fullmatch(r"to|->|>+", joint.strip())) or "->" in joint


def find_numerals(folded: str) -> list[Numeral]:
    """Find the numbers of a folded message that no other meaning claims, in order."""
    scales = [found.span() for found in _scale_statement().finditer(folded)]
    claimed = other_numbers(folded)
    blanked = list(folded)
    for start, end in scales:
        blanked[start:end] = " " * (end - start)
    text = "".join(blanked)
    between = [
        found.span()
        for found in re.finditer(
            rf"\b(?:between|entre|b/w|btw|btwn)\s+(?:an?\s+)?({_NUMBER})\s*(?:and|n|&|y|-|to|or)\s*(?:an?\s+)?({_NUMBER})",
            text,
        )
    ]
    numerals: list[Numeral] = []
    for start, end in between:
        found = re.match(
            rf"\w+(?:/\w)?\s+(?:an?\s+)?({_NUMBER})\s*(?:and|n|&|y|-|to|or)\s*(?:an?\s+)?({_NUMBER})",
            text[start:end],
        )
        if found is None or any(a < end and start < b for a, b in claimed):
            continue
        ends = sorted((value_of(found[1]), value_of(found[2])))
        scale = re.match(_SCALE, text[end:])
        stop = end + (scale.end() if scale else 0)
        numerals.append(
            Numeral(ends[0], ends[1], value_of(scale["scale"]) if scale else None, False, False, start, stop)
        )
    for found in _PATTERN.finditer(text):
        numerals.extend(
            one
            for one in _read(found)
            if not _overlaps(one, claimed) and not _overlaps(one, [(n.start, n.end) for n in numerals])
        )
    return sorted(numerals, key=lambda one: one.start)


def _overlaps(one: Numeral, stretches: list[tuple[int, int]]) -> bool:
    return any(start < one.end and one.start < end for start, end in stretches)


def _read(found: re.Match[str]) -> list[Numeral]:
    first = value_of(found["first"])
    if found["sign"]:
        before = found.string[: found.start()].strip()
        dash = found["sign"] == "-" and bool(before)
        first = first if dash else -first
    second = value_of(found["second"]) if found["second"] else first
    scale = value_of(found["scale"]) if found["scale"] else None
    joint = (found["to"] or "").strip()
    if found["second"] and joint == "->":
        middle = found.start("second")
        end_first = found.end("first")
        return [
            Numeral(first, first, None, False, False, found.start(), end_first),
            Numeral(second, second, scale, True, False, middle, found.end(), "->"),
        ]
    falling = bool(found["second"]) and _falls(first, second, joint)
    low, high = min(first, second), max(first, second)
    plus = bool(found["plus"] or found["plus2"])
    return [Numeral(low, high, scale, falling, plus, found.start(), found.end(), joint)]
