"""Which keys a database belongs to: found out at the start, not at the first unreadable row."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, Session

from bot.records.encryption import KeysError, TamperedError
from bot.records.rows import Base, Id, SealedText, insert_once, value_of, vault_of


class InstallationRow(Base):
    """One row: a known word sealed by the installation's keys, and the fingerprint key's mark."""

    __tablename__ = "installation"

    id: Mapped[Id]
    index_mark: Mapped[str]
    sealed_word: Mapped[SealedText]


def check_keys(session: Session) -> None:
    """Note the keys of a new database; raise KeysError when the keys in use are not an old one's."""
    mark = vault_of(session).fingerprint("installation", "mark")
    row = session.get(InstallationRow, "this")
    if row is None:
        insert_once(session, InstallationRow, ["id"], id="this", index_mark=mark, sealed_word="open")
        return
    try:
        same = row.index_mark == mark and value_of(session, row, "sealed_word") == "open"
    except TamperedError:
        same = False
    if not same:
        raise KeysError(
            "the keys in use are not this database's: restore the key file that was saved with it"
        )
