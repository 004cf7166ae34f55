"""New data keys: everything is sealed again, in small transactions, while the processes go on working."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, bindparam, select, tuple_, update
from sqlalchemy.orm import Session

from bot.records.database import Database
from bot.records.encryption import Keys, KeysError, key_id
from bot.records.rows import SealedColumn
from bot.records.sealing import seal, vault_of, wait_for_sealers
from bot.records.tables import metadata

_BATCH = 500


def rotate(database: Database) -> int:
    """Make a new data key, seal every value with it, and give the number of values sealed again.

    Values of the old key stay readable until `retire_old_keys`. Run it again after an interruption: it
    goes on where values of an older key are left. Raises KeysError when the keys come from the environment.
    """
    if not database.vault.keeps_keys:
        raise KeysError(
            "the keys come from BOT_DATA_KEYS: put a new one there as `current`, keep the old one"
        )
    if not any(old_values(database)):
        database.vault.change_keys(Keys.with_new_current)
    return reseal(database)


def reseal(database: Database) -> int:
    """Seal everything again that an older key sealed; give the number of values."""
    _let_sealers_end(database)
    return sum(_reseal_table(database, table) for table in _sealed_tables())


def retire_old_keys(database: Database) -> int:
    """Throw the old keys away; give their number. Raises KeysError while a value still needs one."""
    keys = database.vault.keys
    old = keys.data.keys() - {keys.current}
    _let_sealers_end(database)
    for place in old_values(database):
        raise KeysError(f"{place} is sealed with an old key; run `bot keys rotate` again first")
    if old:
        database.vault.change_keys(lambda fresh: fresh.without(old))
    return len(old)


def _let_sealers_end(database: Database) -> None:
    """Wait for transactions that may have sealed with an older key, which nobody else can see yet."""
    with database.transaction() as session:
        wait_for_sealers(session)


def old_values(database: Database) -> Iterator[str]:
    """The places ("table|column|row") that an older key sealed."""
    current = database.vault.keys.current
    with database.reading() as session:
        for table in _sealed_tables():
            for row in session.execute(select(*_columns(table)).execution_options(yield_per=_BATCH)):
                for name, value in _sealed_values(table, row):
                    if key_id(value) != current:
                        yield f"{table.name}|{name}|{_row_key(table, row)}"


def _reseal_table(database: Database, table: Table) -> int:
    keys, last, count = list(table.primary_key), None, 0
    while True:
        with database.transaction() as session:
            batch = select(*_columns(table)).order_by(*keys).limit(_BATCH).with_for_update()
            if last is not None:
                batch = batch.where(tuple_(*keys) > last)
            rows = session.execute(batch).all()
            count += sum(_reseal_row(session, table, row) for row in rows)
        if len(rows) < _BATCH:
            return count
        last = tuple(rows[-1]._mapping[key.name] for key in keys)


def _reseal_row(session: Session, table: Table, row: Any) -> int:
    vault, new = vault_of(session), {}
    for name, value in _sealed_values(table, row):
        if key_id(value) != vault.keys.current:
            place = f"{table.name}|{name}|{_row_key(table, row)}"
            new[name] = seal(session, place, vault.open(place, value))
    if new:
        same = [key == bindparam(f"_{key.name}", row._mapping[key.name]) for key in table.primary_key]
        session.execute(update(table).where(*same).values(new))
    return len(new)


def _sealed_tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if any(_is_sealed(column) for column in table.columns)]


def _is_sealed(column: Any) -> bool:
    return isinstance(column.type, SealedColumn)


def _columns(table: Table) -> list[Any]:
    return [column for column in table.columns if column.primary_key or _is_sealed(column)]


def _sealed_values(table: Table, row: Any) -> list[tuple[str, bytes]]:
    named = [column.name for column in table.columns if _is_sealed(column)]
    return [(name, row._mapping[name]) for name in named if row._mapping[name] is not None]


def _row_key(table: Table, row: Any) -> str:
    return ":".join(str(row._mapping[key.name]) for key in table.primary_key)
