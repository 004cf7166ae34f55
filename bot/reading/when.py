"""When the session was and when the soreness began."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from bot.reading.calendar_days import Moment, resolve
from bot.reading.question import Question
from bot.reading.time_phrases import LENGTH, TimePhrase, find_time_phrases
from bot.reading.unfamiliar import unfamiliar_words


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


_YOU = r"(?:you|u|ye|yis|yous?e?|yez|y'?all|tha)"
_NO_TREATING = (
    r"(?:said|say|told|tell|asked|ask|can|could|will|would|should|might|know|have|are|need|want|do\b|get|see|text)"
)  # fmt: skip
_SESSION_WORD = re.compile(
    r"\b(?:session|sesh|sesion|appointment|appt|treat(?:ment|ed)|needl(?:e|ed|ing|es)|slot|visit|physio|"
    r"therap(?:y|ist)|procedure|seance|jabb?ed|poked|stuck|pricked|(?:she|he|they) (?:did|worked|saw|put)|"
    rf"{_YOU} (?!{_NO_TREATING})[a-z]+|with {_YOU}\b|"  # whatever you did, you did in the session
    r"saw (?:you|u|the|my|him|her|a|them|dr|sarah|\w+ on|\w+(?=\s*$))|came in|came to|"
    r"(?:i|we) came(?! on| back)|was in|went in|been in|had "
    r"(?:it|my|the|dn|dry|a|one|them|this|some|mine)|did (?:both|them|all)|(?:got|get) (?:it |"
    r"my \w+ )?(?:done|needled|stuck|"
    r"poked)|dn|done|did it|last time|last one|my first|was there|"
    r"left (?:your|the|you)|i was (?:in|there|with)|seen|cita|agujas|punctured|puncion)\b"
)


_ONSET_WORD = re.compile(
    r"\b(?:start(?:s|ed|ing)?|beg[au]n|came on|comes? on|kick(?:ed|s|ing)? in|onset|since|from|set in|"
    r"woke|hit(?: me)?|notic\w+|felt|got (?:sore|worse|bad|stiff)|been (?:sore|hurting|aching|stiff|achy|"
    r"like)|"
    r"first|crept|appeared|showed up|flared|sore|hurt(?:s|ing)?|ach(?:e|es|ing|y)|pain|soreness|empezo|"
    r"desde|stiff|tender|bruis\w+)\b"
)


_STARTED = re.compile(
    r"\b(?:start(?:s|ed|ing)?|beg[au]n|came on|kick(?:ed|s)? in|set in|since|notic\w+|crept|appeared|"
    r"flared|empezo|desde|hit me|woke|got (?:sore|stiff|achy|tender))\b"
)


# What was so until the soreness began.
FINE_BEFORE = (
    r"\b(?:not (?=(?:un)?til)|(?:fine|ok|okay|good|great|nothing|not sore|no pain|(?:didn'?t|did not|wasn'?t|was not|"
    r"not)\s+(?:really\s+|even\s+)?"
    r"(?:hurt|sore|ache|start|begin|kick in|come on|set in|feel (?:it|anything|sore|much)|notice(?: it|"
    r" anything)?))\s+)"
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
    for phrase, following in zip_longest(phrases, phrases[1:]):
        told = folded[: following.start] if following and following.kind == "after_session" else folded
        role = _role(told, phrase, question)
        if role == "session" and (session is None or _PUT_RIGHT.search(folded[session.end : phrase.start])):
            session = phrase
        elif role == "session" and session and re.search(r"\band\b", folded[session.end : phrase.start]):
            other.append(session)
            session = phrase  # "one on the 2nd and one on the 9th": the last is asked for
        elif role == "onset" and (onset is None or (_weak(onset) and not _weak(phrase))):
            if onset is not None:
                other.append(onset)
            onset = phrase
        elif role != "none":
            other.append(phrase)
    if session is None and onset is None and question is Question.SESSION and len(phrases) == 1:
        session = next((one for one in phrases if one.kind != "now" and one not in other), None)
    if (
        session is None
        and onset is None
        and question is Question.SESSION
        and (length := _BARE_LENGTH.search(folded))
    ):
        session = TimePhrase(length["length"], "ago", *length.span("length"))  # "must be 3 weeks now"
    if session is not None and onset is not None and onset.kind == "session_event":
        onset = None  # "since you did my glute on wednesday": one time, told twice
    held = Dated(session, resolve(session, now, zone)) if session else None
    base = session_at or (held.moment.at if held and held.moment else None)
    began = Dated(onset, resolve(onset, now, zone, base)) if onset else None
    return Times(held, began, tuple(Dated(one, resolve(one, now, zone, base)) for one in other))


_PUT_RIGHT = re.compile(
    r"\b(?:no|nope|sorry|wait|actually|i mean|i lie|or rather|make that)\b[\s,]*(?:it was )?$"
)
_BARE_LENGTH = re.compile(
    rf"^[^\d]{{0,25}}?\b(?P<length>{LENGTH})(?:\s+(?:now|since|or so|maybe|i think))*[\s.!?]*$"
)


def _weak(phrase: TimePhrase) -> bool:
    return phrase.kind in {"session_event", "waking", "clock"} or phrase.words in {
        "today",
        "tonight",
        "overnight",
    }


def _future(folded: str, phrase: TimePhrase) -> bool:
    """ "next tuesday", "see you friday": not a time that something happened."""
    if re.search(rf"(?:{FINE_BEFORE}|\bsore )(?:un)?till? $", folded[: phrase.start]):
        return False  # "it was fine until the next morning"
    before, after = folded[max(0, phrase.start - 40) : phrase.start], folded[phrase.end : phrase.end + 25]
    return bool(
        re.search(
            (
                r"\b(?:next|coming|see (?:you|u|ya)|booked(?: in)? for|until|till|til|can i|could i|have a|"
                r"got a|my next|race|book|come back|by|seeing you|(?:first|next|mine)(?: one)? is|shall i|should i|due|"
                r"going)\s+(?:\w+\s+){0,2}$"
            ),
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
    # "had my session, monday": the comma parts nothing
    if not left[start:].strip() and cuts and left[cuts[-1] - 1] not in ".;!?\n":
        start = cuts[-2] if len(cuts) > 1 else 0
    stop = next(
        (found.start() for found in _BOUNDARY.finditer(right) if right[: found.start()].strip()), len(right)
    )
    return left[start:], right[:stop]


_OVER = re.compile(
    r"\b(?:gone|better|fine|ok|okay|good|cleared(?: up)?|over|eased(?: off)?|normal|nothing|settled)\s+$"
)


def _cause(folded: str, phrase: TimePhrase) -> bool:
    """ "from the needles, perhaps a 2": where the soreness comes from; "been 6 ever since": since something else."""
    before = folded[: phrase.start]
    if re.match(r"(?:ever since|since then)$", phrase.words):
        return bool(re.search(r"\d\s*$", before)) and "then" in before
    return (
        phrase.words.startswith("from")
        and not _STARTED.search(before)
        and not re.search(r"\b(?:straight|right)\s*$", before)
    )


def _compared(before: str, after: str) -> bool:
    """ "worse than yesterday", "yesterday was rough": a day held against today."""
    how = (
        r"(?:bad|worse|better|rough|fine|good|great|awful|terrible|horrible|ok|okay|easier|harder|"
        r"brutal|hell)"
    )
    return bool(
        re.search(r"\b(?:than|as|like|from|up|down)\s+(?:it was\s+)?(?:on\s+)?$", before)
        or re.match(rf"\s*(?:it\s+)?(?:was|were|felt)\s+(?:\w+\s+){{0,2}}{how}\b", after)
        or re.search(rf"\b(?:was|were|felt)\s+(?:\w+\s+){{0,2}}{how}\s+$", before)
    )


def _today(phrase: TimePhrase) -> bool:
    """ "its sore today": the day of the report, no onset."""
    return bool(re.match(r"(?:today|tonight|hoy|2day)$", phrase.words))


def _of_something_else(before: str, after: str) -> bool:
    """ "took 2 ibuprofen 3 hours ago", "went to the gym yesterday": the time of something else."""
    return bool(
        re.search(
            r"\b(?:took|taken|take|had (?:some|an?|\d|two|my meds)|ate|gym|ran|run|walked|hike|worked "
            r"out|workout|swam|swim|bath|shower|iced|ice|heat|ibuprofen|advil|tylenol|paracetamol|"
            r"drove|flight|flew|texted|text|msg|message|called|emailed|messaged|told|booked|squats?|"
            r"deadlifts?|leg day|training|match|game|"
            r"race|\d*x?\d+k|marathon|pilates|spin|cycled|garden\w*|carried|moved house|danced|birthday|"
            r"played|lifted|rode|yoga|stretched|"
            r"foam rolled|massage)\b",
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
    if re.match(r"[^,.;!?]{0,60}\bit (?:was|were) (?:like |about |easily )?an?\s+\d", after):
        return True  # "tuesday I could hardly get up it was an 8"
    if re.search(r"\d\s*,\s*$", before) and not after.strip(" .!") and len(find_time_phrases(folded)) == 1:
        return False  # "shoulder 4, neck 6, wednesday"
    number = r"(?:\d+(?:\.\d+)?(?:\s*/\s*10)?|zero|one|two|three|four|five|six|seven|eight|nine|ten)"
    return bool(
        re.search(rf"\b{number}\s*(?:out of (?:10|ten)\s*)?,?\s*$", before)
        or re.match(
            (
                r"\s*,?\s*(?:it'?s?\s+|i\s+|i'?m\s+|was\s+|is\s+|were\s+|about\s+|like\s+|at\s+|an?\s+|"
                r"only\s+|am\s+|the\s+|the "
                rf"\w+\s+|:|-)*\s*{number}\b(?!\s*(?:days?|hours?|hrs?|am|pm|:))"
            ),
            after,
        )
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """A time phrase in its message: what stands around it, and what was asked."""

    folded: str
    phrase: TimePhrase
    question: Question
    before: str
    after: str

    @property
    def kind(self) -> str:
        return self.phrase.kind

    @property
    def around(self) -> str:
        return f"{self.before} | {self.after}"

    @property
    def preceding(self) -> str:
        """The whole message before the phrase, across its clauses."""
        return self.folded[: self.phrase.start]


def _role(folded: str, phrase: TimePhrase, question: Question) -> str:
    """What a time is the time of: "session", "onset", "other" (a score's) or "none" of these."""
    told = _Told(folded, phrase, question, *_clause(folded, phrase))
    if told.kind == "now":
        return _ASKED_FOR.get(question, "other") if folded.strip(" .!") == phrase.words else "other"
    return next((role for role, holds in _ROLES if holds(told)), "other")


_ASKED_FOR = {Question.SESSION: "session", Question.ONSET: "onset"}
_SINCE = re.compile(r"(?:since|from|ever since|desde|starting)\b")
_ON_MY_FEET = re.compile(r"\b(?:up|awake|working|at work|on the go|on my feet|driving|ladders)\b")
_THE_SESSION = re.compile(
    r"\s*(?:'?s)?\s*(?:\w+\s+)?(?:session|sesh|appt|appointment|treatment|needling|visit)\b"
)
_SHORT = 8  # words of a message in which "today" is the onset


def _had_the_session(told: _Told) -> bool:
    """True for "saw you on monday", and not for "saw you, then it started on monday"."""
    since = told.before[_last(_SESSION_WORD, told.before) :]
    return bool(_SESSION_WORD.search(told.before)) and not _STARTED.search(since)


def _began(told: _Told) -> bool:
    """True for "kicked in on monday", "was fine till monday"."""
    return bool(_STARTED.search(told.before) or re.search(rf"{FINE_BEFORE}(?:un)?till? $", told.before))


def _answers(told: _Told) -> bool:
    """True when the time is what was asked for, whatever stands beside it."""
    brief = len(told.before.split()) <= 2
    return told.question is Question.SESSION or (told.question is Question.ONSET and brief)


def _sore_then(told: _Told) -> bool:
    """True when the words about it, its kind or a short message make it the onset."""
    if _ONSET_WORD.search(told.around) or told.kind in {"sequence", "waking"}:
        return True
    return len(told.folded.split()) <= _SHORT or told.phrase.words not in {"today", "tonight"}


# In this order: the first that holds decides.
_ROLES: tuple[tuple[str, Callable[[_Told], object]], ...] = (
    ("other", lambda it: it.kind == "session_event" and _cause(it.folded, it.phrase)),
    ("onset", lambda it: it.kind in {"after_session", "session_event"}),
    (
        "none",
        lambda it: it.kind == "journey" and it.question is not Question.ONSET and not _STARTED.search(it.before),
    ),
    ("none", lambda it: it.kind == "clock" and _ON_MY_FEET.search(it.before)),  # "on ladders since half 7"
    ("onset", lambda it: _SINCE.match(it.phrase.words)),
    ("other", lambda it: re.search(r"\bby(?:$|\s)", it.phrase.words) and _OVER.search(it.before)),
    ("other", lambda it: re.search(r"\bthan\s+$", it.before)),
    ("session", _had_the_session),
    ("onset", _began),
    ("other", lambda it: it.kind == "sequence" and re.search(r"\bnow\s*,?\s*$", it.preceding)),
    ("session", lambda it: _THE_SESSION.match(it.after)),
    ("other", lambda it: not _answers(it) and _of_a_score(it.folded, it.phrase)),
    ("other", lambda it: _compared(it.before, it.after)),
    ("none", lambda it: it.kind == "clock" and re.search(r"\b(?:it'?s|it is)\s*$", it.preceding)),  # "now it's 4pm"
    ("none", lambda it: _of_something_else(it.before, it.after)),
    ("other", lambda it: it.question not in _ASKED_FOR and _today(it.phrase)),
    ("session", lambda it: it.question is Question.SESSION),
    ("onset", lambda it: it.question is Question.ONSET),
    ("session", lambda it: _SESSION_WORD.search(it.after) and not _ONSET_WORD.search(it.before)),
    # "mowed the lawn yesterday"
    ("none", lambda it: unfamiliar_words(it.before) and not _ONSET_WORD.search(it.around)),
    ("onset", _sore_then),
)  # fmt: skip
