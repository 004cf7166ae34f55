"""Words that a report of soreness does not need: "the *machine* is on 6", "*mowed* the *lawn* yesterday".

What people count and do has no end, so it is the words of a report that are known here. An English word beside them
speaks of something else; slang and other languages are no English words and pass.
"""

from __future__ import annotations

import re
from functools import cache

from bot.reading.body_parts import single_words
from bot.reading.other_numbers import MONTH, WEEKDAY
from bot.reading.score_strength import FOLLOW, LEAD
from bot.reading.score_times import SITUATION
from bot.safety.spelling import real_words

_WORD = re.compile(r"[a-z]{3,}")
_SORENESS = re.compile(
    r"(?:sore|pain|hurt|ach[ey]|aching|tender|stiff|tight|bruis|swell|numb|agony|throb|ouch|twinge|niggl|discomfort)\w*"
)
# Words on the way to the number of soreness, beside those that stand right before or after one (score_strength),
# small words, times and situations.
_LEADS = re.compile(
    r"(?:scor|rat[ei]|mark|grad|level|scale|number|point|answer|verdict|feel|felt|tell|told|call|giv|gave|reckon|"
    r"guess|suppos|start|beg[aiu]n|went|gone|going|got|get|com|came|stay|sit|hover|hit|reach|drop|jump|climb|crept|"
    r"creep|rose|fell|fall|eas|settl|land|hold|deserv|clos|prob|stead|barel|reduc|decreas|increas|improv|dip|ris|mov|"
    r"progress|turn|chang|shot|calm|cool|fad|spik|subsid|worsen|escalat|linger|honest|truth|actual|definite|better|side|"
    r"area|spot|muscle|one|time|sticking|anymore)\w*"
    rf"|{WEEKDAY}|{MONTH}|(?:day|hour|minute|week)s?"
)


def unfamiliar_words(folded: str) -> list[str]:
    """Return the English words of a stretch that no report of soreness needs, after its last soreness word."""
    words = _WORD.findall(folded)
    since = max((n + 1 for n, word in enumerate(words) if _SORENESS.fullmatch(word)), default=0)
    return [word for word in words[since:] if word in real_words() and not _familiar(word)]


def _familiar(word: str) -> bool:
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
