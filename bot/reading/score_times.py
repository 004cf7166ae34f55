"""Which number is the score now and which an earlier one: "7 yesterday, 3 now", "down from 8 to 1"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.reading.numerals import Numeral
from bot.reading.score_value import Ask, Score, within

_CHANGE = re.compile(
    r"\b(?:down|up|gone|went|going|goes|drop\w*|jump\w+|fell|fallen|came|improv\w+|dipp\w+|ris\w+|rose|"
    r"climb\w+|reduc\w+|decreas\w+|increas\w+|moved|eased|progress\w+|turned|changed|shot|crept|settled|calmed|cooled|knocked|faded|sunk)\b"
    r"(?:\s+\w+){0,4}?\s+(?:from\s+)?(?:an?\s+|about\s+|like\s+|maybe\s+|a solid\s+|around\s+)*$"
)


_PAST = re.compile(
    r"\b(?:(?<!since )(?<!since the )(?<!from )(?:yesterday|yday|yest|last night|the other day|"
    r"(?:on\s+)?(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?"
    r"(?!(?<=sat) (?:at|down|in|on|here|still|for|up)\b))|(?:\w+\s+)?(?:days?|hours?|hrs|nights?|"
    r"weeks?)\s+(?:ago|before)|day before|was|were|had been|used "
    r"to be|at first|first|initially|originally|"
    r"start(?:ed)?(?: out| off)? (?:at|as|with)|started(?= (?:an? |about )?\d)|before (?:the |"
    r"my )?(?:needl\w+|treatment|session)|to start|to begin with|began|before|previously|"
    r"peak(?:ed)?(?: at)?|last time|last week|"
    r"right after|straight after|during|after the (?:session|treatment)|first day|day (?:1|one)|then|woke up "
    r"(?:at|with|as)|"
    r"night before|ayer|antes|era)\b"
)


_EARLIER_TODAY = re.compile(
    r"\b(?:(?:this|in the) morning|morning|earlier(?: today| on)?|\d{1,2}\s?am|noon|lunch)\b"
)


_FORMER = re.compile(r"\b(?:was|were|then|before|earlier|first|been|had|now)\b|\d\s?am\b|noon")


_PRESENT = re.compile(
    r"\b(?:now|today|tonight|currently|atm|at the moment|right now|at present|rn|these days|so far today|"
    r"as of now|presently|still|"
    r"ahora|hoy|this evening|this afternoon)\b"
)


SITUATION = re.compile(
    r"\b(?:when(?:ever)?|if|while|whilst|at rest|rest(?:ing)?|sit(?:ting)?|sat|still|mov(?:e|es|ing)|"
    r"walk(?:ing)?|bend(?:ing)?|lift(?:ing)?|"
    r"stand(?:ing)?|lying|stretch(?:ing)?|press(?:ing|ed)?|touch(?:ed|ing)?|stairs|exercis\w+|at (?:its |"
    r"it's |the )?(?:worst|best|max)|worst|best|"
    r"normally|usually|mostly|otherwise|sometimes|occasionally|up to|spik\w+|depend\w+|on average|"
    r"average|at times|at night|"
    r"in the (?:morning|evening)s?|mornings?|evenings?|nights?|running|driving|turning|sleeping|squat\w*|"
    r"with (?:movement|activity|pressure)|"
    r"without|peaks|flare\w*|max|min|sneez\w+|cough\w*|worse|better|all day|at work|in bed|on stairs|"
    r"(?<!i )am|pm|getting (?:in|out|up|dressed)|going (?:up|down)|gripp?(?:ing)?|reach(?:ing)?|"
    r"kneel(?:ing)?|twist(?:ing)?|"
    r"typing|climb(?:ing)?|load(?:ed|ing)?|in the (?:shower|car|gym)|"
    r"first thing|between|good days?|bad days?)\b"
)


_BACK = re.compile(
    r"^\s*(?:now\s*)?[,(]?\s*(?:it'?s\s*)?(?:which is\s*)?(?:(?:down|up|dropped|reduced|improved|coming "
    r"down|gone up|gone down|came down)\s+)?from\s+"
    r"(?:an?\s+|about\s+|like\s+|yesterday'?s\s+)*$"
)


_FORTH = re.compile(
    r"\b(?:down|up|gone|went|dropped|reduced|eased|improved|jumped|rose|fell|settled|calmed|cooled|"
    r"knocked|faded|crept|back)\b[^.]*\bto\s+(?:maybe |"
    r"about |around |like |just |an? )*$"
)


_NOW_LATER = re.compile(
    r"\b(?:now|today|back|this (?:morning|evening|afternoon)|tonight|currently|settled)\b"
)
_BACK_TO = re.compile(r"\bback (?:up |down )?(?:at|to)\s+(?:an?\s+|about\s+|like\s+|around\s+)*$")


def change(folded: str, kept: list[Numeral]) -> Score | None:
    """ "down from 8 (on Monday) to 1", "8 -> 2", "it went from 3 to 6": earlier and present score."""
    everything = tuple(kept)
    for one in kept:
        before = folded[: one.start]
        from_there = re.search(r"\bfrom\s+(?:an?\s+)?$", before)
        moved = _CHANGE.search(before) or ">" in one.joint or (from_there and one.second < one.first)
        if one.moves and moved and not SITUATION.match(folded[one.end :].lstrip()):  # "2 to 6 when i walk"
            if kept[-1] is not one and re.fullmatch(
                r"\s*(?:-*>|to|then)\s*", folded[one.end : kept[-1].start]
            ):
                return within(kept[-1], everything, one.second, one)  # "3 > 5 > 2"
            later = kept[-1] if kept[-1] is not one else None
            if later and later.low == later.high and _NOW_LATER.search(folded[one.end : later.start]):
                return within(later, everything, one.second, one)  # "from 2 to 6 by bedtime, now back to 3"
            now = replace(one, first=one.second, joint="")
            return within(now, everything, one.first)
    if len(kept) == 1 and kept[0].moves and kept[0].second < kept[0].first:
        return Score(ask=Ask.SEVERAL, numerals=everything)  # "8 to 2": a range or a change
    if len(kept) != 2:
        return None
    first, second = kept
    between = folded[first.end : second.start]
    if _BACK.search(between):
        return within(first, everything, second.high, second)
    forward = _CHANGE.search(folded[: first.start]) or re.search(
        r"\bfrom\s+(?:an?\s+|about\s+)?$", folded[: first.start]
    )
    if (forward and (re.search(r"\bto\b", between) or _BACK_TO.search(between))) or (
        _FORTH.search(between) and not _sometimes(folded, second)
    ):
        return within(second, everything, first.high, first)
    return None


def _sometimes(folded: str, one: Numeral) -> bool:
    """ "goes up to 6 when I run": not a change for good."""
    return bool(
        SITUATION.search(folded[one.end :])
        or re.search(r"\b(?:goes|go|gets|can|sometimes)\b[^.]*$", folded[: one.start])
    )


def by_time(folded: str, kept: list[Numeral]) -> tuple[list[Numeral], list[Numeral]]:
    """Part the numbers into earlier and present ones by the time words nearest to each."""
    tense = _tenses(folded, kept)
    previous = [one for one, time in zip(kept, tense, strict=True) if time == "past"]
    current = [one for one in kept if one not in previous]
    present = [one for one, time in zip(kept, tense, strict=True) if time == "present"]
    if not current:
        return _past_only(folded, kept)
    situational = present and SITUATION.search(_after(folded, kept, kept.index(present[0])))
    if not present or len(present) == len(kept) or situational:
        return previous, current
    others = [one for one in kept if one not in present]
    if len(previous) == len(others):
        return previous, present
    told = _FORMER.search(folded)
    return (others if told else previous), (present if told else current)


def _past_only(folded: str, kept: list[Numeral]) -> tuple[list[Numeral], list[Numeral]]:
    """All are told in the past: a named earlier day makes them earlier scores ("was a 7 yesterday")."""
    if len(kept) > 1:
        return (kept, []) if not SITUATION.search(folded) else ([], kept)
    one = kept[0]
    before, after = folded[: one.start], folded[one.end :]
    day = (
        r"(?:yesterday|yday|last night|the other day|(?:\w+ )?(?:days?|nights?|weeks?) ago|at first|"
        r"initially|last week|last time|"
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
        (
            r"\b(?:at first|initially|to (?:start|begin) with|started (?:at|as|out at|off at)|"
            r"peaked(?: at)?|before (?:the |my )?(?:needl\w+|session|treatment)|"
            r"used to be)\b[^.;]*$"
        ),
        before,
    )
    return ([one], []) if direct or told or first else ([], [one])


def _after(folded: str, kept: list[Numeral], index: int) -> str:
    """The words between a number and the next one."""
    stop = kept[index + 1].start if index + 1 < len(kept) else len(folded)
    return folded[kept[index].end : stop]


# "the hip you needled monday, a 5": the day is the session's.
_OF_THE_SESSION = re.compile(
    r"\b(?:needled|treated|poked|session|appt|appointment|saw (?:you|u|ye)|(?:you|u|ye) (?:did|"
    r"worked on|got)(?: (?:it|me|my \w+))?)"
    r"\s+(?:it\s+|me\s+)?(?:on\s+|last\s+)?$"
)


_A_DAY = re.compile(r"(?:on )?(?:mon|tue|wed|thu|fri|sat|sun|yesterday|yday|yest|last night)")


def _tenses(folded: str, kept: list[Numeral]) -> list[str | None]:
    """Give each number the tense of the time words nearest to it."""
    present = [("present", *found.span()) for found in _PRESENT.finditer(folded)]
    past = [("past", *found.span()) for found in _PAST.finditer(folded)]
    if present:  # beside a "now", the morning is over
        past += [("past", *found.span()) for found in _EARLIER_TODAY.finditer(folded)]
    past = [
        cue
        for cue in past
        if not (_A_DAY.match(folded[cue[1] :]) and _OF_THE_SESSION.search(folded[: cue[1]]))
    ]
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
    if near_present and (
        min(near_present) < 30 or not near_past or min(near_past) >= 30 or _same_clause(cues)
    ):
        return "present"
    return min(cues)[1] if cues else None


def _same_clause(cues: list[tuple[float, str]]) -> bool:
    return all(cost >= 2 for cost, _ in cues)


def _distance(folded: str, start: int, end: int, one: Numeral, leading: bool) -> float:
    between = folded[end : one.start] if end <= one.start else folded[one.end : start]
    if end <= one.start:
        between = re.sub(
            (
                r"\b(?:an?|it'?s|it|is|about|like|at|im|i'?m|was|only|just|more|down|up|to|around|roughly|"
                r"maybe|still|say)\b"
            ),
            "",
            between,
        )
    cost = float(len(between.strip()))
    if re.search(r"[,.;:\n!?]|\b(?:but|and|then)\b", between):
        cost += 50 if start >= one.end else 30  # a new clause begins: its time word speaks of what comes
    follows = start >= one.end
    return cost + (0.5 if follows == leading else 0)
