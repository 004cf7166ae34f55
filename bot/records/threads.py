"""A number's thread as a text comes in: what was said, agreed and sent before, in one statement.

The tables and their rules are in `messages`, `consents` and `outbox`. The carrier sends hundreds of texts a
second, and each waits for its acknowledgement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bot.records.consents import NEWEST_STATE
from bot.records.messages import LAST_SAID, opened
from bot.records.outbox import OutboxRow
from bot.records.rows import table_of


@dataclass(frozen=True)
class Around:
    """`last_said`: what the number was told last; `consent`: the newest state of a scope; `sent`: how many texts of
    some kinds were queued lately and not given up."""

    last_said: str | None
    consent: str | None
    sent: int


_OUTBOX = table_of(OutboxRow)
_AROUND = select(
    LAST_SAID.with_only_columns(LAST_SAID.selected_columns.id).scalar_subquery().label("line"),
    LAST_SAID.with_only_columns(LAST_SAID.selected_columns.text).scalar_subquery().label("said"),
    NEWEST_STATE.scalar_subquery().label("consent"),
    select(func.count())
    .where(
        _OUTBOX.c.phone_hash == bindparam("number"),
        _OUTBOX.c.kind.in_(bindparam("kinds", expanding=True)),
        _OUTBOX.c.created_at > bindparam("since"),
        _OUTBOX.c.state.not_in(("cancelled", "expired")),
    )
    .scalar_subquery()
    .label("sent"),
)


def around(
    session: Session,
    conversation: str,
    number: str,
    *,
    scope: str,
    kinds: tuple[str, ...],
    since: datetime,
) -> Around:
    """What is known of a number (its keyed hash) and its thread; hold the thread first, so that it stays true."""
    wanted = {"conversation": conversation, "number": number, "scope": scope, "kinds": kinds, "since": since}
    found = session.connection().execute(_AROUND, wanted).one()
    said = None if found.said is None else opened(session, found.line, found.said)
    return Around(said, found.consent, found.sent)
