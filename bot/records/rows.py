"""What every table shares: times in UTC, sealed columns, ids, and the way between rows and dataclasses.

`add`, `change` and `insert_once` seal what belongs in sealed columns, `read` opens it again, so that no
aggregate can forget to.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, TypeVar, cast

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Executable,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    event,
    inspect,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeDecorator

from bot.records.encryption import Sealed
from bot.records.sealing import seal, vault_of


class Utc(TypeDecorator[datetime]):
    """A moment: timezone-aware in Python, UTC in the database. Naive times are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC; raise ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone can't be stored; give an aware datetime")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SealedColumn(TypeDecorator[bytes]):
    """Bytes sealed by the vault; text that was not sealed never reaches the database."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, holds: str = "text"):
        super().__init__()
        self.holds = holds

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Pass sealed bytes; raise TypeError for anything else."""
        if value is not None and not isinstance(value, Sealed):
            raise TypeError(
                "an encrypted column takes sealed values only; use bot.records.rows.add or change"
            )
        return value

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Mark what comes back as sealed."""
        return None if value is None else Sealed(value)


SealedText = Annotated[bytes, mapped_column(SealedColumn("text"))]
SealedJson = Annotated[bytes, mapped_column(SealedColumn("json"))]
Id = Annotated[str, mapped_column(Text, primary_key=True)]


class Base(DeclarativeBase):
    """The parent of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        str: Text,
        datetime: Utc,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
    }
    append_only = False  # history tables set it: their rows are never changed or deleted


class AppendOnlyError(Exception):
    """Something tried to change or delete history."""


@event.listens_for(Session, "before_flush")
def _keep_history(session: Session, *_: Any) -> None:
    for row in [*session.dirty, *session.deleted]:
        if row.append_only and (row in session.deleted or session.is_modified(row)):
            raise AppendOnlyError(f"{row.__tablename__} is append-only")


Row = TypeVar("Row", bound=Base)
Record = TypeVar("Record")
_json_of = json.JSONEncoder(ensure_ascii=False).encode
_last_id = 0
_id_lock = threading.Lock()


def new_id() -> str:
    """A new row id: 26 characters that sort by time of making (48 bits of ms, 80 random)."""
    global _last_id
    with _id_lock:
        _last_id = max(
            _last_id + 1, time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(10), "big")
        )
        value = _last_id
    return "".join("0123456789abcdefghjkmnpqrstvwxyz"[value >> shift & 31] for shift in range(125, -1, -5))


def table_of(kind: type[Base]) -> Table:
    """The table of rows, for statements that need no row objects."""
    return cast(Table, kind.__table__)


def add(session: Session, table: type[Row], /, **values: Any) -> Row:
    """Insert a row from clear values; sealed columns are sealed, an `id` is made when none is given."""
    row = table(**sealed_values(session, table, values))
    session.add(row)
    session.flush()
    return row


def insert_once(session: Session, table: type[Row], unique: Iterable[str], /, **values: Any) -> bool:
    """Insert a row unless one with the same unique columns is there; say whether it was inserted."""
    ready = sealed_values(session, table, _defaults(table) | values)
    insert = _insert_once(table, tuple(unique), tuple(ready))
    return session.connection().execute(insert, ready).first() is not None


@cache
def _insert_once(table: type[Base], unique: tuple[str, ...], columns: tuple[str, ...]) -> Executable:
    # As text, the same for both databases: SQLAlchemy compiles its own "on conflict" anew for every row.
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(f":{name}" for name in columns)
    statement = (
        f'insert into "{table.__tablename__}" ({names}) values ({values})'  # noqa: S608 (names of ours)
        f" on conflict ({', '.join(unique)}) do nothing returning {', '.join(_key_names(table))}"
    )
    return text(statement).bindparams(*(bindparam(name, type_=_column_type(table, name)) for name in columns))


@cache
def _defaults(table: type[Base]) -> dict[str, Any]:
    columns = table_of(table).columns
    return {c.name: c.default.arg for c in columns if isinstance(c.default, ScalarElementColumnDefault)}


def change(session: Session, row: Base, /, **values: Any) -> None:
    """Give a row new clear values."""
    for name, value in values.items():
        setattr(row, name, _seal(session, type(row), name, row_key(row), value))
    session.flush()


def read(session: Session, row: Base, record: type[Record], /, **more: Any) -> Record:
    """A frozen dataclass of a row: fields of the same name, sealed ones opened; `more` gives the rest."""
    named = {f.name for f in fields(record)} - more.keys()  # type: ignore[arg-type]
    return record(**{name: value_of(session, row, name) for name in named}, **more)


def value_of(session: Session, row: Base, name: str) -> Any:
    """A row's value in the clear."""
    value, kind = getattr(row, name), _column_type(type(row), name)
    if value is None or not isinstance(kind, SealedColumn):
        return value
    text = vault_of(session).open(place(type(row), name, row_key(row)), value)
    return json.loads(text) if kind.holds == "json" else text


def place(kind: type[Base], column: str, key: str) -> str:
    """Where a sealed value belongs: the associated data of its encryption."""
    return f"{kind.__tablename__}|{column}|{key}"


def row_key(row: Base) -> str:
    """A row's primary key as text."""
    return ":".join(str(getattr(row, name)) for name in _key_names(type(row)))


def sealed_values(session: Session, kind: type[Base], values: dict[str, Any]) -> dict[str, Any]:
    """A row's values ready for an insert statement: an id when there is none, sealed columns sealed."""
    keys = _key_names(kind)
    if keys == ["id"]:
        values = {"id": new_id()} | values
    key = ":".join(str(values[name]) for name in keys)
    return {name: _seal(session, kind, name, key, value) for name, value in values.items()}


def _seal(session: Session, kind: type[Base], name: str, key: str, value: Any) -> Any:
    column = _column_type(kind, name)
    if value is None or not isinstance(column, SealedColumn):
        return value
    text = _json_of(value) if column.holds == "json" else value
    return seal(session, place(kind, name, key), text)


@cache
def _key_names(kind: type[Base]) -> list[str]:
    return [str(column.key) for column in inspect(kind).primary_key]


@cache
def _column_type(kind: type[Base], name: str) -> Any:
    return kind.__table__.c[name].type
