"""A message comes in: stored, assessed and its alert opened in one transaction, however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.records import alerts, chats, conversations, inbox, messages, visitors, visits
from bot.records.conversations import Conversation
from bot.records.inbox import Inbound
from bot.safety import Assessment, Context, Tier, assess
from bot.settings import Clinic
from bot.web.protocol import Said
from bot.web.refusals import bad_request, too_many
from bot.web.sessions import session_expired
from bot.web.wording import clean

LEASE = timedelta(seconds=15)


@dataclass(frozen=True)
class Situation:
    """What is known beside the words: facts for the assistant, context for the assessment."""

    facts: dict[str, str | None]
    context: Context


@dataclass(frozen=True)
class Received:
    """A stored message. `heard` is what the rules found in it; `taken`: it is ours to have answered."""

    message: Inbound
    is_new: bool
    heard: Assessment
    facts: dict[str, str | None]
    taken: bool


def receive(
    session: Session, conversation: str, said: Said, clinic: Clinic, owner: str, *, now: datetime
) -> Received:
    """Store what a visitor said and open an alert if it may mean danger.

    Raises RefusalError: the conversation has ended, too many messages, an unknown button, empty or too long.
    """
    external_id = f"{conversation}:{said.id}"
    if visitors.has_ended(session, conversation):
        raise session_expired()
    if (known := chats.find(session, external_id)) is not None:
        return Received(known, False, Assessment(Tier.NONE), {}, False)
    _within_limits(session, conversation, clinic, now)
    shown, text, chosen = _words(session, conversation, said)
    if said.consent:
        visitors.agree(session, conversation, clinic.web.consent_version, now=now)
    around = situation(session, conversation, now)
    heard = assess(shown, around.context)
    message, is_new = inbox.receive(
        session, "web", external_id, conversation, text, now=now, chosen=chosen,
        patient=around.facts["patient"], details={"shown": shown} if shown != text else None,
    )  # fmt: skip
    messages.append(
        session, conversation, "patient", shown, now=now, key=f"in:{message.id}", inbox=message.id
    )
    if heard.is_alert:
        open_alert(session, message, heard, now=now)
    taken = chats.take_in_turn(session, message.id, owner, now=now, lease=LEASE)
    return Received(message, is_new, heard, around.facts, taken)


def situation(session: Session, conversation: str, now: datetime) -> Situation:
    """What is known of a conversation that may be new: patient and visit, if any, and the last question."""
    thread: Conversation | None = conversations.get(session, conversation)
    visit = visits.get(session, thread.visit_id) if thread and thread.visit_id else None
    question = chats.last_said(session, conversation)
    facts = {
        "patient": thread.patient_id if thread else None,
        "visit": visit.id if visit else None,
        "session_at": visit.ended_at.isoformat() if visit else None,
        "prompt": None,
    }
    context = Context(
        question=question.text if question else None,
        channel="web",
        session_at=visit.ended_at if visit else None,
        now=now,
        treated_areas=tuple(visit.areas) if visit else (),
    )
    return Situation(facts, context)


def open_alert(session: Session, message: Inbound, heard: Assessment, *, now: datetime) -> None:
    """Open a message's alert for its most urgent sign; `next_escalation_at` has the clinic told at once."""
    alerts.open_alert(
        session,
        heard.signs[0].sign if heard.signs else "unnamed",
        heard.tier.value,
        now=now,
        inbox=message.id,
        conversation=message.conversation_id,
        patient=message.patient_id,
        words=(message.details or {}).get("shown", message.body),
        next_escalation_at=now,
    )


def _within_limits(session: Session, conversation: str, clinic: Clinic, now: datetime) -> None:
    limits = clinic.web
    for number, span in (
        (limits.messages_a_minute, timedelta(minutes=1)),
        (limits.messages_a_day, timedelta(days=1)),
    ):
        count, first = chats.count_since(session, conversation, now - span)
        if count >= number:
            raise too_many((first + span - now).total_seconds() if first else 1)


def _words(session: Session, conversation: str, said: Said) -> tuple[str, str, str | None]:
    """What the patient saw, what the assistant is told, and the topic chosen, if a button named one."""
    if said.button is None:
        text = clean(said.text or "")
        return text, text, None
    offer = chats.line_at(session, conversation, said.button.message)
    offered = (offer.payload or {}).get("buttons", []) if offer and offer.side == "assistant" else []
    if said.button.index >= len(offered):
        raise bad_request("This button is not on offer.")
    button = offered[said.button.index]
    title, payload = clean(button["title"]), button["payload"]
    if payload.startswith("/faq/"):
        return title, title, payload[1:]
    return title, clean(payload), None
