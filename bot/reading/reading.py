"""`read_report`: one message in, one frozen `Reading` out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.reading.areas import read_areas
from bot.reading.body_parts import body_parts
from bot.reading.duration import read_duration, without
from bot.reading.language import tokens_of
from bot.reading.places import find_places
from bot.reading.question import kind_of_question
from bot.reading.respelling import respelt
from bot.reading.sayings import without_sayings
from bot.reading.score import read_score
from bot.reading.score_value import Ask
from bot.reading.severity import severity_in
from bot.reading.symptoms import find_symptoms
from bot.reading.trend import trend_in
from bot.reading.when import Dated, Times, read_times
from bot.reading.wording import Span, Wording, fold


@dataclass(frozen=True)
class Area:
    """A sore place. `part` is None when only a side was named; `snomed` is an unverified body site code."""

    part: str | None
    side: str | None
    score: float | None
    snomed: str | None
    span: Span


@dataclass(frozen=True)
class Finding:
    """A value read from the message, with the patient's own words for it."""

    value: str
    span: Span


@dataclass(frozen=True)
class When:
    """A time: the patient's words, the moment in the patient's zone (None when unknown) and its precision
    ("hour", "part" of the day, "day")."""

    words: str
    at: datetime | None
    precision: str | None
    span: Span


@dataclass(frozen=True)
class Reading:
    """What a message says about soreness. A number outside 0-10 is `out_of_range` and never clipped.

    `score` is the present score, the higher end of `score_low`-`score_high`. `ask` says why there is no score
    although the message may have meant one: "out_of_range", "other_scale", "several" or "unclear".
    """

    text: str
    score: float | None = None
    score_low: float | None = None
    score_high: float | None = None
    score_span: Span | None = None
    ask: str | None = None
    severity_word: Finding | None = None
    previous_score: float | None = None
    previous_span: Span | None = None
    areas: tuple[Area, ...] = ()
    session: When | None = None
    onset: When | None = None
    other_times: tuple[When, ...] = ()
    duration: Finding | None = None
    trend: Finding | None = None
    other_symptoms: tuple[Finding, ...] = ()
    negated_symptoms: tuple[Finding, ...] = ()

    @property
    def out_of_range(self) -> bool:
        """Tell whether a number was given that lies outside 0-10."""
        return self.ask == Ask.OUT_OF_RANGE

    @property
    def when(self) -> str | None:
        """The times in words, as read back: "session monday; onset tuesday night", "since tues", "now"."""
        if self.session and self.onset:
            return f"session {self.session.words}; onset {self.onset.words}"
        told = self.session or self.onset
        if told:
            return told.words
        if not self.other_times:
            return None
        return min(self.other_times, key=lambda one: (one.words != "now", one.span.start)).words


def read_report(
    text: str,
    asked: str | None = None,
    *,
    now: datetime,
    zone: str,
    session_at: datetime | None = None,
) -> Reading:
    """Read a soreness report.

    `asked` is the assistant's question just before (its text or a `Question` name), `now` an aware time,
    `zone` the patient's IANA zone, `session_at` the known session from which "the next morning" counts. Raises
    ValueError when `now` has no zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must carry a time zone")
    wording = fold(text)
    folded = respelt(wording.folded)
    if not folded.strip():
        return Reading(text)
    question = kind_of_question(asked)
    doc = tokens_of(without_sayings(folded))
    places = find_places(doc)
    symptoms = find_symptoms(doc)
    score = read_score(folded, question, [(place.start, place.end) for place in places])
    places, own_scores, score = read_areas(folded, places, score, symptoms)
    times = read_times(folded, question, now, zone, session_at)
    duration = read_duration(folded, question, times)
    times = without(times, duration)
    trend = trend_in(folded, score.value, score.previous)
    severity = severity_in(folded)
    return Reading(
        text,
        score=score.value,
        score_low=score.low,
        score_high=score.high,
        score_span=_span(wording, score.start, score.end),
        ask=score.ask.value if score.ask else None,
        severity_word=Finding(severity.word, wording.span(severity.start, severity.end))
        if severity
        else None,
        previous_score=score.previous,
        previous_span=_span(wording, score.previous_start, score.previous_end),
        areas=tuple(
            Area(
                place.part,
                place.side,
                own,
                body_parts()[place.part].snomed if place.part else None,
                wording.span(place.start, place.end),
            )
            for place, own in zip(places, own_scores, strict=True)
        ),
        session=_when(wording, times.session),
        onset=_when(wording, times.onset),
        other_times=_others(wording, times),
        duration=Finding(duration.words, wording.span(duration.start, duration.end)) if duration else None,
        trend=Finding(trend.direction, wording.span(trend.start, max(trend.end, trend.start + 1)))
        if trend
        else None,
        other_symptoms=tuple(
            Finding(one.name, wording.span(one.start, one.end)) for one in symptoms if not one.denied
        ),
        negated_symptoms=tuple(
            Finding(one.name, wording.span(one.start, one.end)) for one in symptoms if one.denied
        ),
    )


def _span(wording: Wording, start: int, end: int) -> Span | None:
    return wording.span(start, end) if end > start else None


def _others(wording: Wording, times: Times) -> tuple[When, ...]:
    return tuple(one for one in (_when(wording, other) for other in times.other) if one)


def _when(wording: Wording, dated: Dated | None) -> When | None:
    if dated is None:
        return None
    phrase, moment = dated.phrase, dated.moment
    return When(
        phrase.words,
        moment.at if moment else None,
        moment.precision if moment else None,
        wording.span(phrase.start, phrase.end),
    )


def warm_up() -> None:
    """Load and build what the first message would otherwise wait for (spaCy: some seconds)."""
    read_report("warm", now=datetime.now(UTC), zone="UTC")
