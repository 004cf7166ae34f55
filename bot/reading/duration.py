"""How long the soreness lasted: "about 36 hrs", "for 3 days", "until next morning"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.reading.question import Question
from bot.reading.time_phrases import LENGTH
from bot.reading.when import FINE_BEFORE, Dated, Times


def without(times: Times, duration: Duration | None) -> Times:
    """Drop an onset that is told as a part of the duration ("a few hours after until next morning")."""
    if duration is None:
        return times
    apart = [
        one
        for one in _all(times)
        if not (duration.start < one.phrase.end and one.phrase.start < duration.end)
    ]
    return Times(
        times.session,
        times.onset if times.onset in apart else None,
        tuple(one for one in times.other if one in apart),
    )


_DURATION = re.compile(
    r"(?<![a-z\d])(?:(?:for|lasted|lasts|lasting|last|past|took|the last|the past|about|around|almost|"
    r"nearly|over|roughly|approx|maybe|like|only|just|at least|up to|more than|less than|under|a good|"
    r"pretty much|probably|well over|going on)\s+)*"
    rf"(?:{LENGTH}(?:\s*(?:now|straight|solid|in total|total|or so|ish|running))?|(?:all|most of|the "
    r"whole|the rest of|half)\s+(?:of\s+)?(?:the\s+)?(?:day|night|morning|afternoon|evening|week|"
    r"weekend)(?:\s+long)?(?:\s+(?:and\s+)?(?:yesterday|today))?|"
    rf"(?:the )?whole (?:\w+ )?(?:time|day|week|weekend|night)|a while|ages|not long|overnight|"
    r"(?:second|third|fourth|fifth|\d(?:nd|rd|th)) day (?:now|running|in a row))"
    rf"(?![a-z])"
)


_NOT_DURATION = re.compile(
    r"^\s*(?:ago|back|before|later|after\b|afterwards?|post|prior|old|from now|since|apart|following|per|"
    r"a week|into|until (?:my|the) next|shift|off|course|trip|walk|run|drive|ride|of (?:sleep|work|rest)|"
    r"class|session|at the gym|hike|flight|nap)\b"
)


@dataclass(frozen=True)
class Duration:
    """How long, in the patient's words at `folded[start:end]`."""

    words: str
    start: int
    end: int


def read_duration(folded: str, question: Question, times: Times) -> Duration | None:
    """Read a length of soreness: "about 36 hrs", "for 3 days", "a few hours after until next morning"."""
    for special in (_from_to(folded, question), _until(folded, question), _over_after(folded)):
        if special:
            return special
    taken = [
        (one.phrase.start, one.phrase.end)
        for one in _all(times)
        if one.phrase.words not in {"overnight", "now"}
    ]
    for found in _DURATION.finditer(folded):
        words = found[0].strip()
        start = found.start() + (len(found[0]) - len(found[0].lstrip()))
        end = start + len(words)
        if _NOT_DURATION.match(folded[end:]) or any(a < end and start < b for a, b in taken):
            continue
        if question is Question.DURATION or _lasting(folded, start, end, words):
            told = re.sub(r"^(?:lasted|lasts|lasting|took)\s+", "", words)
            return Duration(told, end - len(told), end)
    return None


def _over_after(folded: str) -> Duration | None:
    """ "gone after 24 hrs", "went away after a day", "still going after 4 days"."""
    found = re.search(
        (
            r"\b(?:gone|went away|cleared(?: up)?|disappeared|over|stopped|resolved|wore off|eased|faded|"
            r"still (?:\w+ )?(?:going|sore|hurts|hurting|there|aching|in pain))\s+(?:after|in|"
            rf"within)\s+(?P<length>(?:(?:about|only|like|around)\s+)?{LENGTH})"
        ),
        folded,
    )
    return Duration(found["length"], *found.span("length")) if found else None


_DAY = (
    r"(?:(?:mon|tues?|wed|weds|thu|thurs?|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?|yesterday|last "
    r"night|this morning|today|now)(?: (?:morning|night|evening|afternoon))?"
)


def _from_to(folded: str, question: Question) -> Duration | None:
    """ "from tuesday to thursday"; asked how long, "tuesday to thursday" too."""
    led = "(?:from )?" if question is Question.DURATION else "from "
    found = re.search(rf"\b{led}{_DAY} (?:to|until|till|til|through|thru) {_DAY}\b", folded)
    return Duration(found[0], *found.span()) if found else None


def _all(times: Times) -> list[Dated]:
    return [one for one in (times.session, times.onset, *times.other) if one is not None]


def _lasting(folded: str, start: int, end: int, words: str) -> bool:
    """Outside an answer to "how long?", a length counts when the wording says that something lasted."""
    before, after = folded[max(0, start - 30) : start], folded[end : end + 30]
    if re.search(
        (
            r"\b(?:in|every|within|after|next|wait|takes?|booked|ran|walked|drove|sat|slept|worked|run|held|"
            r"session was|until|of|within|ice|iced|heat|icing|off work)\s+(?:for\s+)?$"
        ),
        before,
    ):
        return False
    if re.search(
        (
            r"\b(?:ran|walked|drove|sat|slept|worked|run|iced|heat|icing|ice|rested|stretched|sitting|"
            r"driving|walking|off work)\b"
        ),
        before,
    ) and words.startswith(("for", "about")):
        return False
    return bool(
        re.match(r"(?:for|lasted|lasts|lasting|the last|the past|past|going on)\b", words)
        or re.search(
            (
                r"\b(?:lasted|lasts|lasting|sore|sor|hurt(?:s|ing)?|ach(?:e|ed|y|ing)|been|stiff|tender|pain|"
                r"soreness|it'?s|took)\s+(?:for\s+)?(?:about\s+)?$"
            ),
            before,
        )
        or re.match(
            (
                r"\s*(?:now|straight|of (?:it|this|pain|soreness|aching|being)|and counting|on and off|"
                r"already|so far|sore)\b"
            ),
            after,
        )
        or re.search(r"(?:now|straight|in total|solid|long)$", words)
        or (
            re.match(r"(?:all|most of|the whole|the rest)", words)
            and re.search(r"sore|hurt|ach|pain|stiff|bad|tender|rough|lasted", folded)
        )
    )


def _until(folded: str, question: Question) -> Duration | None:
    """ "came on after a few hours and lasted til next morning": start and end make one stretch."""
    end_found = re.search(
        r"\b(?:until|till|til|'til|through to|thru to)\s+(?:about\s+|around\s+|like\s+|the\s+)*(?:now|"
        r"today|yesterday|last night|this morning|tonight|bed ?time|(?:next|following) (?:day|morning|"
        r"evening|afternoon)|"
        r"(?:mon|tue|wed|thu|thur|thurs|tues|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\b(?: "
        r"(?:morning|night|evening|afternoon))?|lunch\w*|dinner\w*|noon|midnight|morning after|morning|"
        r"evening|night|day after)\b", folded,
    )  # fmt: skip
    if not end_found or re.search(rf"{FINE_BEFORE}$", folded[: end_found.start()]):
        return None
    told = re.search(
        (
            r"\b(?:lasted|sore|hurt|ached|achy|went on|stuck around|hung around|stayed|from|came on|pain|was|"
            r"kept|persisted)\b"
        ),
        folded[: end_found.start()],
    )
    if not told and question is not Question.DURATION:
        return None
    start_found = re.search(
        (
            rf"(?<![a-z\d])(?:after\s+)?({LENGTH})\s*(?:after(?:wards)?|later)?|\b(?:right|straight) "
            rf"(?:after|away)\b|\bfrom\s+[\w ]{{2,20}}?(?=\s+(?:un)?til|\s+till)"
        ),
        folded[: end_found.start()],
    )
    if not start_found:
        return Duration(end_found[0], end_found.start(), end_found.end())
    began = re.sub(r"^after\s+", "", start_found[0]).strip()
    after = "" if re.search(r"after|later|from|away|lasted", began) else " after"
    until = re.sub(r"^(?:till|til|'til|thru to|through to)", "until", end_found[0])
    return Duration(f"{began}{after} {until}", start_found.start(), end_found.end())
