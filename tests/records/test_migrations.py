"""From every earlier version of the tables, with a patient's story in them, the newest is reached; nothing is lost."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import Connection, func, inspect, select, table

from bot.records import alerts, messages, patients, tables
from bot.records.database import Database, alembic_config, newest_version
from bot.records.versions import all_versions, pending, version_of
from tests.records.scenario import NAME, PHONE, WORDS, fill

VERSIONS = [version for version, _ in all_versions()]


@pytest.mark.parametrize("version", VERSIONS[:-1])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_earlier_version_with_data_is_upgraded_and_nothing_is_lost(
    kind: str, version: str, request: pytest.FixtureRequest
) -> None:
    database: Database = request.getfixturevalue(f"{kind}_database")
    with database.transaction() as session:
        fill(session)
    with database.migrating() as connection:  # as an installation of that version left it
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, version)
        before = rows_of(connection)
    assert version_of(database) == version and not database.is_current()
    assert sum(before.values()) > 20

    database.upgrade()

    with database.engine.connect() as connection:
        after = rows_of(connection)
    assert {name: after[name] for name in before} == before
    with database.reading() as session:
        (patient,) = patients.find_by_phone(session, PHONE)
        assert (patient.name, patient.phone) == (NAME, PHONE)
        assert [line.text for line in messages.after(session, "thread")] == [WORDS]
        assert [alert.words for alert in alerts.unacknowledged(session)] == []


def test_what_an_upgrade_would_do_is_told_in_order() -> None:
    assert pending(None) == all_versions()
    assert pending(newest_version()) == []
    assert [version for version, _ in pending("0001")] == VERSIONS[1:]
    assert all(title for _, title in all_versions())


def rows_of(connection: Connection) -> dict[str, int]:
    names = set(inspect(connection).get_table_names()) & set(tables.metadata.tables)
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}
