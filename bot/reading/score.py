"""The soreness score, 0-10 (docs/clinical-facts.md 13.11): which number of a message it is, or that it must be asked again.

A wrong number stored in silence is worse than a question too many, so whatever is not clear gives no score and a reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
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
    r"\b(?:(?<!since )(?<!since the )(?<!from )(?:yesterday|yday|yest|last night|the other day|"
    r"(?:on\s+)?(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?)|"
    r"(?:\w+\s+)?(?:days?|hours?|hrs|nights?|weeks?)\s+(?:ago|before)|day before|was|were|had been|used to be|at first|first|initially|originally|"
    r"start(?:ed)?(?: out| off)? (?:at|as|with)|to start|to begin with|began|before|previously|peak(?:ed)?(?: at)?|last time|last week|"
    r"right after|straight after|after the (?:session|treatment)|first day|day (?:1|one)|then|woke up (?:at|with|as)|"
    r"night before|ayer|antes|era)\b"
)
_EARLIER_TODAY = re.compile(r"\b(?:(?:this|in the) morning|morning|earlier(?: today| on)?|\d{1,2}\s?am|noon|lunch)\b")
_FORMER = re.compile(r"\b(?:was|were|then|before|earlier|first|been|had|now)\b|\d\s?am\b|noon")
_PRESENT = re.compile(
    r"\b(?:now|today|tonight|currently|atm|at the moment|right now|at present|rn|these days|so far today|as of now|presently|still|"
    r"ahora|hoy|this evening|this afternoon)\b"
)
_SITUATION = re.compile(
    r"\b(?:when(?:ever)?|if|while|whilst|at rest|rest(?:ing)?|sit(?:ting)?|sat|still|mov(?:e|es|ing)|walk(?:ing)?|bend(?:ing)?|lift(?:ing)?|"
    r"stand(?:ing)?|lying|stretch(?:ing)?|press(?:ing|ed)?|touch(?:ed|ing)?|stairs|exercis\w+|at (?:its |it's |the )?(?:worst|best|max)|worst|best|"
    r"normally|usually|mostly|otherwise|sometimes|occasionally|up to|spik\w+|depend\w+|on average|average|at times|at night|"
    r"in the (?:morning|evening)s?|mornings?|evenings?|nights?|running|driving|turning|sleeping|squat\w*|with (?:movement|activity|pressure)|"
    r"without|peaks|flare\w*|max|min|sneez\w+|cough\w*|worse|better|all day|at work|in bed|on stairs|first thing|between|good days?|bad days?)\b"
)
_CORRECTION = re.compile(
    r"(?:\b(?:sorry|soz|sry|oops|whoops|woops|i mean|i meant|meant|mean|actually|correction|wait|hang on|hold on|scratch that|make (?:that|it)|"
    r"change (?:that|it|my answer)|should (?:be|have been|of been)|shld be|no it'?s|nvm|my bad|my mistake|typo|wrong|edit|perdon|digo)\b|^\s*\*|\*\s*$)"
)
_NOT = re.compile(
    r"(?:\bnot|n't|\bnt|\brather than|\binstead of|\bthan|\bwasnt|\bisnt|\baint|\bnever|\bno longer)\s+(?:an?\s+|at\s+|quite\s+|really\s+|even\s+|like\s+|about\s+|the\s+|to\s+|be\s+|it'?s\s+|as (?:bad|high|much) as\s+|as\s+){0,3}$"
)
_LIMIT = re.compile(
    r"(?:\b(?:less|lower|more|higher|greater|better|worse|fewer|north|south)\s*(?:than|of)|\b(?:under|below|over|above)|[<>])\s*(?:an?\s+)?$"
)
_AT_MOST = re.compile(
    r"\b(?:no|not|never|nothing)\s+(?:more|higher|worse|above|over|greater)\s*(?:than)?\s+(?:an?\s+)?$"
)
_NAMED = re.compile(
    r"\b(?:scor\w*|duele|level|levels|rat(?:e|ed|ing)|pain(?: is| was)?|soreness(?: is| was)?|sore|ache|it a|that a|number|puntuacion|dolor|nrs|scale|grade it|hurt(?:s|ing)?)\s*"
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


_STATED = re.compile(
    r"\b(?:it'?s|its|is|was|it is|it was|now|say|im at|i'm at|feels like)\s+(?:about |like |maybe |still |at |now |only |just |around )*an?\s+$"
    r"|\b(?:now|and|but|today|so)\s+(?:it'?s|its|i'?m at|im at)\s+(?:now |about |only |at |still |like )*$"
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
    needed = 4 if _ABOUT_THE_SCALE.search(folded) else _needed(folded, question, bool(places))
    strengths = [_strength(folded, one, numerals, places) for one in numerals]
    if not any(strength >= needed for strength in strengths):
        return []
    # Once one number is a score, another free-standing one may contradict it and has to be heard.
    return [one for one, strength in zip(numerals, strengths, strict=True) if strength >= min(needed, 2)]



# A message that asks something, or speaks of a booking, gives no score unasked.
_OTHER_BUSINESS = re.compile(
    r"\?\s*$|\b(?:book\w*|reschedul\w*|cancel\w*|open|clos\w+|price|cost\w*|insurance|parking|can i|could i|should i|is it ok|do you|are you|how (?:many|much|long)|"
    r"next (?:appt|appointment|session|visit))\b"
)
_ABOUT_SORENESS = re.compile(
    r"\b(?:sore\w*|pain\w*|hurt\w*|ach[ey]\w*|aching|tender|level|scale|stiff\w*|tight|duele|dolor|bruis\w*|swell\w*|numb\w*|agony|throb\w*|better|worse|bad|now|today|was|yesterday)\b|/\s*10|out of"
)


# "what does 10 mean", "is 5 normal?"
_ABOUT_THE_SCALE = re.compile(
    r"^\W*(?:(?:ok|so|but|and|hi|hey|wait|um|hmm)\W+)*(?:what|is|does|do|why|how|which|whats|what's|can you|could you)\b.*(?:\?|\bmean|\bcount\w*|\bnormal|\bbad|\bworst|\bhigh\b|\bgood)"
)


def _needed(folded: str, question: Question, placed: bool) -> int:
    if question in {Question.SCORE, Question.CONFIRM, Question.ANY_SORENESS}:
        return 1 if len(folded.split()) <= 6 and not re.search(r"\?\s*\w", folded) else 2
    if question is Question.NONE:
        if _OTHER_BUSINESS.search(folded) and not re.search(r"\bsore|\bpain|\bhurt", folded):
            return 4
        short = len(folded.split()) <= 8 and not re.search(r"\b(?:session|appointment|appt|visit)s?\b", folded)
        return 2 if placed or short or _ABOUT_SORENESS.search(folded) else 3
    return 3


def _strength(folded: str, one: Numeral, numerals: list[Numeral], places: list[tuple[int, int]]) -> int:
    """4 "6/10", "soreness is a 6"; 3 beside a body part or "it's a 6 now"; 2 a free-standing number; 1 any other."""
    before, after = folded[: one.start], folded[one.end :]
    if one.scale == HIGHEST or _NAMED.search(before):
        return 4
    if one.high <= HIGHEST and any(_beside(folded, one, *place) for place in places):
        return 3
    if _STATED.search(before) or re.match(r"\s+(?:now|right now|today)\b", after):
        return 3
    if one.low != one.high or (len(numerals) > 1 and len(folded.split()) <= 12):
        return 2
    return 2 if _LEAD.search(before) and _FOLLOW.search(after) else 1


def _beside(folded: str, one: Numeral, start: int, end: int) -> bool:
    """Tell whether a number stands beside a body part: "neck 4", "4 in my neck"."""
    between = folded[end : one.start] if end <= one.start else folded[one.end : start]
    return bool(re.fullmatch(r"[\s,:=-]*(?:(?:in|on|for|at|is|are|an?|about|like|my|the|both|and|now|was|left|right|l|r|la|el|en|mi|un|de)[\s,:=-]*){0,3}", between))


def _zero_score(zero: Zero) -> Score:
    return Score(0.0, 0.0, 0.0, start=zero.start, end=zero.end)


def _chosen(folded: str, numerals: list[Numeral], zero: Zero | None, question: Question) -> Score:
    kept = _corrected(folded, [one for one in numerals if not _denied(folded, one)])
    kept = _of_soreness(folded, kept)
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


def _corrected(folded: str, numerals: list[Numeral]) -> list[Numeral]:
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


_UNSAID = re.compile(r"\b(?:gonna|going to|about to|would have|would'?ve|wanted to|thinking|thought|tempted to)\s+(?:of\s+)?(?:say\w*|said|put|go with|been)?\s*(?:it was\s+)?(?:an?\s+)?$")
_MAY_BE = re.compile(r"\b(?:what if|(?:may|might|could|will|would|gonna|going to) (?:go|get|rise|climb|jump)|worried|afraid|scared|hope)\b[^.,;\d]{0,20}$")
_SAID_BY_ANOTHER = re.compile(
    r"\b(?:husband|wife|he|she|mom|mum|dad|son|daughter|friend|partner|therapist|they|boyfriend|girlfriend)\s+(?:says?|said|thinks?|thought|reckons?|guess\w*|put)\b[^.;\d]{0,15}$"
)
# What another number may measure: it gives way to the one for soreness.
_OTHER_MEASURE = re.compile(
    r"\b(?:stiff\w*|tight\w*|fatigue|tired\w*|energy|stress|sleep|mood|swelling|bruising|anxiety|function|mobility|numbness|tingling|headache)\s*(?:level|is|:|at|about|was|an?|like)*\s*$"
)
_OTHER_MEASURE_AFTER = re.compile(r"\s*(?:/\s*10|out of 10)?\s*(?:for\s+)?(?:stiff\w*|tight\w*|fatigue|tired\w*|energy|stress|sleep|mood|pain)\b")


def _of_soreness(folded: str, kept: list[Numeral]) -> list[Numeral]:
    """"soreness 6 tightness 4": keep the soreness."""
    mine = [one for one in kept if not _OTHER_MEASURE.search(folded[: one.start])]
    mine = [one for one in mine if not _OTHER_MEASURE_AFTER.match(folded[one.end :])] or mine
    return mine or kept


def _denied(folded: str, one: Numeral) -> bool:
    before = folded[: one.start]
    if _UNSAID.search(before) and re.search(r"\d", folded[one.end :]):
        return True
    if _MAY_BE.search(before) or re.match(r"\s+(?:by |until )?(?:tomorrow|tmrw|tmr|later|next week)\b", folded[one.end :]):
        return True
    if _SAID_BY_ANOTHER.search(before) and re.search(r"\d", folded[one.end :]):
        return True
    if _AT_MOST.search(before):
        return False
    return bool(_NOT.search(before) or _LIMIT.search(before))


_BACK = re.compile(
    r"^\s*(?:now\s*)?[,(]?\s*(?:it'?s\s*)?(?:which is\s*)?(?:(?:down|up|dropped|reduced|improved|coming down|gone up|gone down|came down)\s+)?from\s+"
    r"(?:an?\s+|about\s+|like\s+|yesterday'?s\s+)*$"
)
_FORTH = re.compile(
    r"\b(?:down|up|gone|went|dropped|reduced|eased|improved|jumped|rose|fell)\b[^.]*\bto\s+(?:maybe |about |around |like |just |an? )*$"
)


def _change(folded: str, kept: list[Numeral]) -> Score | None:
    """"down from 8 (on Monday) to 1", "8 -> 2", "it went from 3 to 6": earlier and present score."""
    everything = tuple(kept)
    for one in kept:
        before = folded[: one.start]
        from_there = re.search(r"\bfrom\s+(?:an?\s+)?$", before)
        moved = _CHANGE.search(before) or "->" in one.joint or (from_there and one.second < one.first)
        if one.moves and moved:
            now = replace(one, first=one.second, joint="")
            return _within(now, everything, one.first)
    if len(kept) == 1 and kept[0].moves and kept[0].second < kept[0].first:
        return Score(ask=Ask.SEVERAL, numerals=everything)  # "8 to 2": a range or a change
    if len(kept) != 2:
        return None
    first, second = kept
    between = folded[first.end : second.start]
    if _BACK.search(between):
        return _within(first, everything, second.high, second)
    forward = _CHANGE.search(folded[: first.start]) or re.search(r"\bfrom\s+(?:an?\s+|about\s+)?$", folded[: first.start])
    if (forward and re.search(r"\bto\b", between)) or (_FORTH.search(between) and not _sometimes(folded, second)):
        return _within(second, everything, first.high, first)
    return None


def _sometimes(folded: str, one: Numeral) -> bool:
    """"goes up to 6 when I run": not a change for good."""
    return bool(_SITUATION.search(folded[one.end :]) or re.search(r"\b(?:goes|go|gets|can|sometimes)\b[^.]*$", folded[: one.start]))


def _by_time(folded: str, kept: list[Numeral]) -> tuple[list[Numeral], list[Numeral]]:
    """Part the numbers into earlier and present ones by the time words nearest to each."""
    tense = _tenses(folded, kept)
    previous = [one for one, time in zip(kept, tense, strict=True) if time == "past"]
    current = [one for one in kept if one not in previous]
    present = [one for one, time in zip(kept, tense, strict=True) if time == "present"]
    if not current:
        return _past_only(folded, kept)
    situational = present and _SITUATION.search(_after(folded, kept, kept.index(present[0])))
    if not present or len(present) == len(kept) or situational:
        return previous, current
    others = [one for one in kept if one not in present]
    if len(previous) == len(others):
        return previous, present
    told = _FORMER.search(folded)
    return (others if told else previous), (present if told else current)


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
    present = [("present", *found.span()) for found in _PRESENT.finditer(folded)]
    past = [("past", *found.span()) for found in _PAST.finditer(folded)]
    if present:  # beside a "now", the morning is over
        past += [("past", *found.span()) for found in _EARLIER_TODAY.finditer(folded)]
    cues = sorted(present + past, key=lambda cue: cue[1])
    found_for: list[list[tuple[float, str]]] = [[] for _ in kept]
    leading = bool(cues) and cues[0][2] <= kept[0].start
    for time, start, end in cues:
        costs = [_distance(folded, start, end, one, leading) for one in kept]
        best = min(range(len(kept)), key=lambda n: costs[n])
        if costs[best] < 60:
            found_for[best].append((costs[best], time))
    return [_tense(found) for found in found_for]


def _tense(cues: list[tuple[float, str]]) -> str | None:
    """The nearest cue's tense; a "now" in the same clause outweighs a day ("now its wed and its a 3")."""
    near_present = [cost for cost, time in cues if time == "present" and cost < 50]
    near_past = [cost for cost, time in cues if time == "past"]
    if near_present and (min(near_present) < 30 or not near_past or min(near_past) >= 30 or _same_clause(cues)):
        return "present"
    return min(cues)[1] if cues else None


def _same_clause(cues: list[tuple[float, str]]) -> bool:
    return all(cost >= 2 for cost, _ in cues)


def _distance(folded: str, start: int, end: int, one: Numeral, leading: bool) -> float:
    between = folded[end : one.start] if end <= one.start else folded[one.end : start]
    if end <= one.start:
        between = re.sub(r"\b(?:an?|it'?s|it|is|about|like|at|im|i'?m|was|only|just|more|down|up|to|around|roughly|maybe|still|say)\b", "", between)
    cost = float(len(between.strip()))
    if re.search(r"[,.;:\n!?]|\b(?:but|and|then)\b", between):
        cost += 50 if start >= one.end else 30  # a new clause begins: its time word speaks of what comes
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
    values = {one.high for one in current}
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
    known = [one for one in previous if LOWEST <= one.high <= HIGHEST and one.scale in (None, 10)]
    if not known or score.previous is not None:
        return score
    last = known[-1]
    return Score(
        score.value,
        score.low,
        score.high,
        last.high,
        score.ask,
        score.start,
        score.end,
        last.start,
        last.end,
        score.numerals,
    )
