"""Conversations by filter: one condition gives the list, its count and the next one to read.

Ordered by when something was said last, newest first; the place in the order is (`last_seen`, `id`), so that a
list goes on where it stopped and "next" needs no list at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import Session

from bot.records import search
from bot.records.alerts import AlertRow
from bot.records.conversations import Conversation, ConversationRow, ConversationTopicRow
from bot.records.patients import PatientRow
from bot.records.report_rows import ReportAreaRow, ReportRow
from bot.records.reviews import NoteRow, TagRow
from bot.records.rows import read, vault_of

_BY_INDEX = text("set local enable_seqscan = off")
_NEWEST_FIRST = (ConversationRow.last_seen.desc(), ConversationRow.id.desc())
_NEW = select(func.count(ConversationRow.id)).where(ConversationRow.reviewed_at.is_(None))
Has = Literal["alert", "note", "report"]


@dataclass(frozen=True)
class Criteria:
    """What conversations are wanted; every field narrows. `words` are looked for on both sides."""

    words: str = ""
    state: Literal["new", "reviewed", ""] = ""
    channel: str = ""
    patient: str = ""
    phone: str = ""
    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    has: tuple[Has, ...] = ()
    assigned_to: str = ""
    confidence_below: float | None = None
    confidence_from: float | None = None
    before: datetime | None = None
    since: datetime | None = None


def most_counted(wanted: Criteria) -> int:
    """Where counting stops: nobody reads further, and a common word would be looked for everywhere."""
    return 300 if wanted.words else 10_000


def count(session: Session, wanted: Criteria) -> int:
    """How many there are; one more than `most_counted` stands for all that are more."""
    found = select(ConversationRow.id).where(*_conditions(session, wanted, all_of_them=True))
    found = found.order_by(*_NEWEST_FIRST).limit(most_counted(wanted) + 1)
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def count_new(session: Session) -> int:
    """How many conversations wait for a review: exact, and from an index alone."""
    return session.scalar(_NEW) or 0


def page(
    session: Session, wanted: Criteria, *, after: Conversation | None = None, limit: int = 50
) -> tuple[Conversation, ...]:
    """The conversations that follow one in the order, or the first ones."""
    rows = select(ConversationRow).where(*_conditions(session, wanted))
    if after is not None:
        rows = rows.where(_behind(after))
    rows = rows.order_by(*_NEWEST_FIRST).limit(limit)
    return tuple(read(session, row, Conversation) for row in session.scalars(rows))


def next_after(session: Session, wanted: Criteria, one: Conversation) -> Conversation | None:
    """The next one behind a conversation in the same filter."""
    return next(iter(page(session, wanted, after=one, limit=1)), None)


def previous_to(session: Session, wanted: Criteria, one: Conversation) -> Conversation | None:
    """The one in front of a conversation in the same filter."""
    rows = select(ConversationRow).where(*_conditions(session, wanted), _ahead(one))
    row = session.scalar(rows.order_by(ConversationRow.last_seen, ConversationRow.id).limit(1))
    return None if row is None else read(session, row, Conversation)


def _behind(one: Conversation) -> ColumnElement[bool]:
    earlier, same = ConversationRow.last_seen < one.last_seen, ConversationRow.last_seen == one.last_seen
    return and_(
        ConversationRow.last_seen <= one.last_seen, or_(earlier, and_(same, ConversationRow.id < one.id))
    )


def _ahead(one: Conversation) -> ColumnElement[bool]:
    later, same = ConversationRow.last_seen > one.last_seen, ConversationRow.last_seen == one.last_seen
    return and_(
        ConversationRow.last_seen >= one.last_seen, or_(later, and_(same, ConversationRow.id > one.id))
    )


def by_index(session: Session) -> None:
    """For the rest of this transaction, read no table whole that has an index for what is asked.

    PostgreSQL likes to read a hundred thousand rows in order when a few thousand are asked for by their ids.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_BY_INDEX)


def _conditions(
    session: Session, wanted: Criteria, *, all_of_them: bool = False
) -> list[ColumnElement[bool]]:
    by_index(session)
    thread = ConversationRow
    found: list[ColumnElement[bool]] = []
    if wanted.state:
        found.append(
            thread.reviewed_at.is_(None) if wanted.state == "new" else thread.reviewed_at.is_not(None)
        )
    if wanted.channel:
        found.append(thread.channel == wanted.channel)
    if wanted.patient:
        named = select(PatientRow.id).where(
            or_(PatientRow.id == wanted.patient, PatientRow.external_id == wanted.patient)
        )
        found.append(thread.patient_id.in_(named))
    if wanted.phone:
        found.append(thread.phone_hash == vault_of(session).phone_hash(wanted.phone))
    if wanted.assigned_to:
        found.append(thread.assigned_to == wanted.assigned_to)
    if wanted.confidence_below is not None:
        found.append(thread.lowest_confidence < wanted.confidence_below)
    if wanted.confidence_from is not None:
        found.append(thread.lowest_confidence >= wanted.confidence_from)
    if wanted.before is not None:
        found.append(thread.last_seen < wanted.before)
    if wanted.since is not None:
        found.append(thread.last_seen >= wanted.since)
    for topic in wanted.topics:
        names = (topic, f"faq/{topic.removeprefix('faq/')}")
        touched = select(ConversationTopicRow.conversation_id).where(ConversationTopicRow.topic.in_(names))
        found.append(thread.id.in_(touched))
    for tag in wanted.tags:
        found.append(thread.id.in_(select(TagRow.conversation_id).where(TagRow.tag == tag)))
    for part in wanted.regions:
        sore = select(ReportRow.conversation_id).join(ReportAreaRow, ReportAreaRow.report_id == ReportRow.id)
        found.append(
            thread.id.in_(sore.where(ReportAreaRow.part == part, ReportRow.conversation_id.is_not(None)))
        )
    for kind in wanted.has:
        found.append(thread.id.in_(_HAVING[kind]))
    return found + search.saying(session, wanted.words, thread.id, all_of_them=all_of_them)


_HAVING = {
    "alert": select(AlertRow.conversation_id).where(AlertRow.conversation_id.is_not(None)),
    "note": select(NoteRow.conversation_id).where(NoteRow.conversation_id.is_not(None)),
    "report": select(ReportRow.conversation_id).where(ReportRow.conversation_id.is_not(None)),
}
