"""Opening a database, and bringing its tables up to date."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from bot.records import messages, tables
from bot.records.database import (
    Database,
    DatabaseUnavailableError,
    alembic_config,
    newest_version,
    open_database,
)
from bot.records.encryption import Keys, KeysError, Vault
from tests.records.scenario import WORDS, fill


def test_an_empty_database_gets_every_table(database: Database) -> None:
    found = set(inspect(database.engine).get_table_names())
    assert set(tables.metadata.tables) | {"alembic_version"} == found


def test_migrations_make_the_tables_that_the_models_describe(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


def test_every_migration_can_be_taken_back_and_done_again(database: Database) -> None:
    with database.engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    assert not database.is_current()
    database.upgrade()
    assert database.is_current()


def test_there_is_one_newest_migration() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [newest_version()]


def test_several_processes_may_upgrade_at_once(database_url: str, vault: Vault) -> None:
    opened = [open_database(database_url, vault) for _ in range(4)]
    failures: list[BaseException] = []

    def upgrade(database: Database) -> None:
        try:
            database.upgrade()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=upgrade, args=[database]) for database in opened]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert all(database.is_current() for database in opened)
    for database in opened:
        database.close()


def test_sqlite_is_durable_checked_and_shared(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection:
        asked = ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"]
        found = [connection.execute(text(f"pragma {name}")).scalar() for name in asked]
    assert found == ["wal", 2, 1, 10_000]


def test_postgresql_compiles_no_statement_as_that_takes_longer_than_running_it(
    postgresql_database: Database,
) -> None:
    with postgresql_database.reading() as session:
        assert session.scalar(text("show jit")) == "off"


def test_the_database_file_is_for_its_owner_only(sqlite_database: Database) -> None:
    path = Path(str(sqlite_database.engine.url.database))
    assert [file.stat().st_mode & 0o077 for file in path.parent.glob("bot.db*")] == [0, 0, 0]


def test_a_write_in_a_reading_session_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only"), database.reading() as session:
        session.execute(text("update conversations set channel = 'web'"))
    with database.transaction() as session:
        session.execute(text("update conversations set channel = 'web'"))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://root:secret@host/x", "mysql://root:***@host/x: use sqlite or postgresql"),
        ("nonsense", "BOT_DATABASE_URL is not a database URL such as sqlite:///var/bot.db"),
        ("postgresql://bot:secret@127.0.0.1:1/x", "postgresql://bot:***@127.0.0.1:1/x: connection to server"),
        ("sqlite:////proc/nowhere/bot.db", "sqlite:////proc/nowhere/bot.db: No such file or directory"),
    ],
)
def test_a_database_that_cannot_be_opened_is_named_in_one_line_without_its_password(
    url: str, said: str, vault: Vault
) -> None:
    with pytest.raises(DatabaseUnavailableError) as caught:
        open_database(url, vault)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value) and "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path, vault: Vault) -> None:
    path = tmp_path / "bot.db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(DatabaseUnavailableError, match="file is not a database"):
        open_database(f"sqlite:///{path}", vault)


def test_a_database_lost_on_the_way_is_one_kind_of_error(postgres_url: str, vault: Vault) -> None:
    database = open_database(postgres_url, vault)
    with pytest.raises(DatabaseUnavailableError), database.transaction() as session:
        session.execute(text("select pg_terminate_backend(pg_backend_pid())"))
    with database.transaction() as session:
        assert session.execute(text("select 1")).scalar() == 1
    database.close()


def test_an_error_shows_no_values(database: Database) -> None:
    with (
        pytest.raises(Exception, match=r"(?s)no such table|does not exist") as caught,
        database.transaction() as session,
    ):
        session.execute(text("insert into nowhere values (:words)"), {"words": "zebra-canary"})
    shown = f"{caught.value} {caught.value.__cause__}"
    assert "zebra-canary" not in shown


def test_keys_of_another_installation_are_refused_at_the_start(database: Database) -> None:
    stranger = Database(database.engine, Vault(Keys.generate()))
    with pytest.raises(KeysError, match="not this database's"):
        stranger.upgrade()


def test_a_migration_that_copies_a_table_keeps_the_rows_that_point_to_it(database: Database) -> None:
    with database.transaction() as session:
        fill(session)
    with database.migrating() as connection:
        changes = Operations(MigrationContext.configure(connection, opts={"transactional_ddl": True}))
        with changes.batch_alter_table("conversations", recreate="auto") as table:
            table.alter_column("channel", nullable=True)
    with database.reading() as session:
        assert [line.text for line in messages.after(session, "thread")] == [WORDS]


def test_a_migration_that_fails_leaves_nothing_half(database: Database) -> None:
    with pytest.raises(RuntimeError), database.migrating() as connection:
        connection.execute(text("create table half (id integer)"))
        raise RuntimeError("power cut")
    assert "half" not in inspect(database.engine).get_table_names()


def test_a_migration_that_loses_a_row_others_point_to_is_refused(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as session:
        fill(session)
    with (
        pytest.raises(DatabaseUnavailableError, match="loose ends"),
        sqlite_database.migrating() as connection,
    ):
        connection.execute(text("delete from conversations"))
    with sqlite_database.reading() as session:
        assert len(messages.after(session, "thread")) == 1
