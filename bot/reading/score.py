"""The soreness score, 0-10 (docs/clinical-facts.md 13.11): which number of a message it is, or that it must be asked again.

A wrong number stored in silence is worse than a question too many, so whatever is not clear gives no score and a reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.reading.numerals import Numeral, find_numerals
from bot.reading.question import Question
from bot.reading.zero import Zero, find_zero

LOWEST, HIGHEST = 0.0, 10.0


class Ask(StrEnum):
    """Why a message gave no score although it may have meant one."""

    OUT_OF_RANGE = "out_of_range"
    OTHER_SCALE = "other_scale"
    SEVERAL = "several"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Score:
    """What a message says about the score now. `value` is the higher end of `low`-`high`; `previous` an earlier one."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    previous: float | None = None
    ask: Ask | None = None
    start: int = 0
    end: int = 0
    previous_start: int = 0
    previous_end: int = 0
    numerals: tuple[Numeral, ...] = ()


_CHANGE = re.compile(
    r"\b(?:down|up|gone|went|going|goes|dropp\w+|jump\w+|fell|fallen|came|improv\w+|dipp\w+|ris\w+|rose|climb\w+|reduc\w+|decreas\w+|increas\w+|moved|eased|progress\w+|turned|changed|shot|crept)\b"
    r"(?:\s+\w+){0,4}?\s+(?:from\s+)?(?:an?\s+|about\s+|like\s+|maybe\s+|a solid\s+|around\s+)*$"
)
_PAST = re.compile(
    r"\b(?:(?<!since )(?<!since the )(?<!from )(?:yesterday|yday|yest|last night|the other day|this morning|earlier(?: today)?|"
    r"(?:on\s+)?(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?)|"
    r"(?:\w+\s+)?(?:days?|hours?|hrs|nights?|weeks?)\s+(?:ago|before)|day before|was|were|had been|used to be|at first|first|initially|originally|"
    r"start(?:ed)?(?: out| off)? (?:at|as|with)|to start|to begin with|began|before|previously|peak(?:ed)?(?: at)?|last time|last week|"
    r"right after|straight after|after the (?:session|treatment)|first day|day (?:1|one)|then|earlier on|woke up (?:at|with|as)|in the morning|"
    r"night before|ayer|antes|era)\b"
)
_PRESENT = re.compile(
    r"\b(?:now|today|tonight|currently|atm|at the moment|right now|at present|rn|these days|so far today|as of now|presently|still|"
    r"ahora|hoy|this evening|this afternoon)\b"
)
_SITUATION = re.compile(
    r"\b(?:when(?:ever)?|if|while|whilst|at rest|rest(?:ing)?|sit(?:ting)?|sat|still|mov(?:e|es|ing)|walk(?:ing)?|bend(?:ing)?|lift(?:ing)?|"
    r"stand(?:ing)?|lying|stretch(?:ing)?|press(?:ing|ed)?|touch(?:ed|ing)?|stairs|exercis\w+|at (?:its |it's |the )?(?:worst|best|max)|worst|best|"
    r"normally|usually|mostly|otherwise|sometimes|occasionally|up to|spik\w+|depend\w+|on average|average|at times|at night|"
    r"in the (?:morning|evening)s?|mornings?|evenings?|nights?|running|driving|turning|sleeping|squat\w*|with (?:movement|activity|pressure)|"
    r"without|peaks|flare\w*|max|min|sneez\w+|cough\w*|worse|better|all day|at work|in bed|on stairs|first thing|between)\b"
)
_CORRECTION = re.compile(
    r"(?:\b(?:sorry|soz|sry|oops|whoops|woops|i mean|i meant|meant|mean|actually|correction|wait|hang on|hold on|scratch that|make (?:that|it)|"
    r"change (?:that|it|my answer)|should (?:be|have been|of been)|shld be|no it'?s|nvm|my bad|my mistake|typo|wrong|edit|rather|perdon|digo)\b|^\s*\*|\*\s*$)"
)
_NOT = re.compile(
    r"(?:\bnot|n't|\bnt|\brather than|\binstead of|\bthan|\bwasnt|\bisnt|\baint|\bnever|\bno longer)\s+(?:an?\s+|at\s+|quite\s+|really\s+|even\s+|like\s+|about\s+|the\s+|to\s+|be\s+|it'?s\s+|as (?:bad|high|much) as\s+|as\s+){0,3}$"
)
_LIMIT = re.compile(
    r"(?:\b(?:less|lower|more|higher|greater|under|below|over|above|better|worse|fewer|north|south)\s*(?:than|of)?|[<>])\s*(?:an?\s+)?$"
)
_AT_MOST = re.compile(
    r"\b(?:no|not|never|nothing)\s+(?:more|higher|worse|above|over|greater)\s*(?:than)?\s+(?:an?\s+)?$"
)
_NAMED = re.compile(
    r"\b(?:scor\w*|level|levels|rat(?:e|ed|ing)|pain(?: is| was)?|soreness(?: is| was)?|sore|ache|it a|that a|number|puntuacion|dolor|nrs|scale|grade it|hurt(?:s|ing)?)\s*"
    r"(?:level|score|scale)?\s*(?:is|was|of|at|:|=|-|as|about|around|like|maybe|it|an?|todays?|today|now|currently|like|to be|to|at|just)*\s*(?:an?\s+|at\s+)?$"
)
_LEAD = re.compile(
    r"(?:^|[\n,.;:!?()=*\"'-]|\b(?:an?|about|bout|abt|like|maybe|mayb|around|roughly|probably|prob|probs|prolly|say|its|it's|is|was|at|still|only|just|now|approx|approximately|"
    r"solid|feels?|feeling|i'?m|im|been|felt|call it|give it|go with|going with|id|i'd|put it|more like|closer to|almost|nearly|near|"
    r"todays?|today's|hovering|sitting|strong|good|easy|easily|low|high|honestly|tbh|definitely|def|ok|okay|hi|hello|hey|yes|yeah|yep|yea|ya|um|umm|hmm|well|so|oh|lol|no|nope|sorry|actually|wait|mean|"
    r"meant|then|and|but|or|think|guess|suppose|reckon|would|be|are|were|r|s|to|yesterday|tonight|currently|atm|both|left|right|side|mas o menos|como|un|es|estoy|quite|perhaps|possibly|exactly|"
    r"morning|evening|night|day|down|up|answer|whole|full|big|fat|bad|worst|best|max|min|average|peak|dropped|gone|from|~|please|thanks|pls|normally|usually|mostly|sometimes|otherwise|"
    r"rest|walking|sitting|moving|standing|resting|for the))\s*$"
)
_FOLLOW = re.compile(
    r"^\s*(?:$|[\n,.;:!?)\"'*-]|[^\w\s]|(?:now|today|tonight|when|if|while|whilst|at|but|or so|or thereabouts|yesterday|in|on|for|and|with|maybe|i think|i guess|i'?d say|tbh|probably|prob|"
    r"lol|haha|still|this|since|out|ish|right|left|atm|currently|because|bc|cuz|cos|though|tho|then|honestly|thanks|thx|ty|please|pls|max|tops|easily|easy|again|most|all|"
    r"was|is|from|just|overall|not|before|after|sometimes|pain|sore|soreness|ahora|hoy|a bit|sitting|walking|moving|resting|standing|normally|usually|mostly|to|same|no|last|around|"
    r"first|so|as|except|only|i'?m|its|it's|down|up|ouch|otherwise|really|sorry|mon|tue|wed|thu|fri|sat|sun|pero|y|where|always|total|"
    r"depending|here|there|everywhere|flat|solid|until|till|til|the|my|yes|ok|okay|i|we|or|feels|for me|xx?|yesterday's|tmr)\b)"
)


def read_score(folded: str, question: Question, places: list[tuple[int, int]]) -> Score:
    """Read the score of a folded message. `places` are the stretches of body parts found in it."""
    numerals = _usable(folded, find_numerals(folded), question, places)
    zero = find_zero(folded, question)
    if not numerals:
        return _zero_score(zero) if zero else Score()
    return _chosen(folded, numerals, zero, question)


def _usable(
    folded: str, numerals: list[Numeral], question: Question, places: list[tuple[int, int]]
) -> list[Numeral]:
    """Keep the numbers whose wording lets them be a score for the question that was asked."""
    return [one for one in numerals if _strength(folded, one, numerals, places) >= _needed(folded, question)]


def _needed(folded: str, question: Question) -> int:
    if question in {Question.SCORE, Question.CONFIRM, Question.ANY_SORENESS, Question.NONE}:
        return 2
    return 3


def _strength(folded: str, one: Numeral, numerals: list[Numeral], places: list[tuple[int, int]]) -> int:
    """4 "6/10", "soreness is a 6"; 3 beside a body part or "it's a 6 now"; 2 a free-standing number; 1 any other."""
    before, after = folded[: one.start], folded[one.end :]
    if one.scale == 10 or _NAMED.search(before):
        return 4
    gap_before = min((one.start - end for _, end in places if end <= one.start), default=99)
    gap_after = min((start - one.end for start, _ in places if start >= one.end), default=99)
    if one.high <= HIGHEST and (gap_before <= 3 or gap_after <= 3):
        return 3
    if re.search(
        r"\b(?:it'?s|its|is|was|it is|it was|now|say|im at|i'm at|feels like)\s+(?:about |like |maybe |still |at |now |only |just |around )*an?\s+$",
        before,
    ) or re.match(r"\s+(?:now|right now|today)\b", after):
        return 3
    if re.search(r"\b(?:now|and|but)\s+(?:it'?s|its)\s+(?:now |about |only |at |still )*$", before):
        return 3
    if _beside_another(folded, one, numerals):
        return 2
    lead, follow = bool(_LEAD.search(before)), bool(_FOLLOW.search(after))
    return 2 if lead and follow else 1


def _beside_another(folded: str, one: Numeral, numerals: list[Numeral]) -> bool:
    """ "7 yesterday 3 now": numbers that share a short message with their time or situation."""
    return len(numerals) > 1 and len(folded.split()) <= 12


def _zero_score(zero: Zero) -> Score:
    return Score(0.0, 0.0, 0.0, start=zero.start, end=zero.end)


def _chosen(folded: str, numerals: list[Numeral], zero: Zero | None, question: Question) -> Score:
    kept = _corrected(folded, numerals, question)
    kept = [one for one in kept if not _denied(folded, one)]
    everything = tuple(kept)
    if not kept:
        return Score(ask=Ask.UNCLEAR) if zero is None else _zero_score(zero)
    change = _change(folded, kept)
    if change is not None:
        return change
    previous, current = _by_time(folded, kept)
    if zero and zero.now and (previous or len(kept) == 1) and not (set(current) - set(previous)):
        return _with_previous(_zero_score(zero), previous)
    if zero and zero.now and zero.start > kept[-1].end:
        return _with_previous(_zero_score(zero), kept)
    if not current:
        return _with_previous(Score(numerals=everything, ask=Ask.UNCLEAR), previous)
    return _with_previous(_settled(folded, current, everything), previous)


def _corrected(folded: str, numerals: list[Numeral], question: Question) -> list[Numeral]:
    """Drop a number that the next one corrects: "8 sorry 3", "neck 4 shoulder 2 no wait 3"."""
    kept: list[Numeral] = []
    for one in numerals:
        start = kept[-1].end if kept else 0
        if kept and _CORRECTION.search(folded[start : one.start]):
            kept.pop()
        kept.append(one)
    if len(kept) == 2 and re.match(r"\s*\*\s*$", folded[kept[1].end :]):
        return kept[1:]
    return kept


def _denied(folded: str, one: Numeral) -> bool:
    before = folded[: one.start]
    if _AT_MOST.search(before):
        return False
    return bool(_NOT.search(before) or _LIMIT.search(before))


def _change(folded: str, kept: list[Numeral]) -> Score | None:
    """ "down from 8 (on Monday) to 1", "8 -> 2", "it went from 3 to 6": earlier and present score."""
    for one in kept:
        moved = (
            _CHANGE.search(folded[: one.start])
            or re.search(r"\bfrom\s+(?:an?\s+)?$", folded[: one.start])
            and one.falling
        )
        if one.low != one.high and (one.joint in {"to", ">", ">>"} and moved):
            ends = _order(folded, one)
            return _within(
                Numeral(ends[1], ends[1], one.scale, False, False, one.start, one.end), tuple(kept), ends[0]
            )
    if len(kept) == 1 and kept[0].falling and kept[0].joint != "->":
        return Score(ask=Ask.SEVERAL, numerals=tuple(kept))
    if len(kept) != 2:
        return None
    first, second = kept
    joint = folded[first.end : second.start]
    if second.joint == "->":
        return _within(second, tuple(kept), first.value, first)
    back = re.search(
        r"^\s*(?:now\s*)?,?\s*(?:it'?s\s*)?(?:which is\s*)?(?:down|up|dropped|reduced|improved|coming down|gone up|gone down)\s+from\s+(?:an?\s+|about\s+|like\s+|yesterday'?s\s+)*$",
        joint,
    )
    if back or re.search(r"\bfrom\s+(?:an?\s+)?$", joint):
        return _within(first, tuple(kept), second.value, second)
    forward = _CHANGE.search(folded[: first.start]) or re.search(
        r"\bfrom\s+(?:an?\s+|about\s+)?$", folded[: first.start]
    )
    if forward and re.search(r"\bto\b", joint):
        return _within(second, tuple(kept), first.value, first)
    if re.search(
        r"\b(?:down|up|gone|went|dropped|reduced|eased|improved)\b[^.]*\bto\s+(?:maybe |about |around |like |just |a |an )*$",
        joint,
    ):
        return _within(second, tuple(kept), first.value, first)
    return None


def _order(folded: str, one: Numeral) -> tuple[float, float]:
    """First and second number of a range as written."""
    return (one.high, one.low) if one.falling else (one.low, one.high)


def _by_time(folded: str, kept: list[Numeral]) -> tuple[list[Numeral], list[Numeral]]:
    """Part the numbers into earlier and present ones by the time words nearest to each."""
    tense = _tenses(folded, kept)
    previous = [one for one, time in zip(kept, tense, strict=True) if time == "past"]
    current = [one for one, time in zip(kept, tense, strict=True) if time != "past"]
    present = [one for one, time in zip(kept, tense, strict=True) if time == "present"]
    if not current and previous:
        return _past_only(folded, kept)
    if (
        present
        and len(kept) > 1
        and len(present) < len(kept)
        and not _SITUATION.search(_after(folded, kept, kept.index(present[0])))
    ):
        if previous:
            return previous, present if all(one in present or one in previous for one in kept) else current
        others = [one for one in kept if one not in present]
        if (
            re.search(r"\b(?:was|were|then|before|earlier|first|been|had|but now|and now|now)\b", folded)
            and len(others) == 1
        ):
            return others, present
    return previous, current


def _past_only(folded: str, kept: list[Numeral]) -> tuple[list[Numeral], list[Numeral]]:
    """All numbers are told in the past: only a named earlier day makes them earlier scores ("was a 7 yesterday")."""
    if len(kept) > 1:
        return (kept, []) if not _SITUATION.search(folded) else ([], kept)
    one = kept[0]
    before, after = folded[: one.start], folded[one.end :]
    day = (
        r"(?:yesterday|yday|last night|the other day|(?:\w+ )?(?:days?|nights?|weeks?) ago|at first|initially|last week|last time|"
        r"(?:on )?(?:mon|tues?|wed|thu|thurs|fri|satur|sun)(?:day|sday|nesday|rsday)?)"
    )
    direct = re.match(rf"\s*(?:/\s*10)?\s*,?\s*(?:or so )?{day}\b", after) and not re.search(
        r"\b(?:session|treat\w*|appt|needl\w*|since)\b", after[:40]
    )
    told = re.search(rf"\b(?<!since ){day}\b[^,.;]*\b(?:was|were|had)\b[^,.;]*$", before) or (
        re.search(r"\b(?:was|were|had been|started (?:at|as))\b[^,.;]*$", before)
        and re.match(rf"[^.;]*\b{day}\b", after)
        and not re.search(r"\b(?:since|session|treat\w*|appt)\b", after)
    )
    first = re.search(
        r"\b(?:at first|initially|to (?:start|begin) with|started (?:at|as|out at|off at)|peaked(?: at)?|used to be)\b[^.;]*$",
        before,
    )
    return ([one], []) if direct or told or first else ([], [one])


def _after(folded: str, kept: list[Numeral], index: int) -> str:
    """The words between a number and the next one."""
    stop = kept[index + 1].start if index + 1 < len(kept) else len(folded)
    return folded[kept[index].end : stop]


def _tenses(folded: str, kept: list[Numeral]) -> list[str | None]:
    """Give each number the tense of the time words nearest to it."""
    cues = [("past", found.start(), found.end()) for found in _PAST.finditer(folded)]
    cues += [
        ("present", found.start(), found.end())
        for found in _PRESENT.finditer(folded)
        if not re.match(r"\s+(?:sit|when sit)", folded[found.end() :])
    ]
    cues.sort(key=lambda cue: cue[1])
    tense: list[str | None] = [None] * len(kept)
    nearest: list[float] = [1e9] * len(kept)
    leading = bool(cues) and cues[0][2] <= kept[0].start
    for time, start, end in cues:
        costs = [_distance(folded, start, end, one, leading) for one in kept]
        best = min(range(len(kept)), key=lambda n: costs[n])
        if costs[best] < nearest[best] and costs[best] < 60:
            tense[best], nearest[best] = time, costs[best]
    return tense


def _distance(folded: str, start: int, end: int, one: Numeral, leading: bool) -> float:
    between = folded[end : one.start] if end <= one.start else folded[one.end : start]
    cost = float(len(between.strip()))
    if re.search(r"[,.;:\n!?]|\b(?:but|and|then)\b", between):
        cost += 30
    follows = start >= one.end
    return cost + (0.5 if follows == leading else 0)


def _settled(folded: str, current: list[Numeral], everything: tuple[Numeral, ...]) -> Score:
    """One score from the present numbers: the only one, or the higher when the wording explains both."""
    outside = [one for one in current if not LOWEST <= one.high <= HIGHEST or one.low < LOWEST]
    if len(current) == 1:
        return _within(current[0], everything)
    if outside:
        current = [one for one in current if one not in outside and one.scale in (None, 10)] or outside[:1]
        if len(current) == 1:
            return _within(current[0], everything)
    values = {one.value for one in current}
    sure = [one for one in current if one.scale == 10]
    if len(sure) == 1 and not _SITUATION.search(folded):
        return _within(sure[0], everything)
    if (
        len(values) == 1
        or _SITUATION.search(folded)
        or re.search(
            r"\b(?:or|maybe|sometimes|between|and|varies|varying|both|left|right)\b",
            folded[current[0].end : current[-1].start],
        )
    ):
        top = max(current, key=lambda one: one.high)
        chosen = _within(top, everything)
        if chosen.value is None:
            return chosen
        low = min(one.low for one in current)
        return Score(chosen.value, low, chosen.high, start=top.start, end=top.end, numerals=everything)
    return Score(ask=Ask.SEVERAL, numerals=everything)


def _within(
    one: Numeral,
    everything: tuple[Numeral, ...],
    previous: float | None = None,
    earlier: Numeral | None = None,
) -> Score:
    """The number as a score, or the reason to ask again; never clipped."""
    was = previous if previous is not None and LOWEST <= previous <= HIGHEST else None
    at = earlier or one
    if one.scale is not None and one.scale != HIGHEST:
        return Score(ask=Ask.OTHER_SCALE, numerals=everything)
    if not LOWEST <= one.low <= one.high <= HIGHEST or one.open_ended:
        return Score(ask=Ask.OUT_OF_RANGE, start=one.start, end=one.end, numerals=everything)
    return Score(one.high, one.low, one.high, was, None, one.start, one.end, at.start, at.end, everything)


def _with_previous(score: Score, previous: list[Numeral]) -> Score:
    known = [one for one in previous if LOWEST <= one.value <= HIGHEST and one.scale in (None, 10)]
    if not known or score.previous is not None:
        return score
    last = known[-1]
    return Score(
        score.value,
        score.low,
        score.high,
        last.value,
        score.ask,
        score.start,
        score.end,
        last.start,
        last.end,
        score.numerals,
    )
