"""A web conversation as the front door works with it: what is answered, what waits, whose turn it is.

Queries over inbox, messages and alerts; the tables are in their own modules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from bot.records.alerts import Alert, AlertRow
from bot.records.inbox import Inbound, InboxRow
from bot.records.messages import Message, MessageRow
from bot.records.rows import read

_OPEN = ("received", "processing")


@dataclass(frozen=True)
class Waiting:
    """A patient's message that is not answered yet; `told` says that it got its urgent words all the same."""

    external_id: str
    state: str
    told: bool


def take_in_turn(session: Session, message: str, owner: str, *, now: datetime, lease: timedelta) -> bool:
    """Take one message under a lease if nobody works on its conversation and nothing earlier waits there."""
    mine = session.get(InboxRow, message)
    if mine is None:
        return False
    other = aliased(InboxRow)
    ahead = exists().where(
        other.conversation_id == mine.conversation_id,
        other.id != mine.id,
        or_(
            and_(
                other.state.in_(_OPEN),
                tuple_(other.received_at, other.id) < tuple_(mine.received_at, mine.id),
            ),
            and_(other.state == "processing", other.lease_until >= now),
        ),
    )
    free = or_(InboxRow.state == "received", and_(InboxRow.state == "processing", InboxRow.lease_until < now))
    taken = (
        update(InboxRow)
        .where(InboxRow.id == message, free, ~ahead)
        .values(state="processing", owner=owner, lease_until=now + lease, attempts=InboxRow.attempts + 1)
    )
    return session.execute(taken).rowcount == 1  # type: ignore[attr-defined, no-any-return]


def find(session: Session, external_id: str) -> Inbound | None:
    """The web message with a client's id, if it has been stored."""
    same = select(InboxRow).where(InboxRow.channel == "web", InboxRow.external_id == external_id)
    row = session.scalar(same)
    return None if row is None else read(session, row, Inbound)


def count_since(session: Session, conversation: str, since: datetime) -> tuple[int, datetime | None]:
    """How many messages a conversation got after a moment, and when the first of them came."""
    counted = select(func.count(), func.min(InboxRow.received_at)).where(
        InboxRow.conversation_id == conversation, InboxRow.received_at > since
    )
    number, first = session.execute(counted).one()
    return number, first


def waiting(session: Session, conversation: str) -> tuple[Waiting, ...]:
    """The patient's messages that are not answered yet, oldest first."""
    told = exists().where(
        MessageRow.conversation_id == conversation, MessageRow.key == "reply:" + InboxRow.id + ":urgent"
    )
    rows = (
        select(InboxRow.external_id, InboxRow.state, told)
        .where(InboxRow.conversation_id == conversation, InboxRow.state.in_(_OPEN))
        .order_by(InboxRow.received_at, InboxRow.id)
    )
    return tuple(Waiting(*row) for row in session.execute(rows))


def lines_of(session: Session, inbox: str, cursor: int = 0) -> tuple[Message, ...]:
    """A patient's message and what answers it, after a position, in order."""
    rows = (
        select(MessageRow)
        .where(MessageRow.inbox_id == inbox, MessageRow.position > cursor)
        .order_by(MessageRow.position)
    )
    return tuple(read(session, row, Message) for row in session.scalars(rows))


def line_at(session: Session, conversation: str, position: int) -> Message | None:
    """One line of a conversation."""
    at = select(MessageRow).where(MessageRow.conversation_id == conversation, MessageRow.position == position)
    row = session.scalar(at)
    return None if row is None else read(session, row, Message)


def last_said(session: Session, conversation: str) -> Message | None:
    """The last thing that the assistant said, which the patient may be answering."""
    said = (
        select(MessageRow)
        .where(MessageRow.conversation_id == conversation, MessageRow.side == "assistant")
        .order_by(MessageRow.position.desc())
        .limit(1)
    )
    row = session.scalar(said)
    return None if row is None else read(session, row, Message)


def external_ids(session: Session, messages: tuple[Message, ...]) -> dict[str, str]:
    """The clients' ids of the inbound messages that lines are or answer, by inbound id."""
    wanted = {message.inbox_id for message in messages if message.inbox_id}
    rows = select(InboxRow.id, InboxRow.external_id).where(InboxRow.id.in_(wanted))
    return {row.id: row.external_id for row in session.execute(rows)}


def alerts_of(session: Session, inbox: str) -> tuple[Alert, ...]:
    """The alerts that one inbound message opened."""
    rows = select(AlertRow).where(AlertRow.inbox_id == inbox).order_by(AlertRow.id)
    return tuple(read(session, row, Alert) for row in session.scalars(rows))
