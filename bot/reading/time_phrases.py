"""Finds the phrases of a message that name a time ("since tues", "the 14th",
"2 days ago") or a length of time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.reading.other_numbers import MONTH, WEEKDAY

ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", "twenty[ -]first", "twenty[ -]second", "twenty[ -]third",
    "twenty[ -]fourth", "twenty[ -]fifth", "twenty[ -]sixth", "twenty[ -]seventh", "twenty[ -]eighth",
    "twenty[ -]ninth", "thirtieth", "thirty[ -]first",
)  # fmt: skip


@dataclass(frozen=True)
class TimePhrase:
    """A time phrase at `folded[start:end]`; `kind` names the pattern that found it."""

    words: str
    kind: str
    start: int
    end: int


_WORD_COUNT = (
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|(?:a )?couple(?: of)?|(?:a )?few|"
    r"several|half an?|dos|tres|un|una)"
    r"(?:\s+(?:or|to)\s+(?:so|two|three|four|five|six|\d+))?(?:\s+(?:and|n|&)\s+a\s+half)?\s+"
)
_DIGIT_COUNT = r"\d+(?:\.\d+)?(?:\s*(?:-|to|or)\s*\d+)?(?:\s+(?:and|n|&)\s+a\s+half)?\s*(?:or so\s+)?"
_LONG_UNIT = (
    r"(?:minutes?|mins?|hours?|hrs?|days?|dys|nights?|nites?|weeks?|wks?|fortnights?|sleeps|months?|mths?|evenings?|mornings?|"
    r"dias?|horas?|semanas?)"
)
_UNIT = rf"(?:{_LONG_UNIT}|[hd](?![a-z]))"
LENGTH = (
    rf"(?:(?:{_DIGIT_COUNT}(?:more |full |whole |good |solid )?{_UNIT}|{_WORD_COUNT}(?:more |full |whole "
    rf"|good |solid )?{_LONG_UNIT})"
    rf"(?:\s+(?:(?:and|n|&)\s+a\s+half|or so|or two|ish|and (?:a |an )?(?:half|\d+ {_LONG_UNIT})))?|a "
    r"day or (?:two|so))"
)
_PART = (
    r"(?:morning|mornin|afternoon|arvo|evening|eve|night|nite|lunch ?time|midday|noon|am|pm|lunch|"
    r"bedtime|dinner ?time|tea ?time|tea|breakfast(?: time)?|supper(?: ?time)?)"
)
_OF_DAY = rf"(?:\s+(?:early\s+|late\s+|in the\s+|at\s+|around\s+|by\s+)?{_PART})?"
HOUR_WORD = r"(?:1[0-2]|[1-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_CLOCK = (
    r"(?:\d{1,2}(?:[:.]\d{2})?\s*[ap]\.?m?\b\.?|\d{1,2}:\d{2}|noon|midday|midnight|\d{1,2}\s*o'?clock|"
    rf"\d{{1,2}}ish|(?:half|half past|quarter (?:to|past)) {HOUR_WORD})(?![:.\d])"
)
_AT = (
    rf"(?:(?:\s+|,\s*)(?:at\s+|around\s+|about\s+|@\s*|~\s*)*{_CLOCK}"
    r"|\s+(?:at|around|about|@)\s*(?:about\s+|around\s+)?(?:1[0-2]|[1-9])(?!\s*/|\d|\s*out|\s*-|\.\d))?"
)
_LEAD = (
    r"(?:(?:since|from|(?<!off and )(?<!off n )on|starting|as of|early|late|mid|about|around|approx|"
    r"desde|ever since|just|"
    r"by)\s+){0,3}(?:the\s+)?"
)
_SESSION_NOUN = (
    r"(?:session|sesh|sesion|appointment|appt|apt|app't|treatment|tx|needling|dry needling|visit|dn|"
    r"therapy|physio|pt|needles|poking|cita)"
)

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("date", (
        rf"{_LEAD}(?:{WEEKDAY},?\s+)?(?:the\s+)?{MONTH}\.?\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|"
        rf"th)?\b(?:,?\s+20\d\d)?{_AT}"
    )),
    ("date", (
        rf"{_LEAD}(?:{WEEKDAY},?\s+)?(?:the\s+)?\d{{1,2}}(?:st|nd|rd|"
        rf"th)?\s+(?:of\s+)?{MONTH}\b(?:,?\s+20\d\d)?{_AT}"
    )),
    ("date", rf"{_LEAD}\d{{4}}-\d{{1,2}}-\d{{1,2}}{_AT}"),
    ("date", rf"{_LEAD}(?<![\d.])\d{{1,2}}(?P<s>[/.-])\d{{1,2}}(?P=s)(?:20)?\d\d(?!\d){_AT}"),
    ("date", rf"{_LEAD}(?<![\d.])(?:0\d|1[3-9]|2\d|3[01])\.(?:0[1-9]|1[0-2])\b(?![.\d]*\d|\s*(?:am|pm)){_AT}"),
    ("date", rf"{_LEAD}(?<![\d.])\d{{1,2}}\.(?:0?[1-9]|1[0-2])\.(?!\d)"),
    ("date", rf"{_LEAD}(?:{'|'.join(ORDINALS)})\s+(?:of\s+)?{MONTH}\b{_AT}"),
    ("slashed", rf"{_LEAD}(?<![\d./])\d{{1,2}}[/-]\d{{1,2}}(?![\d/-]|\s*(?:{_LONG_UNIT}|out)){_AT}"),
    ("monthday", (
        rf"(?<!my )(?<!his )(?<!her )(?<!our )(?<!s ){_LEAD}(?:{WEEKDAY}\.?,?\s+)?(?:the\s+)?(?:[12]?\d|"
        rf"3[01])(?:st|nd|rd|th)\b(?!\s+(?:day|session|sesh|"
        rf"time|visit|treatment|appt|appointment|one|night|week|hour|rib|toe|finger|floor|base|grade|row|half|attempt|try|round|needle|baby|kid|opinion|place|street|ave)){_AT}"
    )),
    ("monthday", (
        rf"(?:since\s+|on\s+|from\s+)*{WEEKDAY}\s+(?:the\s+)?(?:1[1-9]|2\d|3[01])\b(?!\s*[/:]|\s+(?:now|"
        rf"today|out)\b){_AT}"
    )),
    ("monthday", (
        r"(?:since\s+|on\s+|from\s+)+the\s+\d{1,2}\b(?!\s*[/:]|\.\d|\s*(?:scale|point))|\bthe\s+(?:1[1-9]|2\d|3[01])\b(?!\s*(?:/|"
        r"hours|days))"
    )),
    ("day_before", rf"{_LEAD}(?:the )?day (?:before|afore|b4) yest(?:erday)?(?:\s+{_PART})?{_AT}|anteayer"),
    ("waking", (
        r"(?:since|from|when|after|as soon as)\s+i\s+(?:woke|got|stood)(?:\s+up)?\s+(?:this morning|"
        r"yesterday|today)(?:\s+morning)?"
    )),
    ("weekday", (
        rf"{_LEAD}(?:a )?week (?:ago|last|before)\s+(?:on\s+)?{WEEKDAY}\b{_OF_DAY}|"
        rf"{_LEAD}{WEEKDAY}\s+(?:of\s+)?last week|last week,?\s+(?:on\s+)?{WEEKDAY}\b{_OF_DAY}"
    )),
    ("ago", (
        rf"since\s+(?:like\s+|about\s+)?{LENGTH}(?!\s+(?:after|before|ago|later|back))|(?:since\s+|"
        r"about\s+|around\s+|like\s+|maybe\s+|from\s+|roughly\s+|over\s+|just\s+|"
        rf"only\s+)*{LENGTH}\s+(?:ago|back|atras|prior)\b|hace\s+{LENGTH}|fortnight (?:ago|back)|"
        rf"before {LENGTH}(?!\s+(?:was|were|had|of))|{LENGTH} before(?!\s+(?:the|my|i|you|it|that|"
        rf"we)\b)|(?:the )?other (?:day|night)"
    )),
    ("after_session", (
        rf"(?:about |like |maybe )?{LENGTH} (?:after|since) (?:you|u|ye|she|he|they) (?:did|needled|"
        rf"treated|worked|saw|poked|stuck)\b"
        r"(?: (?:me|it|my \w+))?"
    )),
    ("after_session", (
        rf"(?:about\s+|like\s+|maybe\s+|around\s+|roughly\s+|just\s+)*(?:{LENGTH}|the (?:next )?(?:day|"
        r"morning|evening|night)|next (?:day|morning)|right|straight|soon|shortly|immediately|directly|"
        r"just|not long|ever since|since|(?:the )?same (?:day|evening|night|afternoon)|right "
        r"from)\s+(?:after|since|following|post|later than|right after|before)\s+(?:(?:my|the|our|your|"
        rf"that|last|this|first|second|dry|i (?:had|did)|having)\s+)*(?:{_SESSION_NOUN})(?:\s+session|"
        r"\s+appointment)?\b(?!\s+(?:number|no\.?|#)\s*\d)"
    )),
    ("after_session", (
        r"(?:the )?(?:very )?(?:same )?(?:night|day|morning|evening|afternoon) of (?:(?:my|the|our|your|"
        rf"that|last) )*{_SESSION_NOUN}"
    )),
    ("weekday", (
        rf"{_LEAD}(?:after\s+(?=\w+'?s\s+{_SESSION_NOUN}))?(?:a week ago\s+)?(?:last\s+|this\s+|this past\s+|past\s+)?"
        rf"{WEEKDAY}(?:'s|s(?=\s+{_SESSION_NOUN}))?\b\.?(?: before "
        r"last|\s+gone|\s+past|\s+last(?! (?:night|year|month))|"
        rf"\s+just gone|\s+last week|\s+week)?{_OF_DAY}{_AT}|(?:el "
        r")?(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)\b(?: pasado)?(?: por la (?:manana|"
        r"tarde|noche))?"
    )),
    ("relative", (
        rf"{_LEAD}(?:yesterday|yesturday|yesteday|yday|yest|yesterdy|ystrday|y'day|"
        rf"ayer){_OF_DAY}{_AT}|anoche|{_LEAD}{_PART} (?:yesterday|yday|yest)"
    )),
    ("relative", rf"{_LEAD}(?:last|late last|early last)\s+(?:night|nite|evening|afternoon|morning)\b{_AT}"),
    ("relative", (
        rf"{_LEAD}(?:first thing\s+)?(?:this\s+(?:morning|mornin|am|afternoon|arvo|evening|avo)|"
        rf"esta (?:manana|tarde|noche)|"
        rf"2day|2nite)\b{_AT}"
    )),
    ("relative", rf"{_LEAD}(?:earlier\s+)?(?:today|tonight|hoy){_OF_DAY}{_AT}"),
    ("relative", (
        rf"{_LEAD}(?:last (?:week(?:end)?|wk)|(?:the|this|over the) weekend|last month|earlier this week|"
        r"the week before last)\b"
    )),
    ("sequence", (
        r"(?:about\s+|like\s+|maybe\s+|around\s+|roughly\s+|only\s+|"
        rf"started\s+)*(?:{LENGTH})\s+(?:after(?:wards?)?|later|l8r)\b(?! (?:my|the) \w+ing\b)|"
        r"(?:since\s+|from\s+|(?<!came )on\s+)?(?:the\s+)?(?:next|following|same)\s+(?:day|morning|"
        r"evening|night|afternoon)\b|(?:since\s+|from\s+)?(?:the\s+)?(?:day|morning|night|"
        r"evening)\s+(?:after|following)\b|(?:(?:on|by|since|from|until|till|til)\s+|^)(?:the\s+)?(?:first|second|third|fourth|1st|2nd|"
        r"3rd|4th)\s+day\b(?:\s+after)?|(?:in|during|through|in the middle of)\s+the\s+night\b|"
        r"that\s+(?:night|nite|evening|afternoon|same (?:night|day|evening))\b|"
        r"overnight\b|later that (?:day|night|evening)|(?:since|from|on)\s+day\s+(?:\d|one|two|three|"
        r"four)|(?<!good )(?<!bad )(?<!first )(?<!last )(?<!each )(?<!every )(?<!\dst )(?<!\dnd "
        rf")(?<!\drd )(?<!\dth )day (?:\d|one|two|three|four|five)\b(?: (?:after|post)(?: (?:my|the|"
        rf"your|our))?(?: {_SESSION_NOUN})?)?|within {LENGTH}|"
        rf"{LENGTH} on(?=\s*(?:$|[,.;]|and\b(?! off)|it\b|its\b|i\b))|"
        rf"(?<!back )(?<!gone )(?<!away )(?<!passed )(?<!off )(?:after|"
        rf"in)\s+(?:about\s+)?{LENGTH}(?! (?:it|i))|al dia siguiente"
    )),
    ("clock", (
        rf"(?:(?:since|from|at|around|about|from about|since about|by)\s+)+{_CLOCK}(?:\s+(?:this|in the|"
        rf"yesterday|last)\s*(?:{_PART})?)?|(?:{_CLOCK}|(?:at|about|around|like|"
        rf"round)\s+{HOUR_WORD})\s+(?:this|in the)\s+{_PART}|"
        rf"(?:at|around|about|by|before|after) (?:tea ?time|bed ?time|lunch ?time|breakfast|dinner ?time|supper)|"
        rf"\b\d{{1,2}}(?::\d\d)?\s?[ap]m\b"
    )),
    ("waking", (
        r"(?:since|from|when|after)\s+(?:i\s+)?(?:woke|woken|wake|got|waking|getting)\s*up(?:\s+(?:this|"
        r"in the|yesterday|today|on \w+)\s*(?:morning)?)?|on waking|first thing(?: this morning)?|"
        r"(?:when|after|since|once|as soon as|before|by the time|from when) "
        r"(?:i|i'd|i had)(?: even| barely)? (?:got|left|stood|woke|sat)(?: (?:home|in|back|up|down|"
        r"there|off the table|your place|"
        r"the (?:clinic|car|place|table)))?(?! (?:with|the|my|a|out of)\b)|since leaving|(?:by|before|"
        r"at) (?:bed ?time|bed)"
    )),
    ("journey", r"(?:on|in) the (?:drive|way|walk|bus|train|car|cab|taxi)(?: (?:home|back|ride))\b"),
    ("session_event", (
        r"(?:ever since|since|right after|straight after|after|following|from|post|immediately "
        rf"after)\s+(?:(?:my|the|our|your|that|last|our last|this)\s+)*(?:{_SESSION_NOUN})(?:\s+session|"
        r"\s+appointment)?\b(?! (?:was|on|is|of))|since (?:you|u|he|she|they) (?:did|needled|treated|"
        r"worked|saw|poked|jabbed|stuck)\b(?: (?:me|it|my \w+|on \w+))?|(?:straight|right|immediately|"
        r"soon) (?:after(?!\s+(?:my|the|our|a|work|lunch|\w+ing)\b)|away|afterwards?)\b|"
        r"straight (?:away|off)|since then|ever since|"
        r"at the time|during(?: (?:the session|it|treatment|the treatment))?(?=\s*(?:$|[,.;]|and\b|"
        r"but\b))|instantly|immediately|"
        r"while (?:you|u|ye|she|he|they) (?:were|was) (?:doing|at|needling|working)(?: (?:it|me|on it))?"
    )),
    ("now", r"just now|right now|now|currently|at the moment|atm|rn"),
)  # fmt: skip


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(rf"(?<![\w/])(?:{pattern})(?![a-z])")) for kind, pattern in _PATTERNS)


# "fri" in "french fri", "sat" the verb, "may" and "mar" the words, "sun" in the sky.
_NO_DAY = re.compile(r"\b(?:i|we|have|had|been|just|and|when i|if i|while i)\s+$")


def find_time_phrases(folded: str) -> list[TimePhrase]:
    """Find the time phrases of a folded message, in order, none inside another."""
    found: list[TimePhrase] = []
    for kind, pattern in _compiled():
        for hit in pattern.finditer(folded):
            start, end = hit.span()
            words = hit[0].rstrip(" .,")
            end = start + len(words)
            if not words or any(one.start < end and start < one.end for one in found):
                continue
            if words in {"sat", "sun", "wed", "mar", "may"} and _NO_DAY.search(folded[:start]):
                continue
            if words == "sat" and re.match(
                r"\s+(?:down|still|at|in|on|here|for|too|up|through)\b", folded[end:]
            ):
                continue
            if words in {"sun", "the sun", "in the sun"} and folded[max(0, start - 4) : start].strip() in {
                "the",
                "in",
            }:
                continue
            if kind == "sequence" and re.search(r"\bfor (?:about |like )?$", folded[:start]):
                continue  # "sore for 2 days after": a length
            if kind == "slashed" and _is_fraction(words, folded, end):
                continue
            found.append(TimePhrase(words, kind, start, end))
    return sorted(found, key=lambda one: one.start)


def _is_fraction(words: str, folded: str, end: int) -> bool:
    """ "6/10" is a score and "4/5" may be one; a date names a day past 12 or stands after "on", "since",
    "the"."""
    first, second = (int(n) for n in re.findall(r"\d+", words)[:2])
    lead = re.match(r"(?:since|on|from)\b", words)
    possible = (1 <= first <= 12 and 1 <= second <= 31) or (1 <= second <= 12 and 1 <= first <= 31)
    if not possible or (second == 10 and not lead):
        return True
    return not lead and max(first, second) <= 10
