"""Alembic's entry: on the connection that a program gives, else on the database that the settings name."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from bot.records.database import open_database
from bot.records.rows import SealedColumn, Utc
from bot.records.tables import metadata
from bot.settings import load_settings


def _plain_type(kind: str, column_type: Any, _: Any) -> str | Literal[False]:
    """Migrations name the database's own types, not our decorators."""
    if kind == "type" and isinstance(column_type, Utc):
        return "sa.DateTime(timezone=True)"
    return "sa.LargeBinary()" if kind == "type" and isinstance(column_type, SealedColumn) else False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_item=_plain_type,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with open_database(load_settings().database_url).engine.begin() as own:
        _run(own)
