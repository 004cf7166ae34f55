"""What is written down of a reply: its lines, the urgent words, the alert's history, the message's end.

Functions that take a Session. A line is stored only while its message is held: whoever lost the lease, or
whose conversation was erased meanwhile, gets LostError and everything of that transaction is undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.clinic_facts import phone
from bot.records import alerts, chats, conversations, inbox
from bot.records.inbox import Inbound
from bot.records.messages import Message
from bot.safety import Assessment, SignFound, Tier, urgent_text
from bot.settings import Clinic
from bot.web.assistant import Spoken
from bot.web.receiving import open_alert


class LostError(Exception):
    """The message is no longer ours to answer."""


def tier_of(spoken: Spoken) -> Tier:
    """How urgent a message of the assistant is: only `kind: urgent` is, and never less than same-day."""
    return _tier(spoken.custom)


def tell_urgent(
    session: Session, message: Inbound, heard: Assessment, clinic: Clinic, *, now: datetime
) -> Message | None:
    """Store the fixed words for what the rules found, once (then None), and note on the alert what was told."""
    if chats.state_of(session, message.id) is None:
        raise LostError
    if _told_before(session, message) >= heard.tier.urgency:
        return None
    text = urgent_text(heard, "web", clinic, now)
    payload = {"kind": "urgent", "tier": heard.tier.value, "by": "door"}
    _note_answer(session, message, text, now=now)
    return _append(session, message, "urgent", text, payload, now=now)


def store(
    session: Session,
    message: Inbound,
    breath: Sequence[Spoken],
    number: int,
    owner: str,
    *,
    now: datetime,
    lease: timedelta,
    told: Tier,
    end: tuple[str, ...] | None = None,
) -> tuple[list[Message | None], Tier]:
    """Store lines of the assistant, from the reply's `number` on; gives them, None for one that is not new, and
    how urgent all was that the patient has been `told`. With an `end`, its topics, the message is answered.

    An urgent line is dropped when the patient has read words at least as urgent; one that the rules did not
    see opens its alert here.
    """
    if end is None:
        renew(session, message, owner, now=now, lease=lease)
    else:
        complete(session, message, owner, end, now=now)
    stored: list[Message | None] = []
    for place, spoken in enumerate(breath, number):
        tier, line = _store(session, message, spoken, place, now=now, told=told)
        told = max(told, tier, key=lambda tier: tier.urgency)
        stored.append(line)
    return stored, told


def _store(
    session: Session, message: Inbound, spoken: Spoken, number: int, *, now: datetime, told: Tier
) -> tuple[Tier, Message | None]:
    tier = tier_of(spoken)
    if tier is not Tier.NONE:
        _see_to_alert(session, message, tier, spoken, now=now)
        if max(told.urgency, _told_before(session, message, besides=number)) >= tier.urgency:
            return tier, None
        _note_answer(session, message, spoken.text, now=now)
    payload = {**spoken.custom, "buttons": spoken.buttons}
    return tier, _append(session, message, str(number), spoken.text, payload, now=now)


def renew(session: Session, message: Inbound, owner: str, *, now: datetime, lease: timedelta) -> None:
    """Prolong our hold on a message; raises LostError when it is no longer ours."""
    if not chats.renew(session, message.id, owner, now=now, lease=lease):
        raise LostError


def complete(
    session: Session, message: Inbound, owner: str, topics: tuple[str, ...], *, now: datetime
) -> None:
    """Mark the message answered and note what it was about."""
    if not chats.complete(session, message.id, owner, now=now):
        raise LostError
    conversations.add_topics(session, message.conversation_id, topics)


def put_back(session: Session, message: Inbound, owner: str, *, not_before: datetime, error: str) -> None:
    """Leave the message pending, to be tried again."""
    if not inbox.release(session, message.id, owner, not_before=not_before, error=error):
        raise LostError


def give_up(
    session: Session, message: Inbound, owner: str, clinic: Clinic, *, now: datetime
) -> Message | None:
    """Tell the patient that this message can't be answered here, and leave it for staff."""
    if not inbox.fail(session, message.id, owner, error="no_answer"):
        raise LostError
    call = phone(clinic.phone, clinic.country, link=True)
    text = f"Sorry, I can't answer that message. Please ask it in other words, or call the clinic: {call}."
    return _append(session, message, "notice", text, {"kind": "notice"}, now=now)


def _append(
    session: Session, message: Inbound, key: str, text: str, payload: dict[str, Any], *, now: datetime
) -> Message | None:
    return chats.say(session, message, f"reply:{message.id}:{key}", text, payload, now=now)


def _told_before(session: Session, message: Inbound, besides: int | None = None) -> int:
    """How urgent the words were that this message has been told, by line `besides` left out."""
    told = (
        _tier(line.payload or {}).urgency
        for line in chats.lines_of(session, message.id)
        if line.key != f"reply:{message.id}:{besides}"
    )
    return max(told, default=0)


def _tier(payload: dict[str, Any]) -> Tier:
    if payload.get("kind") != "urgent":
        return Tier.NONE
    return Tier.EMERGENCY if payload.get("tier") == Tier.EMERGENCY else Tier.SAME_DAY


def _see_to_alert(session: Session, message: Inbound, tier: Tier, spoken: Spoken, *, now: datetime) -> None:
    opened = [Tier(alert.tier).urgency for alert in chats.alerts_of(session, message.id)]
    if max(opened, default=0) < tier.urgency:
        sign = SignFound(str(spoken.custom.get("sign") or "seen_by_assistant"), tier, 0, 0, "")
        open_alert(session, message, Assessment(tier, (sign,)), now=now)


def _note_answer(session: Session, message: Inbound, text: str, *, now: datetime) -> None:
    for alert in chats.alerts_of(session, message.id):
        if alert.answered is None:
            alerts.note_answer(session, alert.id, text, now=now)
