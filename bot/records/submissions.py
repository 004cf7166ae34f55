"""Texts on their way to the provider: ready, submitted, settled. The protocol is in `bot/sms/sending.py`.

A text is `submitting` from the moment its intent is committed until somebody knows what became of it. Every
change of such a text names the submission that it is about (owner and time), so that nobody settles another's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, exists, func, or_, select, text, tuple_, update
from sqlalchemy.orm import Session, aliased

from bot.records.outbox import OutboxRow, Outgoing
from bot.records.rows import read, table_of

_TABLE = table_of(OutboxRow)
_LOCK = 0x6E65746C  # any constant: PostgreSQL's advisory lock between submitting and opting out

# Built once, as every few texts run them: building a statement takes several times as long as running it.
_other = aliased(OutboxRow)
_same_number = _other.phone_hash == OutboxRow.phone_hash
_in_flight = exists().where(_same_number, _other.state == "submitting")
_order = (OutboxRow.priority, OutboxRow.not_before, OutboxRow.id)
_earlier = exists().where(
    _same_number,
    _other.state == "queued",
    _other.not_before <= bindparam("now"),
    tuple_(_other.priority, _other.not_before, _other.id) < tuple_(*_order),
)
_READY = (
    select(OutboxRow)
    .where(OutboxRow.state == "queued", OutboxRow.not_before <= bindparam("now"), ~_in_flight, ~_earlier)
    .order_by(*_order)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_SUBMIT = (
    update(_TABLE)
    .where(_TABLE.c.id.in_(bindparam("texts", expanding=True)))
    .values(
        state="submitting",
        owner=bindparam("by"),
        provider=bindparam("through"),
        submit_at=bindparam("now"),
        attempts=_TABLE.c.attempts + 1,
    )
)


_BY_CALLBACK = (
    select(OutboxRow)
    .where(or_(OutboxRow.provider_sid == bindparam("sid"), OutboxRow.ref == bindparam("our_ref")))
    .with_for_update()
)


def lock_out_submissions(session: Session) -> None:
    """Wait for submissions under way and let none begin until this transaction ends: for an opt-out."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def ready(session: Session, *, now: datetime, limit: int) -> tuple[Outgoing, ...]:
    """Texts to submit, most urgent first, at most one a number and none whose number has one in flight.

    They are locked until the transaction ends; opt-outs wait that long.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock_shared(:lock)"), {"lock": _LOCK})
    free = session.scalars(_READY, {"now": now, "most": limit})
    return tuple(read(session, row, Outgoing) for row in free)


def submit(
    session: Session, texts: Collection[Outgoing], owner: str, provider: str, *, now: datetime
) -> list[Outgoing]:
    """Write down that these ready texts are about to be handed over; commit before calling the provider.

    Raises IntegrityError when a number has another text in flight.
    """
    if texts:
        going = [text.id for text in texts]
        session.execute(_SUBMIT, {"texts": going, "by": owner, "through": provider, "now": now})
    return [
        replace(text, state="submitting", owner=owner, submit_at=now, attempts=text.attempts + 1)
        for text in texts
    ]


def hold(session: Session, outgoing: Outgoing, until: datetime) -> None:
    """Leave a text queued until later."""
    session.execute(update(_TABLE).where(_TABLE.c.id == outgoing.id).values(not_before=until))


def drop(session: Session, outgoing: Outgoing, state: str, reason: str) -> None:
    """Give a queued text up: "cancelled" or "expired"."""
    session.execute(update(_TABLE).where(_TABLE.c.id == outgoing.id).values(state=state, last_error=reason))


def all_accepted(
    session: Session, taken: Mapping[str, tuple[Outgoing, str, str]], *, now: datetime
) -> frozenset[str]:
    """The provider has taken these (by our id: text, its id, status); those are given of which it is news.

    Raises IntegrityError when one of the provider's ids belongs to another text.
    """
    if not taken:
        return frozenset()
    c = _TABLE.c
    submissions = [(text.id, text.owner, text.submit_at) for text, _, _ in taken.values()]
    news = session.scalars(
        update(_TABLE)
        .where(c.id.in_(taken), c.state == "submitting", tuple_(c.id, c.owner, c.submit_at).in_(submissions))
        .values(
            state="accepted",
            provider_sid=case({key: sid for key, (_, sid, _) in taken.items()}, value=c.id),
            status=case({key: status for key, (_, _, status) in taken.items()}, value=c.id),
            accepted_at=now,
            last_error=None,
        )
        .returning(c.id)
    )
    return frozenset(news)


def accepted(
    session: Session, sent: Outgoing, sid: str, status: str, *, now: datetime, how: str = ""
) -> bool:
    """The provider has taken it; False when that was known already. `how` it was found out, if not at once."""
    values = {
        "state": "accepted",
        "provider_sid": sid,
        "status": status,
        "accepted_at": now,
        "last_error": how or None,
    }
    return _settle(session, sent, **values)


def put_back(session: Session, sent: Outgoing, *, not_before: datetime, error: str) -> bool:
    """The provider has surely not taken it: queue it again."""
    return _settle(session, sent, state="queued", owner=None, not_before=not_before, last_error=error)


def refused(session: Session, sent: Outgoing, code: str) -> bool:
    """The provider will not take it."""
    return _settle(session, sent, state="failed", last_error=code)


def unknown(session: Session, sent: Outgoing, reason: str) -> bool:
    """Nobody knows: it stays as it is, with the reason, for the reconciler."""
    return _settle(session, sent, last_error=f"unknown: {reason}")


def unsettled(session: Session, *, now: datetime, grace: timedelta, limit: int = 200) -> tuple[Outgoing, ...]:
    """Texts submitted longer ago than a grace of which nobody knows what became, oldest first.

    One that was submitted in the future is among them: a clock was wrong, then or now.
    """
    rows = (
        select(OutboxRow)
        .where(
            OutboxRow.state == "submitting",
            or_(OutboxRow.submit_at < now - grace, OutboxRow.submit_at > now + grace),
        )
        .order_by(OutboxRow.submit_at)
        .limit(limit)
    )
    return tuple(read(session, row, Outgoing) for row in session.scalars(rows))


def looked_up(session: Session, sent: Outgoing) -> None:
    """Count a look-up at the provider."""
    session.execute(update(OutboxRow).where(OutboxRow.id == sent.id).values(lookups=OutboxRow.lookups + 1))


def known_sids(session: Session, sids: tuple[str, ...]) -> set[str]:
    """Those of the provider's ids that belong to texts of ours already."""
    found = session.scalars(select(OutboxRow.provider_sid).where(OutboxRow.provider_sid.in_(sids)))
    return {sid for sid in found if sid is not None}


def by_callback(session: Session, ref: str | None, sid: str) -> Outgoing | None:
    """The text that a callback is about, by our ref or the provider's id; locked until the end."""
    row = session.scalar(_BY_CALLBACK, {"sid": sid, "our_ref": ref})  # no ref is null, which equals none
    return None if row is None else read(session, row, Outgoing)


def note_status(
    session: Session, outgoing: Outgoing, sid: str, status: str, state: str, *, now: datetime
) -> None:
    """Write down what a callback proved: the provider has the text under this id, and how far it came."""
    row = session.get_one(OutboxRow, outgoing.id)
    if row.state in ("queued", "submitting"):
        row.accepted_at = now
        if row.state == "submitting" and row.last_error:
            row.last_error = "settled by callback"
    row.provider_sid = row.provider_sid or sid
    row.status, row.state = status, state
    if state == "delivered":
        row.delivered_at = row.delivered_at or now


def cancel_queued(session: Session, phone_hash: str, reason: str, *, keep: tuple[str, ...] = ()) -> int:
    """Cancel what waits for a number, some kinds aside; give how many."""
    done = session.execute(
        update(OutboxRow)
        .where(OutboxRow.phone_hash == phone_hash, OutboxRow.state == "queued", OutboxRow.kind.not_in(keep))
        .values(state="cancelled", last_error=reason)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def waiting(session: Session, *, now: datetime) -> tuple[int, timedelta | None]:
    """How many texts should have gone by now, and how long the first has waited."""
    found = session.execute(
        select(func.count(), func.min(OutboxRow.not_before)).where(
            OutboxRow.state == "queued", OutboxRow.not_before <= now
        )
    ).one()
    return int(found[0]), now - found[1] if found[1] else None


def _settle(session: Session, sent: Outgoing, **values: object) -> bool:
    done = session.execute(
        update(_TABLE)
        .where(
            _TABLE.c.id == sent.id,
            _TABLE.c.state == "submitting",
            _TABLE.c.owner == sent.owner,
            _TABLE.c.submit_at == sent.submit_at,
        )
        .values(**values)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]
