"""A web conversation as the front door works with it: what comes in, is said, waits, and whose turn it is.

The tables and their rules are in `inbox`, `messages` and `conversations`. Here each act is a few statements,
built once: the door does them for every message and has 15 ms for all it does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm import Session

from bot.records import inbox, messages, visitors
from bot.records.alerts import Alert, AlertRow
from bot.records.consents import ConsentRow
from bot.records.conversations import ConversationRow
from bot.records.inbox import OPEN, Inbound, InboxRow
from bot.records.messages import Message, MessageRow
from bot.records.rows import insert_once, new_id, read, sealed_values, table_of


@dataclass(frozen=True)
class Waiting:
    """A patient's message that is not answered yet; `told` says that it got its urgent words all the same."""

    external_id: str
    state: str
    told: bool


@dataclass(frozen=True)
class Around:
    """What is known when a message comes: its id if it is there already, whether the visitor has ended the
    conversation, how many messages came within a minute and a day, who speaks, what was said last."""

    known: str | None
    has_ended: bool
    in_minute: int
    in_day: int
    patient: str | None
    visit: str | None
    last_said: str | None


class SentTwiceError(Exception):
    """Another request with the same client id was stored at the same moment."""


# Statements on tables rather than rows: the way through SQLAlchemy's mapping takes as long again.
_INBOX, _CONVERSATIONS, _MESSAGES = table_of(InboxRow), table_of(ConversationRow), table_of(MessageRow)
_CONSENTS = table_of(ConsentRow)
_here = _INBOX.c.conversation_id == bindparam("conversation")
_thread = select(_CONVERSATIONS).where(_CONVERSATIONS.c.id == bindparam("conversation"))
_AROUND = select(
    select(_INBOX.c.id)
    .where(_INBOX.c.channel == "web", _INBOX.c.external_id == bindparam("external_id"))
    .scalar_subquery()
    .label("known"),
    select(_CONSENTS.c.state)
    .where(_CONSENTS.c.phone_hash == bindparam("subject"), _CONSENTS.c.scope == visitors.SCOPE)
    .order_by(_CONSENTS.c.sequence.desc())
    .limit(1)
    .scalar_subquery()
    .label("consent"),
    *(
        select(func.count())
        .where(_here, _INBOX.c.received_at > bindparam(name))
        .scalar_subquery()
        .label(name)
        for name in ("minute", "day")
    ),
    _thread.with_only_columns(_CONVERSATIONS.c.patient_id).scalar_subquery().label("patient"),
    _thread.with_only_columns(_CONVERSATIONS.c.visit_id).scalar_subquery().label("visit"),
)
_HAS_KEY = select(_MESSAGES.c.id).where(
    _MESSAGES.c.conversation_id == bindparam("conversation"), _MESSAGES.c.key == bindparam("key")
)
_LINES = (
    select(MessageRow)
    .where(MessageRow.inbox_id == bindparam("inbox"), MessageRow.position > bindparam("cursor"))
    .order_by(MessageRow.position)
)
_OPEN_ONES = select(_INBOX.c.id).where(_here, _INBOX.c.state.in_(OPEN)).limit(1)
_MINE = update(_INBOX).where(
    _INBOX.c.id == bindparam("message"),
    _INBOX.c.owner == bindparam("held_by"),
    _INBOX.c.state == "processing",
)
_RENEW = _MINE.values(lease_until=bindparam("until"))
_COMPLETE = _MINE.values(state="answered", answered_at=bindparam("now"), lease_until=None)
_STATE = select(_INBOX.c.state).where(_INBOX.c.id == bindparam("inbox"))
_ADD_INBOUND = insert(_INBOX)


def around(session: Session, conversation: str, external_id: str, *, now: datetime) -> Around:
    """What is known as a message with a client's id comes in; the conversation may be new."""
    found = session.execute(
        _AROUND,
        {
            "conversation": conversation,
            "external_id": external_id,
            "subject": visitors.subject(session, conversation),
            "minute": now - timedelta(minutes=1),
            "day": now - timedelta(days=1),
        },
    ).one()
    return Around(
        known=found.known,
        has_ended=found.consent == "withdrawn",
        in_minute=found.minute,
        in_day=found.day,
        patient=found.patient,
        visit=found.visit,
        last_said=messages.last_said(session, conversation),
    )


def take_in(
    session: Session,
    conversation: str,
    external_id: str,
    *,
    shown: str,
    text: str,
    chosen: str | None,
    patient: str | None,
    owner: str,
    clock: Callable[[], datetime],
    lease: timedelta,
) -> tuple[Inbound, Message]:
    """Store a visitor's message and, as that, the conversation's next line. `owner` holds it at once
    ("processing") unless an earlier one is not answered yet ("received").

    `shown` is what the patient said or saw on the button, `text` what the assistant is told.
    Raises SentTwiceError.
    """
    now = clock()
    if (place := messages.next_place(session, conversation, now)) is None:
        begun = {"id": conversation, "channel": "web", "created_at": now, "last_seen": now, "messages": 0}
        insert_once(session, ConversationRow, ["id"], **begun)
        place = messages.next_place(session, conversation, now)
        assert place is not None
    now = clock()  # again, now that the conversation is locked: the order received is the order of the lines
    is_held = session.scalar(_OPEN_ONES, {"conversation": conversation}) is None
    message = Inbound(
        id=new_id(), channel="web", external_id=external_id, conversation_id=conversation,
        patient_id=patient, prompt_id=None, phone=None, phone_hash=None, body=text,
        details={"shown": shown} if shown != text else None, chosen=chosen, received_at=now,
        state="processing" if is_held else "received", attempts=int(is_held), error=None, answered_at=None,
    )  # fmt: skip
    values = {"owner": owner if is_held else None, "lease_until": now + lease if is_held else None}
    row = sealed_values(session, InboxRow, {**vars(message), **values})
    try:
        session.execute(_ADD_INBOUND, row)
    except IntegrityError as error:
        raise SentTwiceError from error
    return message, _add_line(session, message, place[0], "patient", f"in:{message.id}", shown, None, now)


def say(
    session: Session, message: Inbound, key: str, text: str, payload: dict[str, Any], *, now: datetime
) -> Message | None:
    """Store a line that answers a message, once a key (then None); the message must be held."""
    if session.scalar(_HAS_KEY, {"conversation": message.conversation_id, "key": key}) is not None:
        return None
    place = messages.next_place(session, message.conversation_id, now)
    if place is None:
        raise NoResultFound(message.conversation_id)
    return _add_line(session, message, place[0], "assistant", key, text, payload, now)


def _add_line(
    session: Session,
    message: Inbound,
    position: int,
    side: str,
    key: str,
    text: str,
    payload: dict[str, Any] | None,
    now: datetime,
) -> Message:
    return messages.add_line(session, Message(
        id=new_id(), conversation_id=message.conversation_id, position=position, key=key, side=side,
        channel=message.channel, inbox_id=message.id, outbox_id=None, text=text, payload=payload,
        answer=(payload or {}).get("topic"), model_id=None, at=now,
    ))  # fmt: skip


def who_is_ahead(session: Session, message: Inbound, *, now: datetime) -> str | None:
    """What keeps a message from its turn: "processing", somebody works on this conversation or is about to;
    "waiting", an earlier message was put back for the worker; None, nothing."""
    if state_of(session, message.id) != "received":
        return "waiting"  # another has it
    came, same_time = InboxRow.received_at, InboxRow.received_at == message.received_at
    earlier = and_(
        InboxRow.state.in_(OPEN),
        or_(came < message.received_at, and_(same_time, InboxRow.id < message.id)),
    )
    worked_on = and_(InboxRow.state == "processing", InboxRow.lease_until >= now)
    rows = select(InboxRow.state, InboxRow.not_before).where(
        InboxRow.conversation_id == message.conversation_id,
        InboxRow.id != message.id,
        or_(earlier, worked_on),
    )
    ahead = session.execute(rows).all()
    if not ahead:
        return None
    return "waiting" if any(row.state == "received" and row.not_before for row in ahead) else "processing"


def renew(session: Session, message: str, owner: str, *, now: datetime, lease: timedelta) -> bool:
    """Prolong one's own hold on a message; False when it is lost."""
    mine = {"message": message, "held_by": owner, "until": now + lease}
    return bool(session.execute(_RENEW, mine).rowcount)  # type: ignore[attr-defined]


def complete(session: Session, message: str, owner: str, *, now: datetime) -> bool:
    """Mark a message answered; False when the hold on it is lost."""
    mine = {"message": message, "held_by": owner, "now": now}
    return bool(session.execute(_COMPLETE, mine).rowcount)  # type: ignore[attr-defined]


def take_in_turn(session: Session, message: Inbound, owner: str, *, now: datetime, lease: timedelta) -> bool:
    """Hold a message if nobody works on its conversation and nothing earlier waits there."""
    lock = select(ConversationRow.id).where(ConversationRow.id == message.conversation_id)
    session.execute(lock.with_for_update())
    if who_is_ahead(session, message, now=now) is not None:
        return False
    return inbox.hold(session, message.id, owner, now=now, lease=lease)


def is_any_free(session: Session, *, now: datetime) -> bool:
    """Whether a web message waits for a worker: a look that locks nothing."""
    lost = and_(InboxRow.state == "processing", InboxRow.lease_until < now)
    due = or_(InboxRow.not_before.is_(None), InboxRow.not_before <= now)
    free = exists().where(
        InboxRow.channel == "web", InboxRow.state.in_(OPEN), or_(InboxRow.state == "received", lost), due
    )
    return bool(session.scalar(select(free)))


def find(session: Session, external_id: str) -> Inbound | None:
    """The web message with a client's id, if it has been stored."""
    same = select(InboxRow).where(InboxRow.channel == "web", InboxRow.external_id == external_id)
    row = session.scalar(same)
    return None if row is None else read(session, row, Inbound)


def first_since(session: Session, conversation: str, since: datetime) -> datetime | None:
    """When the first message after a moment came."""
    first = select(func.min(InboxRow.received_at)).where(
        InboxRow.conversation_id == conversation, InboxRow.received_at > since
    )
    return session.scalar(first)


def waiting(session: Session, conversation: str) -> tuple[Waiting, ...]:
    """The patient's messages that are not answered yet, oldest first."""
    was_told = exists().where(
        MessageRow.conversation_id == conversation, MessageRow.key == "reply:" + InboxRow.id + ":urgent"
    )
    rows = (
        select(InboxRow.external_id, InboxRow.state, was_told)
        .where(InboxRow.conversation_id == conversation, InboxRow.state.in_(OPEN))
        .order_by(InboxRow.received_at, InboxRow.id)
    )
    return tuple(
        Waiting(external, state, bool(is_told)) for external, state, is_told in session.execute(rows)
    )


def state_of(session: Session, message: str) -> str | None:
    """A message's state; None when it was erased."""
    return session.scalar(_STATE, {"inbox": message})


def lines_of(session: Session, message: str, cursor: int = 0) -> tuple[Message, ...]:
    """A patient's message and what answers it, after a position, in order."""
    rows = session.scalars(_LINES, {"inbox": message, "cursor": cursor})
    return tuple(read(session, row, Message) for row in rows)


def line_at(session: Session, conversation: str, position: int) -> Message | None:
    """One line of a conversation."""
    at = select(MessageRow).where(MessageRow.conversation_id == conversation, MessageRow.position == position)
    row = session.scalar(at)
    return None if row is None else read(session, row, Message)


def external_ids(session: Session, messages: tuple[Message, ...]) -> dict[str, str]:
    """The clients' ids of the inbound messages that lines are or answer, by inbound id."""
    wanted = {message.inbox_id for message in messages if message.inbox_id}
    rows = select(InboxRow.id, InboxRow.external_id).where(InboxRow.id.in_(wanted))
    return {row.id: row.external_id for row in session.execute(rows)}


def alerts_of(session: Session, message: str) -> tuple[Alert, ...]:
    """The alerts that one inbound message opened."""
    rows = select(AlertRow).where(AlertRow.inbox_id == message).order_by(AlertRow.id)
    return tuple(read(session, row, Alert) for row in session.scalars(rows))
