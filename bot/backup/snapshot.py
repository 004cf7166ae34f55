"""A consistent copy of the database as one SQLite file, taken while every process goes on working."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from bot.records import tables
from bot.records.database import Database, alembic_config, open_database

_BATCH = 1000  # rows held in memory at once


def take(database: Database, file: Path) -> None:
    """Write the database, as it was at one moment, to an SQLite file that is not there yet.

    SQLite is copied by its own backup interface; PostgreSQL is read in one repeatable-read transaction. Neither
    keeps a writer waiting. The database must be at the newest version of its tables.
    """
    if database.engine.dialect.name == "sqlite":
        _copy_sqlite(database, file)
    else:
        _copy_to_sqlite(database, file)


def copy_rows(source: Connection, target: Connection) -> None:
    """Copy every row of every table between two databases at the newest version; parents before children."""
    for table in tables.metadata.sorted_tables:
        rows = source.execution_options(yield_per=_BATCH).execute(select(table))
        for batch in rows.partitions():
            target.execute(insert(table), [dict(row._mapping) for row in batch])


def count_rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in tables.metadata.sorted_tables
    }


def make_tables(database: Database) -> None:
    """Bring an empty database to the newest tables, without the rows that a start would add."""
    from alembic import command

    with database.migrating() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _copy_sqlite(database: Database, file: Path) -> None:
    pooled = database.engine.raw_connection()
    try:
        source = pooled.driver_connection
        assert isinstance(source, sqlite3.Connection)
        with sqlite3.connect(file) as target:
            source.backup(target)  # in one step: readers see one moment, and in WAL mode no writer waits
            target.execute("pragma journal_mode=delete")  # one file, without -wal and -shm beside it
        target.close()
    finally:
        pooled.close()


def _copy_to_sqlite(database: Database, file: Path) -> None:
    copy = open_database(f"sqlite:///{file}", database.vault)
    try:
        make_tables(copy)
        reader = database.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with reader.connect() as source, copy.engine.begin() as target:
            copy_rows(source, target)
    finally:
        copy.close()
    with sqlite3.connect(file) as plain:
        plain.execute("pragma journal_mode=delete")
    plain.close()
