"""Takes what a message says into a draft: an answer fills and adds, a correction replaces."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import datetime

from bot.reading import Area, Reading, read_report
from bot.reading.question import Question
from bot.soreness.asides import statements
from bot.soreness.draft import ANYTHING_ELSE, SCORE, WHEN, WHERE, Draft, Spot, is_paired

MOST_TRIES = 2  # times that one question is asked back; then the words are kept for staff

CONFIRM = "confirm"  # the saved report, read back

# How the reading room calls our questions.
_QUESTIONS = {
    SCORE: Question.SCORE,
    WHERE: Question.WHERE,
    WHEN: Question.SESSION,
    ANYTHING_ELSE: Question.ANYTHING_ELSE,
    CONFIRM: Question.CONFIRM,
}
_BARE_LENGTH = re.compile(
    r"^\W*(?:(?:about|around|maybe|like|only|just|roughly)\s+)?(?:\d+|an?|one|two|three|four|five|six|seven)\s*"
    r"(?:hours?|hrs?|h|days?|d|nights?|weeks?|wks?)\W*$",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(
    r"^\W*(?:\d{1,2}(?:[.,]\d)?|zero|one|two|three|four|five|six|seven|eight|nine|ten)\W*$", re.IGNORECASE
)


def read(text: str, asked: str | None, *, now: datetime, zone: str, session_at: datetime | None) -> Reading:
    """Read what a message tells, as the answer to a question of ours (a slot's name) or as it stands."""
    text = statements(text) or text
    question = _QUESTIONS.get(asked or "")
    if question is Question.SESSION and _BARE_LENGTH.match(text):
        text = f"{text.strip(' .!')} ago"
    return read_report(text, question, now=now, zone=zone, session_at=session_at)


def is_bare_number(text: str) -> bool:
    """Whether a message is one small number and nothing else: "6" says nothing about what it counts."""
    return bool(_BARE_NUMBER.match(text))


def says_something(reading: Reading) -> bool:
    """Whether a reading found anything that belongs in a report."""
    return bool(
        reading.score is not None or reading.ask or reading.severity_word or reading.areas or reading.session
        or reading.onset or reading.other_symptoms or reading.negated_symptoms or reading.trend or reading.duration
    )  # fmt: skip


def take_in(draft: Draft, reading: Reading, *, asked: str | None = None, correcting: bool = False) -> Draft:
    """Return the draft with what a message says. `correcting`: what it says replaces what stood."""
    draft = _score(draft, reading, asked, correcting)
    draft = replace(draft, spots=_spots(draft, reading, asked, correcting))
    draft = _times(draft, reading, correcting)
    symptoms = {one.value for one in reading.other_symptoms}
    denied = {one.value for one in reading.negated_symptoms}
    return replace(
        draft,
        symptoms=tuple(
            dict.fromkeys([one for one in draft.symptoms if one not in denied] + sorted(symptoms))
        ),
        denied=tuple(dict.fromkeys([one for one in draft.denied if one not in symptoms] + sorted(denied))),
        severity_word=reading.severity_word.value if reading.severity_word else draft.severity_word,
        trend=reading.trend.value if reading.trend else draft.trend,
        duration_hours=_hours(reading.duration.value) if reading.duration else draft.duration_hours,
    )


_LENGTH = re.compile(
    r"\b(\d+(?:\.\d+)?|an?|one|two|three|four|five|six|seven)\s*(hours?|hrs?|h|days?|d|weeks?|wks?|w)\b"
)
_UNIT_HOURS = {"h": 1, "d": 24, "w": 168}
_NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven")


def _hours(length: str) -> float | None:
    """Return the hours of a length such as "36 hrs" or "two days"; None for "a while"."""
    found = _LENGTH.search(length)
    if found is None:
        return None
    count = found[1]
    number = 1.0 if count in ("a", "an") else _NUMBERS.index(count) if count in _NUMBERS else float(count)
    return number * _UNIT_HOURS[found[2][0]]


def _score(draft: Draft, reading: Reading, asked: str | None, correcting: bool) -> Draft:
    if reading.score is None or (draft.score is not None and not correcting and asked != SCORE):
        return draft
    low = reading.score if reading.score_low is None else reading.score_low
    high = reading.score if reading.score_high is None else reading.score_high
    previous = draft.previous_score if reading.previous_score is None else math.ceil(reading.previous_score)
    return replace(
        draft,
        score=math.ceil(reading.score),  # of "5 to 6" or 6.5 the higher whole number
        score_low=math.floor(low),
        score_high=math.ceil(high),
        previous_score=previous,
        offered=None,
    )


def _spots(draft: Draft, reading: Reading, asked: str | None, correcting: bool) -> tuple[Spot, ...]:
    sides = [area for area in reading.areas if area.part is None]
    named = [_spot(area) for area in reading.areas if area.part is not None]
    spots = list(draft.spots)
    if correcting and named and not _names_again(spots, named):
        if len(spots) == len(named) == 1 and named[0].side is None:
            named = [replace(named[0], side=spots[0].side if is_paired(named[0].part) else None)]
        spots = []  # "not the knee, the calf": the side stays, it was not what was wrong
    for spot in named:
        same = next((n for n, known in enumerate(spots) if known.part == spot.part), None)
        if same is None:
            spots.append(spot)
        elif correcting or spots[same].side in (None, spot.side):
            spots[same] = replace(
                spot,
                side=spot.side or spots[same].side,
                score=spots[same].score if spot.score is None else spot.score,
            )
        elif spot.side is not None:
            spots.append(spot)  # the other side of the same part is another place
    for area in sides:
        paired = [n for n, known in enumerate(spots) if correcting or known.side is None]
        if paired:
            spots[paired[-1]] = replace(spots[paired[-1]], side=area.side)
    if len(spots) == 1 and reading.score is not None and (correcting or asked == SCORE):
        spots[0] = replace(spots[0], score=math.ceil(reading.score))
    return tuple(spots)


def _names_again(spots: list[Spot], named: list[Spot]) -> bool:
    return bool({spot.part for spot in spots} & {spot.part for spot in named})


def _spot(area: Area) -> Spot:
    assert area.part is not None
    return Spot(area.part, area.side, None if area.score is None else math.ceil(area.score), area.snomed)


def _times(draft: Draft, reading: Reading, correcting: bool) -> Draft:
    session, onset = reading.session, reading.onset
    if correcting and onset and not session and draft.session and not draft.onset:
        session, onset = onset, None  # "no, monday": the day that was told was the session's
    if session and session.at and (correcting or draft.session is None):
        draft = replace(draft, session=session.words, session_at=session.at.isoformat())
    if onset and (correcting or draft.onset is None):
        at = onset.at.isoformat() if onset.at else None
        draft = replace(draft, onset=onset.words, onset_at=at)
    return draft
