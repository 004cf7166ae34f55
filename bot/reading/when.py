"""When the session was, when the soreness began, and how long it lasted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.reading.calendar_days import Moment, resolve
from bot.reading.question import Question
from bot.reading.time_phrases import LENGTH, TimePhrase, find_time_phrases


@dataclass(frozen=True)
class Dated:
    """A time phrase with the moment it names; `at` is None when that cannot be known."""

    phrase: TimePhrase
    moment: Moment | None


@dataclass(frozen=True)
class Times:
    """The times of a message. `other` are those of a score ("8 on mon", "now")."""

    session: Dated | None = None
    onset: Dated | None = None
    other: tuple[Dated, ...] = ()


_SESSION_WORD = re.compile(
    r"\b(?:session|sesh|sesion|appointment|appt|treat(?:ment|ed)|needl(?:ed|ing|es)|visit|physio|therap(?:y|ist)|(?:you|u|she|he|they) (?:did|worked|saw|poked|jabbed|stuck|put)|"
    r"saw (?:you|u|the|my|him|her|a|them|dr|sarah|\w+ on)|came in|came to|was in|went in|been in|had (?:it|my|the|dn|dry|a|one|them|this|some|mine)|(?:got|get) (?:it |my \w+ )?(?:done|needled|stuck|poked)|dn|done|did it|last time|last one|my first|was there|"
    r"left (?:your|the|you)|i was (?:in|there|with)|seen|cita|agujas|punctured|puncion)\b"
)
_ONSET_WORD = re.compile(
    r"\b(?:start(?:s|ed|ing)?|beg[au]n|came on|comes? on|kick(?:ed|s|ing)? in|onset|since|from|set in|woke|hit(?: me)?|notic\w+|felt|got (?:sore|worse|bad|stiff)|been (?:sore|hurting|aching|stiff|achy|like)|"
    r"first|crept|appeared|showed up|flared|sore|hurt(?:s|ing)?|ach(?:e|es|ing|y)|pain|soreness|empezo|desde|stiff|tender|bruis\w+)\b"
)
_STARTED = re.compile(
    r"\b(?:start(?:s|ed|ing)?|beg[au]n|came on|kick(?:ed|s)? in|set in|since|notic\w+|crept|appeared|flared|empezo|desde|hit me|woke)\b"
)
_BOUNDARY = re.compile(r"[.;!?\n]|,|\bbut\b|\band\b|\bthen\b|\bso\b|\bwhich\b|\bnow\b")


def read_times(
    folded: str, question: Question, now: datetime, zone: str, session_at: datetime | None = None
) -> Times:
    """Read the session's day and the onset. The question decides where the words do not."""
    phrases = [one for one in find_time_phrases(folded) if not _future(folded, one)]
    session: TimePhrase | None = None
    onset: TimePhrase | None = None
    other: list[TimePhrase] = []
    for phrase in phrases:
        role = _role(folded, phrase, question)
        if role == "session" and session is None:
            session = phrase
        elif role == "onset" and (onset is None or _weak(onset) and not _weak(phrase)):
            if onset is not None:
                other.append(onset)
            onset = phrase
        elif role != "none":
            other.append(phrase)
    if session is not None and onset is not None and onset.kind == "session_event":
        onset = None  # "since you did my glute on wednesday": one time, told twice
    held = Dated(session, resolve(session, now, zone)) if session else None
    base = session_at or (held.moment.at if held and held.moment else None)
    began = Dated(onset, resolve(onset, now, zone, base)) if onset else None
    return Times(held, began, tuple(Dated(one, resolve(one, now, zone, base)) for one in other))


def without(times: Times, duration: Duration | None) -> Times:
    """Drop an onset that is told as a part of the duration ("a few hours after until next morning")."""
    if duration is None:
        return times
    apart = [one for one in _all(times) if not (duration.start < one.phrase.end and one.phrase.start < duration.end)]
    return Times(
        times.session,
        times.onset if times.onset in apart else None,
        tuple(one for one in times.other if one in apart),
    )


def _weak(phrase: TimePhrase) -> bool:
    return phrase.kind in {"session_event", "waking", "clock"} or phrase.words in {
        "today",
        "tonight",
        "overnight",
    }


def _future(folded: str, phrase: TimePhrase) -> bool:
    """ "next tuesday", "see you friday": not a time that something happened."""
    if re.search(r"\b(?:fine|ok|okay|good|great|nothing|not sore|no pain|sore) (?:un)?till? $", folded[: phrase.start]):
        return False  # "it was fine until the next morning"
    before, after = folded[max(0, phrase.start - 40) : phrase.start], folded[phrase.end : phrase.end + 25]
    return bool(
        re.search(
            r"\b(?:next|coming|see (?:you|u|ya)|booked(?: in)? for|until|till|til|can i|could i|have a|got a|my next|race|book|come back|by|seeing you|shall i|should i|due|going)\s+(?:\w+\s+){0,2}$",
            before,
        )
        and not phrase.words.startswith(("since", "from"))
        and not re.search(r"(?:lasted|sore|hurt)\s+(?:\w+\s+)?(?:until|till|til)\s+$", before)
    ) or bool(re.match(r"\s+(?:coming|after next)\b", after))


def _clause(folded: str, phrase: TimePhrase) -> tuple[str, str]:
    """The words of the phrase's own clause before and after it."""
    left = folded[: phrase.start]
    right = folded[phrase.end :]
    cuts = [found.end() for found in _BOUNDARY.finditer(left)]
    start = cuts[-1] if cuts else 0
    if not left[start:].strip() and cuts:  # "had my session, monday": the comma parts nothing
        start = cuts[-2] if len(cuts) > 1 else 0
    stop = next(
        (found.start() for found in _BOUNDARY.finditer(right) if right[: found.start()].strip()), len(right)
    )
    return left[start:], right[:stop]


def _role(folded: str, phrase: TimePhrase, question: Question) -> str:
    before, after = _clause(folded, phrase)
    if phrase.kind == "now":
        return "other"
    if phrase.kind in {"after_session", "session_event"}:
        return "onset"
    if re.match(r"(?:since|from|ever since|desde|starting)\b", phrase.words):
        return "onset"
    around = before + " | " + after
    if _SESSION_WORD.search(before) and not _STARTED.search(before[_last(_SESSION_WORD, before) :]):
        return "session"
    if _STARTED.search(before) or re.search(r"\b(?:fine|ok|okay|good|great|nothing|not sore|no pain) (?:un)?till? $", before):
        return "onset"
    if re.search(r"\bnow\s*,?\s*$", folded[: phrase.start]) and phrase.kind == "sequence":
        return "other"
    if re.match(
        r"\s*(?:'?s)?\s*(?:\w+\s+)?(?:session|sesh|appt|appointment|treatment|needling|visit)\b", after
    ):
        return "session"
    answers = question in {Question.SESSION, Question.ONSET} and len(before.split()) <= 2
    if _of_a_score(folded, phrase) and not answers:
        return "other"
    if _of_something_else(before, after):
        return "none"
    if _today(phrase) and question not in {Question.SESSION, Question.ONSET}:
        return "other"
    if question is Question.SESSION:
        return "session"
    if question is Question.ONSET:
        return "onset"
    if _SESSION_WORD.search(after) and not _ONSET_WORD.search(before):
        return "session"
    if phrase.kind == "sequence":
        return "onset"
    if _ONSET_WORD.search(around) or phrase.kind in {"waking"}:
        return "onset"
    return "onset" if len(folded.split()) <= 8 or phrase.words not in {"today", "tonight"} else "other"


def _today(phrase: TimePhrase) -> bool:
    """"its sore today": the day of the report, no onset."""
    return bool(re.match(r"(?:today|tonight|hoy|2day)$", phrase.words))


def _of_something_else(before: str, after: str) -> bool:
    """"took 2 ibuprofen 3 hours ago", "went to the gym yesterday": the time of something else."""
    return bool(
        re.search(
            r"\b(?:took|taken|take|had (?:some|an?|\d|two|my meds)|ate|gym|ran|run|walked|hike|worked out|workout|swam|swim|bath|shower|iced|ice|heat|ibuprofen|advil|tylenol|paracetamol|"
            r"drove|flight|flew|texted|called|emailed|messaged|booked|played|lifted|rode|yoga|stretched|foam rolled|massage)\b",
            before,
        )
        and not _STARTED.search(before)
        and not _SESSION_WORD.search(after)
    )


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((found.start() for found in pattern.finditer(text)), default=0)


def _of_a_score(folded: str, phrase: TimePhrase) -> bool:
    """ "8 on mon", "was a 5 this morning", "yesterday it was 7": the time of a score."""
    before, after = folded[: phrase.start], folded[phrase.end :]
    number = r"(?:\d+(?:\.\d+)?(?:\s*/\s*10)?|zero|one|two|three|four|five|six|seven|eight|nine|ten)"
    return bool(
        re.search(rf"\b{number}\s*(?:out of (?:10|ten)\s*)?,?\s*$", before)
        or re.match(
            rf"\s*,?\s*(?:it'?s?\s+|i\s+|i'?m\s+|was\s+|is\s+|were\s+|about\s+|like\s+|at\s+|an?\s+|the \w+\s+|:|-)*\s*{number}\b(?!\s*(?:days?|hours?|hrs?|am|pm|:))",
            after,
        )
    )


_DURATION = re.compile(
    rf"(?<![a-z\d])(?:(?:for|lasted|lasts|lasting|last|past|took|the last|the past|about|around|almost|nearly|over|roughly|approx|maybe|like|only|just|at least|up to|more than|less than|under|a good|pretty much|probably|well over|going on)\s+)*"
    rf"(?:{LENGTH}(?:\s*(?:now|straight|solid|in total|total|or so|ish|running))?|(?:all|most of|the whole|the rest of|half)\s+(?:of\s+)?(?:the\s+)?(?:day|night|morning|afternoon|evening|week|weekend)(?:\s+long)?(?:\s+(?:and\s+)?(?:yesterday|today))?|"
    rf"(?:the )?whole (?:time|day|week)|a while|ages|not long|overnight)"
    rf"(?![a-z])"
)
_NOT_DURATION = re.compile(
    r"^\s*(?:ago|back|before|later|after\b|afterwards?|post|prior|old|from now|since|apart|following|per|a week|into|until (?:my|the) next|shift|off|course|trip|walk|run|drive|ride|of (?:sleep|work|rest)|class|session|at the gym|hike|flight|nap)\b"
)
_STRETCH = re.compile(
    r"(?:(?:from|after|came on (?:after )?|started|began|kicked in)\s+(?:(?:about|like|maybe|around)\s+)*)?[\w' ]{0,40}?\b(?:until|till|til|'til|through to|thru|up to)\s+(?:about\s+|around\s+|like\s+|the\s+)*"
    r"(?:now|today|yesterday|last night|this morning|tonight|bed ?time|(?:the )?(?:next|following) (?:day|morning|evening|afternoon)|\w+day(?: (?:morning|night|evening|afternoon))?|mon|tues?|wed|thurs?|fri|sat|sun|lunch\w*|dinner\w*|morning|evening|night|noon|midnight|(?:the )?morning after)\b"
)


@dataclass(frozen=True)
class Duration:
    """How long, in the patient's words at `folded[start:end]`."""

    words: str
    start: int
    end: int


def read_duration(folded: str, question: Question, times: Times) -> Duration | None:
    """Read a length of soreness: "about 36 hrs", "for 3 days", "a few hours after until next morning"."""
    for special in (_until(folded, question), _over_after(folded), _from_to(folded)):
        if special:
            return special
    taken = [(one.phrase.start, one.phrase.end) for one in _all(times) if one.phrase.words not in {"overnight", "now"}]
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
    """"gone after 24 hrs", "went away after a day", "still going after 4 days"."""
    found = re.search(
        rf"\b(?:gone|went away|cleared(?: up)?|disappeared|over|stopped|resolved|wore off|eased|faded|still (?:\w+ )?(?:going|sore|hurts|hurting|there|aching|in pain))\s+(?:after|in|within)\s+(?P<length>(?:(?:about|only|like|around)\s+)?{LENGTH})",
        folded,
    )
    return Duration(found["length"], *found.span("length")) if found else None


_DAY = r"(?:(?:mon|tues?|wed|weds|thu|thurs?|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?|yesterday|last night|this morning|today|now)(?: (?:morning|night|evening|afternoon))?"


def _from_to(folded: str) -> Duration | None:
    """"from tuesday to thursday"."""
    found = re.search(rf"\bfrom {_DAY} (?:to|until|till|til|through|thru) {_DAY}\b", folded)
    return Duration(found[0], *found.span()) if found else None


def _all(times: Times) -> list[Dated]:
    return [one for one in (times.session, times.onset, *times.other) if one is not None]


def _lasting(folded: str, start: int, end: int, words: str) -> bool:
    """Outside an answer to "how long?", a length counts when the wording says that something lasted."""
    before, after = folded[max(0, start - 30) : start], folded[end : end + 30]
    if re.search(
        r"\b(?:in|every|within|after|next|wait|takes?|booked|ran|walked|drove|sat|slept|worked|run|held|session was|until|of|within|ice|iced|heat|icing|off work)\s+(?:for\s+)?$",
        before,
    ):
        return False
    if re.search(
        r"\b(?:ran|walked|drove|sat|slept|worked|run|iced|heat|icing|ice|rested|stretched|sitting|driving|walking|off work)\b",
        before,
    ) and words.startswith(("for", "about")):
        return False
    return bool(
        re.match(r"(?:for|lasted|lasts|lasting|the last|the past|past|going on)\b", words)
        or re.search(
            r"\b(?:lasted|lasts|lasting|sore|sor|hurt(?:s|ing)?|ach(?:e|ed|y|ing)|been|stiff|tender|pain|soreness|it'?s|took)\s+(?:for\s+)?(?:about\s+)?$",
            before,
        )
        or re.match(
            r"\s*(?:now|straight|of (?:it|this|pain|soreness|aching|being)|and counting|on and off|already|so far|sore)\b",
            after,
        )
        or re.search(r"(?:now|straight|in total|solid|long)$", words)
        or re.match(r"(?:all|most of|the whole|the rest)", words)
        and re.search(r"sore|hurt|ach|pain|stiff|bad|tender|rough|lasted", folded)
    )


def _until(folded: str, question: Question) -> Duration | None:
    """ "came on after a few hours and lasted til next morning": start and end make one stretch."""
    end_found = re.search(
        r"\b(?:until|till|til|'til|through to|thru to)\s+(?:about\s+|around\s+|like\s+|the\s+)*(?:now|today|yesterday|last night|this morning|tonight|bed ?time|(?:next|following) (?:day|morning|evening|afternoon)|"
        r"(?:mon|tue|wed|thu|thur|thurs|tues|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\b(?: (?:morning|night|evening|afternoon))?|lunch\w*|dinner\w*|noon|midnight|morning after|morning|evening|night|day after)\b", folded,
    )  # fmt: skip
    if not end_found or re.search(r"\b(?:fine|ok|okay|good|great|nothing|not sore|no pain) $", folded[: end_found.start()]):
        return None
    told = re.search(
        r"\b(?:lasted|sore|hurt|ached|achy|went on|stuck around|hung around|stayed|from|came on|pain|was|kept|persisted)\b",
        folded[: end_found.start()],
    )
    if not told and question is not Question.DURATION:
        return None
    start_found = re.search(
        rf"(?<![a-z\d])(?:after\s+)?({LENGTH})\s*(?:after(?:wards)?|later)?|\b(?:right|straight) (?:after|away)\b|\bfrom\s+[\w ]{{2,20}}?(?=\s+(?:un)?til|\s+till)",
        folded[: end_found.start()],
    )
    if not start_found:
        return Duration(end_found[0], end_found.start(), end_found.end())
    began = re.sub(r"^after\s+", "", start_found[0]).strip()
    after = "" if re.search(r"after|later|from|away|lasted", began) else " after"
    until = re.sub(r"^(?:till|til|'til|thru to|through to)", "until", end_found[0])
    return Duration(f"{began}{after} {until}", start_found.start(), end_found.end())
