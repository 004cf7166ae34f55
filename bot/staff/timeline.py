"""One time line of a person: lines on web and SMS, and between them what happened: alerts, reports, STOP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.records import alert_queue, consents, conversations, reports, transcripts, visits
from bot.records.alerts import Alert
from bot.records.conversations import Conversation
from bot.records.messages import Message
from bot.records.reports import Report
from bot.records.transcripts import Delivery
from bot.records.turns import Turn
from bot.soreness.curve import MOST_HOURS, Point, curve

UNSURE = 0.6  # below this the understanding is shown without being asked for
IN_SIGHT, WORTH_FOLDING = 4, 6  # lines before this conversation that stay; fewer more are not folded away
_CONSENTS = {"granted": "agreed", "withdrawn": "withdrew the consent", "asked": "was asked for consent"}


@dataclass(frozen=True)
class Line:
    """A message, how it was understood, how far it came; `is_other`: said in another conversation."""

    message: Message
    turn: Turn | None
    delivery: Delivery | None
    is_other: bool

    @property
    def is_unsure(self) -> bool:
        """Whether the understanding should be looked at."""
        confidence = self.turn.confidence if self.turn else None
        return confidence is not None and confidence < UNSURE


@dataclass(frozen=True)
class Event:
    """Something that happened between the lines."""

    at: datetime
    words: str
    path: str = ""
    is_urgent: bool = False


@dataclass(frozen=True)
class Timeline:
    """Everything on a transcript's page that was said or happened, oldest first.

    The first `folded` items are of other conversations that were reviewed to their end.
    """

    items: tuple[Line | Event, ...]
    folded: int
    others: tuple[Conversation, ...]
    alerts: tuple[Alert, ...]
    reports: tuple[Report, ...]
    picture: str


def timeline_of(session: Session, one: Conversation) -> Timeline:
    """The time line of a conversation; of all the patient's conversations when the patient is known."""
    own = conversations.of_patient(session, one.patient_id) if one.patient_id else (one,)
    ids = tuple({one.id, *(other.id for other in own)})
    said = transcripts.lines(session, ids)
    turns, sent = transcripts.turns_by_message(session, said), transcripts.deliveries(session, said)
    lines = [
        Line(
            message,
            turns.get(message.inbox_id or "") if message.side == "patient" else None,
            sent.get(message.outbox_id or ""),
            message.conversation_id != one.id,
        )
        for message in said
    ]
    told = alert_queue.of_conversations(session, ids)
    reported = _reports(session, one)
    events = [
        Event(alert.opened_at, f"Alert: {alert.sign.replace('_', ' ')}", f"/staff/alerts/{alert.id}", True)
        for alert in told
    ]
    events += [Event(report.reported_at, f"Report: {in_words(report)}") for report in reported]
    events += [
        Event(
            consent.at, f"The patient {_CONSENTS.get(consent.state, consent.state)} ({_scope(consent.scope)})"
        )
        for consent in (consents.history(session, one.phone_hash) if one.phone_hash else ())
    ]
    items: list[Line | Event] = [*lines, *events]
    items.sort(key=lambda item: item.message.at if isinstance(item, Line) else item.at)
    others = tuple(other for other in own if other.id != one.id)
    return Timeline(
        tuple(items), _folded(items, others), others, told, reported, picture_of(session, reported)
    )


def _folded(items: list[Line | Event], others: tuple[Conversation, ...]) -> int:
    reviewed = {other.id for other in others if other.reviewed_at is not None}
    lines = []
    for place, item in enumerate(items):
        if isinstance(item, Line):
            if item.message.conversation_id not in reviewed:
                break
            lines.append(place)
    return lines[-IN_SIGHT] if len(lines) >= IN_SIGHT + WORTH_FOLDING else 0


def in_words(report: Report) -> str:
    """A report in a few words: "soreness 6 of 10, left calf; taken back"."""
    details = report.details
    score = "soreness without a number" if details.score is None else f"soreness {details.score} of 10"
    places = ", ".join(
        " ".join(word for word in (area.side, area.part.replace("_", " ")) if word) for area in details.areas
    )
    marks = ["taken back"] * (report.undone_at is not None) + ["not finished"] * (not details.complete)
    return "; ".join([", ".join(part for part in (score, places) if part), *marks])


def picture_of(session: Session, reported: tuple[Report, ...]) -> str:
    """The soreness curve (SVG) since the session that the newest report is about; "" without one."""
    points = []
    begun = None
    for report in sorted(reported, key=lambda one: one.reported_at, reverse=True):
        visit = visits.get(session, report.visit_id) if report.visit_id else None
        start = visit.ended_at if visit else report.details.session_at
        if start is None or report.details.score is None or report.undone_at is not None:
            continue
        begun = begun or start
        hours = (report.reported_at - begun).total_seconds() / 3600
        if start == begun and 0 <= hours <= MOST_HOURS:
            points.append(Point(hours, report.details.score))
    return curve(points) if points else ""


def _reports(session: Session, one: Conversation) -> tuple[Report, ...]:
    if one.patient_id:
        return reports.recent(session, patient=one.patient_id, undone=True)
    return reports.recent(session, conversation=one.id, undone=True)


def _scope(scope: str) -> str:
    return scope.replace("_", " ")
