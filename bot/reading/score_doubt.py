"""Doubts about a number that reads as the score: it counts another thing, is somebody else's, unreal, or over.

A score in doubt is asked again, never stored.
"""

from __future__ import annotations

import re

from bot.reading.other_numbers import other_numbers
from bot.reading.score_denied import PERSON, SAID_BY_ANOTHER
from bot.reading.time_phrases import find_time_phrases
from bot.reading.unfamiliar import unfamiliar_words

_SENTENCE = re.compile(r"[.;!?\n](?!\d)|\bbut\b")
_CLAUSE = re.compile(
    r"[.;!?\n,:()]|\s-+\s|\b(?:but|and|so|because|cos|then|when|if|while|after|before|since|which|that|with|as|than)\b"
    r"|\b(?=(?:it'?s|it is|i'?m|i'?d)\b)"
)


def in_doubt(
    folded: str, start: int, end: int, places: list[tuple[int, int]], *, asked: bool, later: bool
) -> bool:
    """Tell whether the number at `folded[start:end]` may not be the patient's own soreness now.

    `places` are the stretches of the body parts in the message; `asked` tells whether a score was asked for, which
    leaves no doubt about what is counted; `later` whether another number of no known meaning comes after it.
    """
    before, after = _SENTENCE.split(folded[:start])[-1], _SENTENCE.split(folded[end:])[0]
    anothers = SAID_BY_ANOTHER.search(before) or _ANOTHERS.search(before)
    unreal = (
        _SUM.search(before)
        or _WANTED.search(before)
        or (_WOULD_BE.search(before) and _CONDITION.search(before + after))
    )
    over = (
        _OVER_BEFORE.search(before)
        or _OVER_AFTER.match(after)
        or (_WAS.search(before) and (later or _UNTIL.match(after) or _RECKONED.search(folded[:start])))
    )
    return bool(anothers or unreal or over) or (
        not asked and _counts_another_thing(folded, start, after, places)
    )


# "husband's back is a 7": whose it is; in "aye mate it's a 6" it is the patient's.
_ANOTHERS = re.compile(
    rf"\b(?:{PERSON}|dog|cat|him|her|his|their)(?:'s|s)?\b(?! (?:its?|i|im|my)\b)"
    r"[^,\d]{0,25}\b(?:is|was|had|has|got|gets|'s)\b[^,\d]{0,12}$"
)
# "would be a 9 if I let it", "could have been a 7": not so. "A 6 if I had to guess" is so.
_WOULD_BE = re.compile(r"(?:\b(?:would|could|might|should)|'d)\s+(?:(?:have|of|'ve)\s+been|be)\b[^,]{0,15}$")
_CONDITION = re.compile(
    r"\bif\b(?! (?:i had to|i have to|i'?m honest|you ask|pushed|pressed|anything))|\b(?:had|were) (?:i|you|it)\b"
    r"|\bwithout\b|\botherwise\b|\b(?:have|of) been\b|'ve been\b|\bfor (?:a|an)\b"
)
_SUM = re.compile(r"\b(?:plus|minus|take away|times)\s+(?:an?\s+|about\s+)?$")
_WANTED = re.compile(r"\b(?:wish\w*|could do with|(?:will|'ll) give (?:you|u|ye))\b[^,]{0,15}$")
# What is over: "last year's was a 9", "it was an 8 till the tea", "a 6 was my guess", "double what it was: it was a 3".
_OVER_BEFORE = re.compile(
    r"\blast (?:year|month|summer|winter|time)(?:'s)?\b[^,]*$|\bago\b[^,]*\b(?:was|were|had)\b[^,]*$"
)
_OVER_AFTER = re.compile(r"\s+(?:was|were)\s+(?:my|the|his|her|their|your)\b")
_WAS = re.compile(r"\b(?:was|were|had|been|hit|reached|peaked|spiked)\b[^,]{0,15}$")
_UNTIL = re.compile(
    r"\s*(?:(?:un)?till?|before)\b|\s+when (?:you|ye|he|she|they|the needles?)\b"
    r"|\s+(?:in the night|overnight|last night)\b"
    r"|\s+at (?:its|it'?s|the) (?:worst|peak)\b[^,]*\b(?:last|yesterday|on)\b"
)
_RECKONED = re.compile(r"\b(?:half|twice|double|triple|treble|thrice)\s+(?:of\s+)?(?:what|as|the|that)\b")

_ESTIMATED = re.compile(r"\b(?:like|about|bout|maybe|mebbe|around|roughly) an?\s+(?:\w+\s+)?$|\ba wee\s+$")
# "an 8 for effort", "a 7 in the quiz"
_GOES_TO = re.compile(r"\s+(?:for|in) (?:(?:the|my|a) )?(?P<thing>[a-z]{3,})")


def _counts_another_thing(folded: str, start: int, after: str, places: list[tuple[int, int]]) -> bool:
    """An unfamiliar word leads to the number in its clause, after the last body part or time, or follows it."""
    goes_to = _GOES_TO.match(after)
    if goes_to and unfamiliar_words(goes_to["thing"]):
        return True
    if _ESTIMATED.search(folded[:start]):
        return False
    clause = max([found.end() for found in _CLAUSE.finditer(folded, 0, start)], default=0)
    understood = places + other_numbers(folded) + [(one.start, one.end) for one in find_time_phrases(folded)]
    unread = max([clause, *(stop for _, stop in understood if stop <= start)])
    return bool(unfamiliar_words(folded[unread:start]))
