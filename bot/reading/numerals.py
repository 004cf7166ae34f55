"""Numbers in a message: digits and words, ranges, "x out of y", and whether the wording makes one a score."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.reading.other_numbers import other_numbers
from bot.reading.time_phrases import find_time_phrases

_WORDS: dict[str, float] = {
    word: value
    for value, words in {
        0: "zero zro cero", 1: "one uno eins", 2: "two dos zwei deux dois", 3: "three thre threee tres drei trois",
        4: "four foru fourr cuatro vier quatre quatro quattro",
        5: "five fiv fivee cinco funf fünf cinq "
           "cinque", 6: "six sixx seis sechs", 7: "seven sevn sevven seven siete sieben sete",
        8: "eight eigth eihgt eght ocho acht huit oito otto",
        9: "nine nien nueve neun neuf "
           "nove", 10: "ten tenn diez zehn dez dieci", 11: "eleven", 12: "twelve doce", 13: "thirteen",
        14: "fourteen", 15: "fifteen",
        16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty", 30: "thirty",
        40: "forty", 50: "fifty",
        100: "hundred", 1000: "thousand",
    }.items()
    for word in words.split()
}  # fmt: skip
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_DIGITS = r"\d+(?:\.\d+|,5(?!\d))?|\.\d+"
_NUMBER = (
    rf"(?:{_DIGITS}|(?:{_WORD})(?![a-z])|(?:{_WORD})(?=ish\b))(?:\s*-?\s*ish\b)?(?:\s*\.5|\s+1/2(?!\d)|\s+(?:and|n|"
    rf"&)\s+(?:an?\s+|the\s+)?half|\s+y\s+medi[oa]|\s+point\s+(?:{_DIGITS}|{_WORD}))?(?:\s*-?\s*ish\b)?"
)
_SCALE = (
    r"(?:(?:\s*points?)?\s*(?:/+|\\|out+a+|out?\s*of|outt?a|outof|oot\s*o'?f?|oo|of)\s*(?:a\s+|the\s+|your\s+|possible\s+)*(?P<scale>\d+|ten|diez|zehn|dix|dieci|dez|"
    r"five|hundred|twenty)"
    r"|\s*(?:over|on|in|upon|sobre|de|from|sur|von|por|من|/ )\s*(?:a\s+|the\s+)?(?P<scale2>10|ten|diez|"
    r"zehn|dix|dieci|dez))(?![\d:a-z]|\s*%)"
)
# What joins the two ends of a range: "3-4", "3 or 4", "6, maybe 7".
_JOINT = (
    r"\s*(?P<to>-+>|>+|-+|to|or|~|(?<=\d)\.\.+(?=\d)|ou|o|verging on|bordering on|pushing|going on|"
    r",?\s*(?:maybe|possibly|perhaps|or maybe|or even|or|almost|nearly|even))(?:\s+(?:even|maybe|perhaps|"
    r"an?|like|about))*\s*"
)
_PATTERN = re.compile(
    r"(?<![\w.#$£€/])(?:(?P<sign>minus|negative|"
    rf"(?<![\w)])-(?=\d))\s*)?(?P<first>{_NUMBER})(?P<plus>\s*\+(?!\s*\d))?"
    rf"(?:(?:\s*(?:/\s*10|out of (?:10|ten)))?{_JOINT}(?P<second>{_NUMBER})(?!\s*(?:times|/\s*\d+\s*/)))?"
    rf"(?:{_SCALE})?(?P<plus2>\s*\+)?(?![\w]|\.\d)"
)
_BETWEEN = re.compile(
    rf"\b(?:between|entre|b/w|btw|btwn|from)\s+(?:an?\s+)?(?P<first>{_NUMBER})\s*(?P<to>and|n|&|y|"
    rf"-)\s*(?:an?\s+)?(?P<second>{_NUMBER})"
    rf"(?:{_SCALE})?(?![\w]|\.\d)"
)


@dataclass(frozen=True)
class Numeral:
    """A number that may be a score, at `folded[start:end]`.

    `first == second` unless a range was given ("3-4"),
    which `joint` held together; `scale` is y in "x out of y";
    `open_ended` means "10+".
    """

    first: float
    second: float
    scale: float | None
    joint: str
    open_ended: bool
    start: int
    end: int

    @property
    def low(self) -> float:
        """The lower end."""
        return min(self.first, self.second)

    @property
    def high(self) -> float:
        """The higher end."""
        return max(self.first, self.second)

    @property
    def moves(self) -> bool:
        """Tell whether the joint may mean a change: "8 to 2", "8 -> 2"."""
        return self.first != self.second and self.joint in {"to", "->", "-->", ">", ">>"}


def value_of(words: str) -> float:
    """Return the number written as `words` ("6ish", "six and a half", "3,5")."""
    plain = re.sub(r"\s*-?\s*ish\b", "", words).strip()
    half = re.fullmatch(r"(.+?)\s*(?:\.5|1/2|(?:and|n|&)\s+(?:an?\s+|the\s+)?half|y\s+medi[oa])", plain)
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
        r"\b(?:on|in|using|from|with|out of)?\s*(?:a|the|your|that|my)?\s*scale\s*(?:of|from|is|"
        r"being)?\s*(?:from\s+)?(?:[01]|one|zero)\s*(?:-|to|through|thru|/|\.+)\s*(?:10|ten)\b"
        r"|(?<!went )(?<!gone )(?<!jumped )(?<!shot )\bfrom\s+(?:0|zero|1|one)\s*(?:to|-)\s*(?:10|"
        r"ten)\b(?=\W*(?:i\b|i'?d|my|it'?s|its|an?\b|about|\d))|\bscale (?:out )?of (?:10|ten)\b"
        r"|\b(?:on|in|using|from)\s+(?:a|the|your|that)\s+(?:(?:10|ten)[ -]?point\s+scale|scale (?:out "
        r")?of (?:10|ten)|(?:[01]|zero|one)\s*(?:-|to)\s*(?:10|ten)(?:\s+scale)?)\b"
        r"|(?<!from )(?<![\w.])(?:[01]|zero|one)\s*(?:-|to)\s*(?:10|ten)\s*(?:scale|\?|:|,|=|i'?d|i "
        r"would|it'?s|rating|$|(?=\n))"
        r"|\b(?:where|with|if|and|,)\s+(?:10|ten|0|zero|1)\s*(?:is|being|=|means|"
        r"was)\s+(?:the\s+)?(?:worst|max|no|unbearable|agony|nothing|death|none|best|excruciating|"
        r"highest|lowest)\w*"
        r"|(?<=\w),\s*(?:(?:from|of|over|on)\s+(?:the|your)|out of(?: (?:the|your|"
        r"a))?)\s+(?:possible\s+)?(?:10|ten)(?=\s*(?:$|[.,!;)]))"
        r"|\b(?:on|in)\s+(?:a|the|your)\s+(?:10|ten)\s+scale\b"
        r"|\b(?:10|ten)\s+(?:being|is)\s+(?:the\s+)?(?:worst|max|highest|unbearable)\w*"
    )


# "on my scale of 1 to 6", "your 1-5 thing": not the question's scale.
_OTHER_SCALE = re.compile(
    r"\b(?:scale|marks?|grad(?:e|ing|es)|rating|on (?:my|your|our|a|the))\b[^.,;\d]{0,15}\b(?:0|1|zero|"
    r"one)\s*(?:-|to|through)\s*"
    r"(?!10\b|ten\b)(?:\d+|three|four|five|six|seven|twenty|hundred)\b(?=\s*(?:$|[,.;:]|scale|thing|system|rating|marks?|an?\b|it|i\b|\d))"
)


def other_scale(folded: str) -> bool:
    """Tell whether a message names a scale that does not end at ten."""
    return bool(_OTHER_SCALE.search(folded))


def find_numerals(folded: str) -> list[Numeral]:
    """Find the numbers of a folded message that no other meaning claims, in order."""
    blanked = list(folded)
    for found in _scale_statement().finditer(folded):
        blanked[found.start() : found.end()] = " " * (found.end() - found.start())
    text = "".join(blanked)
    taken = other_numbers(folded) + [(one.start, one.end) for one in find_time_phrases(folded)]
    numerals: list[Numeral] = []
    for pattern in (_BETWEEN, _PATTERN):
        for found in pattern.finditer(text):
            if not any(start < found.end() and found.start() < end for start, end in taken):
                numerals.append(_read(found))
                taken.append(found.span())
    return sorted(numerals, key=lambda one: one.start)


def _read(found: re.Match[str]) -> Numeral:
    groups = found.groupdict()
    first = value_of(found["first"])
    if groups.get("sign") and not (found["sign"] == "-" and found.string[: found.start()].strip()):
        first = -first  # a dash after words is a dash
    second = value_of(found["second"]) if found["second"] else first
    scale = found["scale"] or found["scale2"]
    open_ended = bool(groups.get("plus") or groups.get("plus2"))
    joint = (found["to"] or "").strip(" ,")
    return Numeral(first, second, value_of(scale) if scale else None, joint, open_ended, *found.span())
