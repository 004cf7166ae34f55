"""Where soreness reports of a conversation are kept: one way in for the custom actions.

The database is the installation's. `use` names another: the terminal and tests take a temporary one.
Every function works in one transaction and raises DatabaseUnavailableError when it can't, so that nobody is told
"saved" before it is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from bot.records import alerts, conversations, followups, inbox, patients, reports, visits
from bot.records.conversations import Channel
from bot.records.database import Database, open_database
from bot.records.encryption import Keys, Vault
from bot.safety import Tier
from bot.settings import Clinic, load_settings
from bot.soreness.course import Judgement, judge
from bot.soreness.draft import Draft

LOOKS_BACK = timedelta(days=14)  # of one session's reports
PATIENT = "patient"

_open: Callable[[], Database] | None = None


@dataclass(frozen=True)
class Said:
    """A patient's message and what the front door knows beside it. `now` carries a zone, `zone` is the patient's."""

    id: str
    text: str
    channel: Channel
    conversation: str
    now: datetime
    zone: str
    patient: str | None = None
    visit: str | None = None
    prompt: str | None = None
    session_at: datetime | None = None


@dataclass(frozen=True)
class Score:
    """A score that was reported, and the hours since the session (None when nobody knows)."""

    at: datetime
    score: int
    hours: float | None


@lru_cache(maxsize=1)
def clinic() -> Clinic:
    """Return the clinic's settings, read once a process."""
    return load_settings().clinic


def use(opener: Callable[[], Database]) -> None:
    """Keep reports in the database that `opener` gives, from now on."""
    global _open
    _open = lru_cache(maxsize=1)(opener)


def open_reports() -> Database:
    """Return the database that reports are kept in."""
    if _open is None:
        use(lambda: open_database(load_settings().database_url))
    assert _open is not None
    return _open()


def temporary_database() -> Database:
    """Return a database that is gone when the process ends, for the terminal."""
    folder = tempfile.TemporaryDirectory(prefix="needle-assistant-")
    database = open_database(f"sqlite:///{Path(folder.name) / 'bot.db'}", Vault(Keys.generate()))
    database.upgrade()
    _TEMPORARY.append(folder)
    return database


_TEMPORARY: list[tempfile.TemporaryDirectory[str]] = []  # kept until the process ends


def keep(draft: Draft, said: Said) -> tuple[str, Judgement]:
    """Store a draft as it stands: the first message makes the report, later ones amend it, none does it twice.

    What staff must see is opened in the same transaction. Gives the report's id and the judgement.
    """
    with open_reports().transaction() as session:
        said = _known(session, said)
        _ensure_conversation(session, said)
        judgement = judge(
            draft, clinic().soreness, now=said.now, earlier=_earlier(session, said, draft.report)
        )
        details = _details(draft)
        if draft.report is not None:
            stored = reports.amend(session, draft.report, details, actor=PATIENT, now=said.now, inbox=said.id)
        else:
            stored, _ = reports.record_report(
                session, said.id, details, channel=said.channel, now=said.now, conversation=said.conversation,
                patient=said.patient, visit=said.visit, prompt=said.prompt, zone=said.zone,
            )  # fmt: skip
        for task in judgement.tasks:
            if task.rule not in draft.tasks:
                _open_task(session, task.rule, task.tier, said, stored.id)
    return stored.id, judgement


def take_back(report: str, said: Said) -> None:
    """Take a report back: it counts no more, and staff see that it was undone."""
    with open_reports().transaction() as session:
        reports.undo(session, report, actor=PATIENT, now=said.now, inbox=said.id)


def scores(said: Said) -> tuple[Score, ...]:
    """Return the scores of the last two weeks, oldest first: of the patient if known, else of this conversation."""
    with open_reports().reading() as session:
        return tuple(_scores(session, said))


def visit_by_code(text: str, said: Said) -> visits.Visit | None:
    """Tie the conversation to the visit whose code `text` is, and return it; None when it is no code in use."""
    with open_reports().transaction() as session:
        visit = visits.find_by_code(session, text, now=said.now)
        if visit is not None:
            _ensure_conversation(session, said)
            conversations.link(session, said.conversation, visit.patient_id, visit.id)
        return visit


def _known(session: Session, said: Said) -> Said:
    """Leave out what the records do not know: a report is worth more than what it is tied to."""
    return replace(
        said,
        patient=said.patient if said.patient and patients.get(session, said.patient) else None,
        visit=said.visit if said.visit and visits.get(session, said.visit) else None,
        prompt=said.prompt if said.prompt and followups.prompt(session, said.prompt) else None,
    )


def _ensure_conversation(session: Session, said: Said) -> None:
    # The terminal has no door that made it.
    conversations.touch(session, said.conversation, said.channel, now=said.now)


def _open_task(session: Session, rule: str, tier: Tier, said: Said, report: str) -> None:
    # A warning sign in the same message has its alert from the front door; this one belongs to the report.
    known = inbox.get(session, said.id) is not None
    alerts.open_alert(
        session, rule, tier.value, now=said.now, inbox=said.id if known else None, conversation=said.conversation,
        patient=said.patient, report=report, words=said.text,
        next_escalation_at=said.now if tier is Tier.SAME_DAY else None,
    )  # fmt: skip


def _earlier(session: Session, said: Said, report: str | None) -> tuple[int, ...]:
    return tuple(one.score for one in _scores(session, said, besides=report) if one.at < said.now)


def _scores(session: Session, said: Said, besides: str | None = None) -> list[Score]:
    since = max(said.now - LOOKS_BACK, said.session_at or said.now - LOOKS_BACK)
    conversation = None if said.patient else said.conversation
    found = [
        one
        for one in reports.scored(session, patient=said.patient, conversation=conversation, since=since)
        if one.id != besides and one.source_inbox_id != said.id
    ]
    return [_score(one, said) for one in reversed(found)]


def _score(report: reports.Scored, said: Said) -> Score:
    start = said.session_at or report.session_at or report.onset_at
    hours = None if start is None else (report.reported_at - start).total_seconds() / 3600
    return Score(report.reported_at, report.score, hours)


def _details(draft: Draft) -> reports.Details:
    return reports.Details(
        score=draft.score,
        score_low=draft.score_low,
        score_high=draft.score_high,
        previous_score=draft.previous_score,
        severity_word=draft.severity_word,
        areas=tuple(reports.Area(spot.part, spot.side, spot.score, spot.snomed) for spot in draft.spots),
        symptoms=draft.symptoms,
        negated_symptoms=draft.denied,
        session_at=_moment(draft.session_at),
        onset=draft.onset,
        onset_at=_moment(draft.onset_at),
        duration_hours=draft.duration_hours,
        trend=draft.trend,
        words="\n".join(draft.words),
        complete=draft.complete,
    )


def _moment(iso: str | None) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None


def utc_now() -> datetime:
    """Return the present moment; tests put another in its place."""
    return datetime.now(UTC)
