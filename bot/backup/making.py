"""Making a backup: copy, count, checksum, pack; the audit remembers when."""

from __future__ import annotations

import sqlite3
import tempfile
from datetime import datetime
from pathlib import Path

from bot.backup.archive import COPY, BackupError, Manifest, checksum, pack, write_for_owner
from bot.backup.snapshot import count_rows, take
from bot.records import audit, tables
from bot.records.database import Database, newest_version, open_database
from bot.records.encryption import Keys, key_id
from bot.records.rows import SealedColumn

INSTALLATION = "installation"
BACKED_UP = "backed up"


def back_up(database: Database, file: Path, *, actor: str, now: datetime) -> Manifest:
    """Write a backup of a database that is in use. Raises BackupError, DatabaseUnavailableError."""
    if file.exists():
        raise BackupError(f"{file}: is there already; choose another name")
    if not file.parent.is_dir():
        raise BackupError(f"{file.parent}: is no folder")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup", dir=file.parent) as folder:
            copy = Path(folder) / COPY
            copy.touch(mode=0o600)
            take(database, copy)
            manifest = _describe(database, copy, now)
            pack(file, copy, manifest)
    except OSError as error:
        raise BackupError(f"{file}: can't be written ({error.strerror})") from error
    with database.transaction() as session:
        details = {"rows": sum(manifest.rows.values()), "sha256": manifest.sha256}
        audit.append(session, actor, BACKED_UP, INSTALLATION, now=now, details=details)
    return manifest


def save_keys(keys: Keys, file: Path) -> None:
    """Write the data keys to a file of their own, for its owner only. Raises BackupError."""
    try:
        write_for_owner(file, keys.to_json())
    except FileExistsError as error:
        raise BackupError(f"{file}: is there already; choose another name") from error
    except OSError as error:
        raise BackupError(f"{file}: can't be written ({error.strerror})") from error


def _describe(database: Database, copy: Path, now: datetime) -> Manifest:
    opened = open_database(f"sqlite:///{copy}", database.vault)
    with opened.reading() as session:
        rows = count_rows(session.connection())
    opened.close()
    with sqlite3.connect(copy) as plain:
        keys = keys_needed(plain)
        plain.execute("pragma journal_mode=delete")
    plain.close()
    return Manifest(
        made_at=now,
        database=database.engine.dialect.name,
        revision=newest_version(),
        keys=keys,
        sha256=checksum(copy),
        size=copy.stat().st_size,
        rows=rows,
    )


def keys_needed(copy: sqlite3.Connection) -> list[str]:
    """The ids of the data keys that seal a copy's values."""
    found: set[str] = set()
    for table in tables.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, SealedColumn):
                query = f'select distinct substr("{column.name}", 1, 8) from "{table.name}"'  # noqa: S608
                found |= {key_id(row[0]) for row in copy.execute(query) if row[0] is not None}
    return sorted(found)
