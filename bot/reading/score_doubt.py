"""Doubts about a number that reads as the score: a number that another thing leads to ("gear 5"), that is somebody
else's, unreal, or over. A score in doubt is asked again, never stored.

The list of what people number has no end, so it is the words leading to a score that are known here, and any other
English word before a number raises the doubt. Slang and other languages are no English words and pass.
"""

from __future__ import annotations

import re
from functools import cache

from bot.reading.body_parts import single_words
from bot.reading.other_numbers import MONTH, WEEKDAY, other_numbers
from bot.reading.score_denied import SAID_BY_ANOTHER
from bot.reading.score_strength import FOLLOW, LEAD
from bot.reading.score_times import SITUATION
from bot.reading.time_phrases import find_time_phrases
from bot.safety.spelling import real_words

_CLAUSE = re.compile(
    r"[.;!?\n,:()]|\s-+\s|\b(?:but|and|so|because|cos|then|when|if|while|after|before|since|which|that|with|as|than)\b"
)
_SENTENCE = re.compile(r"[.;!?\n](?!\d)|\bbut\b")
_WORD = re.compile(r"[a-z]{3,}")
_SORENESS = re.compile(
    r"(?:sore|pain|hurt|ach[ey]|aching|tender|stiff|tight|bruis|swell|numb|agony|throb|ouch|twinge|niggl|discomfort)\w*"
)
# Words on the way to the number of soreness, beside those that stand right before or after one (score_strength),
# small words, times and situations.
_LEADS = re.compile(
    r"(?:scor|rat[ei]|mark|grad|level|scale|number|point|answer|verdict|feel|felt|tell|told|call|giv|gave|reckon|"
    r"guess|suppos|start|beg[aiu]n|went|gone|going|got|get|com|came|stay|sit|hover|hit|reach|drop|jump|climb|crept|"
    r"creep|rose|fell|fall|eas|settl|land|hold|deserv|clos|prob|stead|barel|honest|truth|actual|definite|better|"
    r"area|spot|muscle|one|time|sticking|anymore)\w*"
    rf"|{WEEKDAY}|{MONTH}|(?:day|hour|minute|week)s?"
)


def in_doubt(folded: str, start: int, end: int, places: list[tuple[int, int]], *, asked: bool) -> bool:
    """Tell whether the number at `folded[start:end]` may not be the patient's own soreness now.

    `places` are the stretches of the body parts in the message.
    """
    before, after = _SENTENCE.split(folded[:start])[-1], _SENTENCE.split(folded[end:])[0]
    return (
        bool(SAID_BY_ANOTHER.search(before) or _ANOTHERS.search(before))
        or bool(_WOULD_BE.search(before) and _CONDITION.search(before + after))
        or bool(_WANTED.search(before) or _OVER_BEFORE.search(before) or _OVER_AFTER.match(after))
        or bool(_WAS.search(before) and (_UNTIL.match(after) or _RECKONED.search(folded[:start])))
        or (not asked and _counts_another_thing(folded, start, places))
    )


# "husband's back is a 7": whose it is.
_ANOTHERS = re.compile(
    r"\b(?:husband|wife|missus|sister|brother|mum|mom|mam|dad|son|daughter|friend|mate|boss|neighbou?r|dog|cat|kid|"
    r"child|gran|grandad|nan|auntie?|uncle|cousin|partner|boyfriend|girlfriend|him|her|his|their)(?:'s|s)?\b"
    r"[^,\d]{0,25}\b(?:is|was|had|has|got|gets|'s)\b[^,\d]{0,12}$"
)
# "would be a 9 if I let it", "could have been a 7": not so. "A 6 if I had to guess" is so.
_WOULD_BE = re.compile(r"(?:\b(?:would|could|might|should)|'d)\s+(?:(?:have|of|'ve)\s+been|be)\b[^,]{0,15}$")
_CONDITION = re.compile(
    r"\bif\b(?! (?:i had to|i have to|i'?m honest|you ask|pushed|pressed|anything))|\b(?:had|were) (?:i|you|it)\b"
    r"|\bwithout\b|\botherwise\b|\b(?:have|of) been\b|'ve been\b|\bfor (?:a|an)\b"
)
_WANTED = re.compile(r"\b(?:wish\w*|could do with|(?:will|'ll) give (?:you|u|ye))\b[^,]{0,15}$")
# What is over: "last year's was a 9", "it was an 8 till the tea", "a 6 was my guess", "double what it was: it was a 3".
_OVER_BEFORE = re.compile(r"\blast (?:year|month|summer|winter|time)(?:'s)?\b[^,]*$")
_OVER_AFTER = re.compile(r"\s+(?:was|were)\s+(?:my|the|his|her|their|your)\b")
_WAS = re.compile(r"\b(?:was|were|had|been|hit|reached|peaked|spiked)\b[^,]{0,15}$")
_UNTIL = re.compile(
    r"\s*(?:(?:un)?till?|before)\b|\s+(?:in the night|overnight|last night)\b|\s+at (?:its|it'?s|the) (?:worst|peak)\b[^,]*\b(?:last|yesterday|on)\b"
)
_RECKONED = re.compile(r"\b(?:half|twice|double|triple|treble|thrice)\s+(?:of\s+)?(?:what|as|the|that)\b")


def _counts_another_thing(folded: str, start: int, places: list[tuple[int, int]]) -> bool:
    """An unfamiliar word leads to the number in its clause, after the last body part, time and soreness word."""
    clause = max([found.end() for found in _CLAUSE.finditer(folded, 0, start)], default=0)
    understood = places + other_numbers(folded) + [(one.start, one.end) for one in find_time_phrases(folded)]
    clause = max([clause, *(stop for _, stop in understood if stop <= start)])
    words = _WORD.findall(folded[clause:start])
    since = max((n + 1 for n, word in enumerate(words) if _SORENESS.fullmatch(word)), default=0)
    return any(word in real_words() and not _leads(word) for word in words[since:])


def _leads(word: str) -> bool:
    return bool(
        word in _small_words()
        or word in single_words()
        or word.removesuffix("s") in single_words()
        or _LEADS.fullmatch(word)
        or LEAD.search(word)
        or FOLLOW.match(word)
        or SITUATION.fullmatch(word)
    )


@cache
def _small_words() -> frozenset[str]:
    from spacy.lang.en.stop_words import STOP_WORDS

    return frozenset(STOP_WORDS)
