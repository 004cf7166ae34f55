"""A number's thread as a text comes in: what was said, agreed and sent before, in one statement.

The tables and their rules are in `messages`, `consents` and `submissions`. The carrier sends hundreds of texts a
second, and each waits for its acknowledgement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bot.records.consents import ConsentRow
from bot.records.messages import MessageRow
from bot.records.outbox import OutboxRow
from bot.records.rows import place, table_of, vault_of


@dataclass(frozen=True)
class Around:
    """`last_said`: what the number was told last; `consent`: the newest state of a scope; `sent`: how many texts of
    some kinds were queued lately and not given up."""

    last_said: str | None
    consent: str | None
    sent: int


_MESSAGES, _CONSENTS, _OUTBOX = table_of(MessageRow), table_of(ConsentRow), table_of(OutboxRow)
_last_line = (
    select(_MESSAGES)
    .where(_MESSAGES.c.conversation_id == bindparam("conversation"), _MESSAGES.c.side == "assistant")
    .order_by(_MESSAGES.c.position.desc())
    .limit(1)
)
_AROUND = select(
    _last_line.with_only_columns(_MESSAGES.c.id).scalar_subquery().label("line"),
    _last_line.with_only_columns(_MESSAGES.c.text).scalar_subquery().label("said"),
    select(_CONSENTS.c.state)
    .where(_CONSENTS.c.phone_hash == bindparam("number"), _CONSENTS.c.scope == bindparam("scope"))
    .order_by(_CONSENTS.c.sequence.desc())
    .limit(1)
    .scalar_subquery()
    .label("consent"),
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
    if found.said is None:
        return Around(None, found.consent, found.sent)
    said = vault_of(session).open(place(MessageRow, "text", found.line), found.said)
    return Around(said, found.consent, found.sent)
