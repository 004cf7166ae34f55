"""What a transcript is drawn from: lines of several conversations in one time line, how each was understood,
how far each text came. A few statements whatever the number of lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.records.conversations import ConversationTopicRow
from bot.records.messages import Message, MessageRow
from bot.records.outbox import OutboxRow
from bot.records.reviews import TagRow
from bot.records.rows import read
from bot.records.turns import Turn, TurnRow


@dataclass(frozen=True)
class Delivery:
    """How far a text came: our state, the provider's last status, the error if it failed."""

    state: str
    status: str | None
    error: str | None
    delivered_at: datetime | None


def lines(session: Session, conversations: tuple[str, ...], limit: int = 400) -> tuple[Message, ...]:
    """The newest lines of some conversations, oldest of them first."""
    rows = (
        select(MessageRow)
        .where(MessageRow.conversation_id.in_(conversations))
        .order_by(MessageRow.at.desc(), MessageRow.id.desc())
        .limit(limit)
    )
    return tuple(read(session, row, Message) for row in reversed(session.scalars(rows).all()))


def turns_by_message(session: Session, messages: tuple[Message, ...]) -> dict[str, Turn]:
    """How messages were understood, by inbound id."""
    heard = {message.inbox_id for message in messages if message.inbox_id and message.side == "patient"}
    rows = select(TurnRow).where(TurnRow.message_id.in_(heard))
    return {row.message_id: read(session, row, Turn) for row in session.scalars(rows)}


def deliveries(session: Session, messages: tuple[Message, ...]) -> dict[str, Delivery]:
    """How far texts came, by outbound id."""
    sent = {message.outbox_id for message in messages if message.outbox_id}
    if not sent:
        return {}
    found = select(
        OutboxRow.id, OutboxRow.state, OutboxRow.status, OutboxRow.last_error, OutboxRow.delivered_at
    ).where(OutboxRow.id.in_(sent))
    return {row[0]: Delivery(*row[1:]) for row in session.execute(found)}


def topics_of(session: Session, conversations: tuple[str, ...]) -> dict[str, list[str]]:
    """The topics of several conversations at once."""
    rows = select(ConversationTopicRow.conversation_id, ConversationTopicRow.topic)
    rows = rows.where(ConversationTopicRow.conversation_id.in_(conversations))
    return _grouped(session, rows.order_by(ConversationTopicRow.topic))


def tags_of(session: Session, conversations: tuple[str, ...]) -> dict[str, list[str]]:
    """The tags of several conversations at once."""
    rows = select(TagRow.conversation_id, TagRow.tag).where(TagRow.conversation_id.in_(conversations))
    return _grouped(session, rows.order_by(TagRow.tag))


def tags_in_use(session: Session, limit: int = 50) -> tuple[str, ...]:
    """The first tags by name; the index is asked for each next one, however many conversations have it."""
    return tuple(tag for tag in session.scalars(_TAGS.limit(limit)) if tag is not None)


def _each_next_tag() -> Select[tuple[str | None]]:
    name = select(func.min(TagRow.tag).label("tag")).cte("name", recursive=True)
    after = select(func.min(TagRow.tag)).where(TagRow.tag > name.c.tag).correlate(name).scalar_subquery()
    name = name.union_all(select(after).where(name.c.tag.is_not(None)))
    return select(name.c.tag)


_TAGS = _each_next_tag()


def _grouped(session: Session, rows) -> dict[str, list[str]]:  # type: ignore[no-untyped-def]
    found: dict[str, list[str]] = {}
    for conversation, name in session.execute(rows):
        found.setdefault(conversation, []).append(name)
    return found
