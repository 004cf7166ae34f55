"""Versions of the tables: which one a database has, and what is still to be done."""

from __future__ import annotations

from sqlalchemy import inspect, text

from bot.records.database import Database, alembic_config


def version_of(database: Database) -> str | None:
    """The version of a database's tables; None when it has none. Raises DatabaseUnavailableError."""
    with database.reading() as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            return None
        return session.scalar(text("select version_num from alembic_version"))


def pending(version: str | None) -> list[tuple[str, str]]:
    """Versions after the given one, oldest first, with their titles; all when there is none."""
    return [(number, title) for number, title in all_versions() if version is None or number > version]


def all_versions() -> list[tuple[str, str]]:
    """Every version and the first line of its description, oldest first."""
    from alembic.script import ScriptDirectory

    revisions = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return sorted((one.revision, (one.doc or "").splitlines()[0]) for one in revisions)
