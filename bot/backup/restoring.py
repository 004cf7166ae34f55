"""An installation brought back from a backup: checked first, made safe, then put in place all at once."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url, select, text

from bot.backup.archive import BackupError, Manifest, unpack, write_for_owner
from bot.backup.snapshot import copy_rows, count_rows, make_tables
from bot.records import restored, tables
from bot.records.database import Database, newest_version, open_database
from bot.records.encryption import KEY_FILE, Keys, Vault, read_keys
from bot.records.restored import Held

#: Tables whose rows a fresh installation may have: they are no data that a restore could lose.
_OF_EVERY_START = frozenset(
    {"installation", "audit", "audit_head", "staff", "staff_sessions", "search_place"}
)


@dataclass(frozen=True)
class Restored:
    """What a restore did; `aside` is where an SQLite database that was there lies now."""

    manifest: Manifest
    held: Held
    aside: Path | None


def restore(
    file: Path, database_url: str, vault: Vault, *, actor: str, now: datetime, force: bool = False
) -> Restored:
    """Restore a backup into the database at a URL, SQLite or PostgreSQL, whatever it was made of.

    Nothing changes unless all of it works. Raises BackupError (damaged, not the keys, something still runs, or
    data is there and `force` is not given), KeysError and DatabaseUnavailableError.
    """
    url = make_url(database_url)
    is_file = url.get_backend_name() == "sqlite"
    home = Path(str(url.database)).resolve().parent if is_file else None
    if home is not None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".restore", dir=home) as folder:
        manifest, copy = unpack(file, Path(folder))
        held = _prepare(copy, manifest, vault, actor=actor, now=now)
        if is_file:
            aside = _put_file(copy, Path(str(url.database)).resolve(), vault, force=force, now=now)
        else:
            _put_rows(copy, database_url, vault, force=force)
            aside = None
    return Restored(manifest, held, aside)


def install_keys(keys: Path, folder: Path, *, now: datetime, force: bool = False) -> None:
    """Put the saved data keys in place. Raises BackupError when other keys are there and `force` is not given."""
    given = read_keys(keys)
    place = folder / KEY_FILE
    if place.exists():
        if read_keys(place) == given:
            return
        if not force:
            raise BackupError(f"{place}: other keys are there; --force puts them aside")
        place.rename(_aside(place, now))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_for_owner(place, given.to_json())


def missing_keys(needed: list[str], keys: Keys) -> list[str]:
    """Which of the data keys that a backup needs are not at hand."""
    return [key for key in needed if key not in keys.data]


def _prepare(copy: Path, manifest: Manifest, vault: Vault, *, actor: str, now: datetime) -> Held:
    """Check the copy, bring its tables up to date, and hold back what may have been done since."""
    if manifest.revision > newest_version():
        raise BackupError(f"it was made by a newer version (tables {manifest.revision}): update first")
    with sqlite3.connect(copy) as plain:
        found = plain.execute("pragma integrity_check").fetchone()[0]
        loose = plain.execute("pragma foreign_key_check").fetchall()
    plain.close()
    if found != "ok" or loose:
        raise BackupError("the copy in it is damaged inside")
    if lacking := missing_keys(manifest.keys, vault.keys):
        raise BackupError(f"it is sealed with key {lacking[0]}, which is not here: give --keys FILE")
    staged = open_database(f"sqlite:///{copy}", vault)
    try:
        staged.upgrade()
        with staged.reading() as session:
            rows = count_rows(session.connection())
        if short := [name for name, count in manifest.rows.items() if rows.get(name, 0) < count]:
            raise BackupError(f"rows of {short[0]} are missing in it")
        with staged.transaction() as session:
            return restored.make_safe(session, made_at=manifest.made_at, now=now, actor=actor)
    finally:
        staged.close()


def _put_file(copy: Path, target: Path, vault: Vault, *, force: bool, now: datetime) -> Path | None:
    _one_file(copy)
    aside = None
    if target.exists():
        _one_file(target, in_use=f"{target.name}: is in use; stop the processes first")
        if _has_data(open_database(f"sqlite:///{target}", vault)) and not force:
            raise BackupError(f"{target}: holds data already; --force puts it aside")
        _one_file(target)
        aside = _aside(target, now)
        target.rename(aside)
    copy.replace(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return aside


def _put_rows(copy: Path, url: str, vault: Vault, *, force: bool) -> None:
    target, source = open_database(url, vault), open_database(f"sqlite:///{copy}", vault)
    try:
        _nobody_else(target)
        if not target.is_current():
            make_tables(target)
        if _has_data(target, close=False) and not force:
            raise BackupError("the database holds data already; --force erases it")
        names = ", ".join(f'"{table.name}"' for table in tables.metadata.sorted_tables)
        with source.reading() as reader, target.engine.begin() as connection:
            connection.execute(text(f"truncate {names}"))
            copy_rows(reader.connection(), connection)
            if count_rows(connection) != count_rows(reader.connection()):
                raise BackupError("not every row arrived; nothing was changed")
    finally:
        source.close()
        target.close()


def _has_data(database: Database, *, close: bool = True) -> bool:
    """Whether there is anything that a restore could lose."""
    try:
        if not database.is_current():
            make_tables(database)
        with database.reading() as session:
            return any(
                session.execute(select(1).select_from(table).limit(1)).first()
                for table in tables.metadata.sorted_tables
                if table.name not in _OF_EVERY_START
            )
    finally:
        if close:
            database.close()


def _nobody_else(database: Database) -> None:
    with database.engine.connect() as connection:
        others = connection.scalar(
            text(
                "select count(*) from pg_stat_activity where datname = current_database() "
                "and application_name = 'needle-assistant' and pid <> pg_backend_pid()"
            )
        )
    if others:
        raise BackupError("the database is in use; stop the processes first")


def _one_file(file: Path, in_use: str = "") -> None:
    """Leave no -wal and -shm beside an SQLite file. SQLite refuses while anybody else has it open."""
    plain = sqlite3.connect(file, timeout=0)
    try:
        plain.execute("pragma journal_mode=delete")
    except sqlite3.OperationalError as error:
        raise BackupError(in_use or f"{file.name}: is in use") from error
    finally:
        plain.close()


def _aside(file: Path, now: datetime) -> Path:
    return file.with_name(f"{file.name}.before-restore-{now:%Y%m%d-%H%M%S}")
