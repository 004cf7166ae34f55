"""Between those who seal and those who throw keys away: nothing is committed that no key opens any more.

A transaction that seals holds the keys, from before it looks which one is in force, until it ends. Whoever puts a
new key in force waits once for those that may still have sealed with an older one: after that, everything that an
old key sealed is committed and can be found. On SQLite the one writer's lock is all that; PostgreSQL has a lock
for it.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.records.encryption import Sealed, Vault

_LOCK = 0x6E65656B  # any constant: PostgreSQL's advisory lock between sealing and changing keys
_HELD_IN = "keys_held_in"


def vault_of(session: Session) -> Vault:
    """The vault of the database that a session belongs to."""
    vault = session.info["vault"]
    assert isinstance(vault, Vault)
    return vault


def seal(session: Session, place: str, clear: str) -> Sealed:
    """Encrypt text for one place ("table|column|row"), to be written in this transaction."""
    _hold_keys(session)
    return vault_of(session).seal(place, clear)


def wait_for_sealers(session: Session) -> None:
    """Wait until every transaction that began to seal before now has ended."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    else:
        session.connection()


def _hold_keys(session: Session) -> None:
    if session.info.get(_HELD_IN) is not None and session.info[_HELD_IN] is session.get_transaction():
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock_shared(:lock)"), {"lock": _LOCK})
    else:
        session.connection()  # takes the write lock now: a session begins with its first statement only
    session.info[_HELD_IN] = session.get_transaction()
