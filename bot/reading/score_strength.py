"""Which numbers of a message may be the score, by their wording and by the question that was asked."""

from __future__ import annotations

import re

from bot.reading.numerals import Numeral
from bot.reading.question import Question
from bot.reading.score_series import latest_of_series
from bot.reading.score_value import HIGHEST

_NAMED = re.compile(
    r"\b(?:scor\w*|duele|level|levels|rat(?:e|ed|ing)|pain(?: is| was)?|soreness(?: is| was)?|sore|ache|"
    r"it a|that a|number|puntuacion|dolor|n?p?rs|scale|grade it|hurt(?:s|ing)?)\s*"
    r"(?:level|score|scale)?\s*(?:is|was|of|at|:|=|-|as|about|around|like|maybe|it|an?|todays?|today|now|"
    r"currently|like|to be|to|at|just)*\s*(?:an?\s+|at\s+)?$"
)


LEAD = re.compile(
    r"(?:^|[\n,.;:!?()=*\"'-]|\b(?:an?|about|bout|abt|like|maybe|mebbe|mayb|around|roughly|probably|prob|probs|"
    r"prolly|say|its|it's|is|was|at|still|only|just|now|approx|approximately|"
    r"solid|feels?|feeling|i'?m|im|been|felt|call it|give it|go with|going with|id|i'd|put it|more like|"
    r"says?|said|gives?|giving|answers?|answered|settled on|"
    r"closer to|almost|nearly|near|"
    r"todays?|today's|hovering|sitting|strong|good|easy|easily|low|high|honestly|tbh|definitely|def|ok|"
    r"okay|hi|hello|hey|yes|yeah|yep|yea|ya|um|umm|hmm|well|so|oh|lol|no|nope|sorry|actually|wait|mean|"
    r"meant|then|and|but|or|think|guess|suppose|reckon|would|be|are|were|r|s|to|yesterday|tonight|"
    r"currently|atm|both|left|right|side|izquierd[ao]|derech[ao]|izq|der|mas o menos|como|un|es|estoy|"
    r"quite|perhaps|possibly|exactly|"
    r"morning|evening|night|day|down|up|answer|whole|full|big|fat|bad|worst|best|max|min|average|peak|"
    r"dropped|gone|from|~|please|thanks|pls|normally|usually|mostly|sometimes|otherwise|"
    r"rest|walking|sitting|moving|standing|resting|for the))\s*$"
)


FOLLOW = re.compile(
    r"^\s*(?:$|[\n,.;:!?)\"'*-]|[^\w\s]|(?:now|today|tonight|when|if|while|whilst|at|but|or so|or "
    r"thereabouts|yesterday|in|on|for|and|with|maybe|i think|i guess|i'?d say|tbh|probably|prob|"
    r"lol|haha|still|this|since|out|ish|right|left|atm|currently|because|bc|cuz|cos|though|tho|then|"
    r"honestly|thanks|thx|ty|please|pls|max|tops|easily|easy|again|most|all|"
    r"was|is|from|just|overall|not|before|after|sometimes|pain|sore|soreness|ahora|hoy|a bit|sitting|"
    r"walking|moving|resting|standing|normally|usually|mostly|to|same|no|last|around|"
    r"first|so|as|except|only|i'?m|its|it's|down|up|ouch|otherwise|really|actually|ngl|fr|imo|idk|smh|omg|"
    r"lmao|rn|sorry|mon|tue|wed|thu|fri|sat|"
    r"sun|pero|y|where|always|total|"
    r"overnight|ever|constantly|non|depending|here|there|everywhere|flat|solid|until|till|til|the|my|"
    r"yes|ok|okay|lah|lor|sia|mate|love|duck|hen|pal|bruv|i|we|or|feels|for me|"
    r"thank|thankfully|hurts?|duele|"
    r"xx?|yesterday's|tmr)\b)"
)


_STATED = re.compile(
    r"\b(?:it'?s|its|is|was|it is|it was|now|say|im at|i'm at|feels like)\s+(?:about |like |maybe |still "
    r"|at |now |only |just |around )*an?\s+$"
    r"|\b(?:(?:got|get|gets|went|goes|gone|come|came|crept|jumped|shot|rose|settled|eased|calmed|fell|"
    r"dropped) (?:back )?(?:up |down )?to|hit|reached|down to|up to)\s+"
    r"(?:about |like |maybe |around |just )*an?\s+$"
    r"|\bbeen\s+(?:at\s+|about\s+|around\s+|like\s+)*(?:an?\s+)?$"
    r"|\b(?:a|an|it'?s|at)\s+(?:steady|constant|solid|dull|firm|good|strong|mere|measly|grand total of|"
    r"cheeky|wee|stubborn)\s+$"
    r"|\b(?:so |now )?back\s+(?:up |down )?(?:at|to)\s+(?:an?\s+|about\s+)*$"
    r"|\b(?:more like|closer to|peaked at|topped out at|maxed out at|settled at|settled on|hovering (?:at|"
    r"around)|"
    r"sitting at|rate it|give it|call it|call that)\s+(?:about |like |maybe |around )*(?:an?\s+|the\s+)?$"
    r"|\b(?:now|and|but|today|so)\s+(?:it'?s|its|i'?m at|im at)\s+(?:now |about |only |at |still |like )*$"
    r"|\b(?:am|i'm|im|it'?s|its|still|now|is) on\s+(?:an?\s+|the\s+|about\s+)*$"
    r"|\bstill\s+(?:only |just |at |about |around |like )*(?:an?\s+)?$"
)


def usable(
    folded: str, numerals: list[Numeral], question: Question, places: list[tuple[int, int]]
) -> list[Numeral]:
    """Keep the numbers whose wording lets them be a score for the question that was asked."""
    asked_else = question is Question.SESSION or _OTHER_BUSINESS.search(folded)
    if not asked_else and latest_of_series(folded, numerals) is not None:
        return numerals
    needed = _needed(folded, question, bool(places))
    asking = _end_of_a_question_about_the_scale(folded)
    numerals = [
        one for one in numerals if one.start >= asking or _strength(folded, one, numerals, places) == 4
    ]
    strengths = [_strength(folded, one, numerals, places) for one in numerals]
    if not any(strength >= needed for strength in strengths):
        return []
    # Once one number is a score, another free-standing one may contradict it and has to be heard.
    return [one for one, strength in zip(numerals, strengths, strict=True) if strength >= min(needed, 2)]


# A message that asks something, or speaks of a booking, gives no score unasked.
_OTHER_BUSINESS = re.compile(
    r"(?<!\d)\?\s*$|\bwhat about\b|\b(?:book\w*|reschedul\w*|cancel\w*|open|clos\w+|price|cost\w*|"
    r"insurance|parking|can i|"
    r"could i|should i|is it ok|do you|are you|how (?:many|much|long)|"
    r"next (?:appt|appointment|session|visit))\b"
)


_ABOUT_SORENESS = re.compile(
    r"\b(?:sore\w*|pain\w*|hurt\w*|ach[ey]\w*|aching|tender|level|scale|stiff\w*|tight|duele|dolor|"
    r"bruis\w*|swell\w*|numb\w*|agony|throb\w*|better|worse|bad|now|today|was|yesterday|at rest|walking|"
    r"sitting|moving|stairs|(?:when|if|while) (?:i|it))\b|/\s*10|out of"
)


# "what does 10 mean", "is 5 normal?"
_ABOUT_THE_SCALE = re.compile(
    r"^\W*(?:(?:ok|so|but|and|hi|hey|wait|um|hmm)\W+)*(?:what|is|does|do|why|how|which|whats|what's|can "
    r"you|could you)\b.*(?:\?|\bmean|\bcount\w*|\bnormal|\bbad|\bworst|\bhigh\b|\bgood)"
)


def _end_of_a_question_about_the_scale(folded: str) -> int:
    """Where a number may be a score again: 0 when the message does not open with such a question."""
    if not _ABOUT_THE_SCALE.search(folded):
        return 0
    mark = folded.find("?")
    return mark if mark >= 0 else len(folded)


def _needed(folded: str, question: Question, placed: bool) -> int:
    if question in {Question.SCORE, Question.CONFIRM, Question.ANY_SORENESS}:
        if _OTHER_BUSINESS.search(folded):
            return 2
        return 1 if len(folded.split()) <= 6 and not re.search(r"\?\s*\w", folded) else 2
    if question is Question.NONE:
        if _OTHER_BUSINESS.search(folded) and not re.search(r"\bsore|\bpain|\bhurt", folded):
            return 3 if placed else 4  # "6 in my neck, is that normal?"
        short = len(folded.split()) <= 8 and not re.search(
            r"\b(?:session|appointment|appt|visit)s?\b", folded
        )
        return 2 if placed or short or _ABOUT_SORENESS.search(folded) else 3
    return 3


def _strength(folded: str, one: Numeral, numerals: list[Numeral], places: list[tuple[int, int]]) -> int:
    """4 "6/10",
    "soreness is a 6"; 3 beside a body part or "it's a 6 now"; 2 a free-standing number; 1 any other."""
    before, after = folded[: one.start], folded[one.end :]
    moved = one.moves and re.search(r"\bfrom\s+(?:an?\s+|about\s+|like\s+)*$", before)
    if one.scale == HIGHEST or moved or _NAMED.search(before):
        return 4
    if one.high <= HIGHEST and any(_beside(folded, one, *place) for place in places):
        return 3
    if _STATED.search(before) or re.match(r"\s+(?:now|right now|today)\b", after):
        return 3
    if one.low != one.high or (len(numerals) > 1 and len(folded.split()) <= 12):
        return 2
    return 2 if LEAD.search(before) and FOLLOW.search(after) else 1


def _beside(folded: str, one: Numeral, start: int, end: int) -> bool:
    """Tell whether a number stands beside a body part: "neck 4", "4 in my neck"."""
    between = folded[end : one.start] if end <= one.start else folded[one.end : start]
    return bool(
        re.fullmatch(
            (
                r"[\s,:=-]*(?:(?:in|on|for|at|is|are|an?|about|like|my|the|both|and|now|was|left|right|l|"
                r"r|lt|rt|la|el|izquierd[ao]|derech[ao]|izq|der|lado|"
                r"en|mi|un|de)[\s,:=-]*){0,3}"
            ),
            between,
        )
    )
