"""Opening the database, SQLite or PostgreSQL, and working in it: transactions, migrations, readiness."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.orm import Session

from bot.records import installation, tables
from bot.records.encryption import Vault, open_vault
from bot.settings import ROOT

if TYPE_CHECKING:
    from alembic.config import Config

CONNECTIONS = 15  # that one process may open on PostgreSQL: as many as its threads
TRUSTED_SECONDS = 2.0  # a connection to PostgreSQL that was used so lately is not asked whether it is there
BUSY_SECONDS = 10  # how long a writer waits for another on SQLite
_MIGRATIONS = Path(__file__).parent / "migrations"
_TABLES = tables.metadata  # every table is known wherever a database is open, as foreign keys need
_UPGRADE_LOCK = 0x6E65656C  # any constant: PostgreSQL's advisory lock for migrations


class DatabaseUnavailableError(Exception):
    """The database can't be opened or was lost; the message is one line for the operator, without secrets."""


@dataclass(frozen=True)
class Database:
    """An open database. Make it once a process with `open_database`."""

    engine: Engine
    vault: Vault

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that may write: committed at the end of the block, rolled back when an error leaves it.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE): keep it short and call nobody inside.
        Raises DatabaseUnavailableError when the database is lost.
        """
        with self._session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads and waits for no writer; a write in it is refused by the database."""
        with self._session(self._reader) as session, session.begin():
            yield session

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A connection that only reads, for a value or two in the clear: half the cost of a session."""
        try:
            with self._looker.connect() as connection:
                yield connection
        except (OperationalError, InterfaceError) as error:
            raise self._lost(error) from error

    @cached_property
    def _reader(self) -> Engine:
        # On SQLite with connections of its own: to turn one from writing to reading takes longer than a look.
        on_sqlite = self.engine.dialect.name == "sqlite"
        engine = _sqlite(self.engine.url) if on_sqlite else self.engine
        return engine.execution_options(reading=True, **_read_only(engine))

    @cached_property
    def _looker(self) -> Engine:
        return self._reader.execution_options(looking=True)

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        _ = self.vault.keys  # what is read from here on is sealed with these, or newer ones
        with Session(engine, info={"vault": self.vault}, expire_on_commit=False) as session:
            try:
                yield session
            except (OperationalError, InterfaceError) as error:
                raise self._lost(error) from error

    def _lost(self, error: DBAPIError) -> DatabaseUnavailableError:
        return DatabaseUnavailableError(f"{shown(self.engine.url)}: {_reason(error)}")

    def upgrade(self) -> None:
        """Bring the tables to the newest version; of several processes one works and the others wait."""
        if not self.is_current():
            from alembic import command  # 0.4 s of importing, which an ordinary start need not pay

            with self.migrating() as connection:
                config = alembic_config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        with self.transaction() as session:
            installation.check_keys(session)

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A connection for changing tables: nobody else does, and all of it happens or nothing.

        SQLite changes a column by copying its table, which foreign keys must not notice: they are checked at
        the end instead.
        """
        engine = self.engine.execution_options(migrating=True)
        with _clear_errors(engine.url), engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
            yield connection
            if connection.dialect.name == "sqlite" and _loose_ends(connection):
                raise DatabaseUnavailableError(f"{shown(engine.url)}: a migration would leave loose ends")

    def is_current(self) -> bool:
        """Whether the tables are at the newest version; DatabaseUnavailableError when nobody answers."""
        reader = self.engine.execution_options(reading=True)
        with _clear_errors(self.engine.url), reader.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return False
            found = connection.scalars(text("select version_num from alembic_version")).all()
        return found == [newest_version()]

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self.engine.dispose()


def open_database(url: str, vault: Vault | None = None) -> Database:
    """Open `sqlite:///path` or `postgresql://user:password@host/name`.

    Without a vault the installation's is used: BOT_DATA_KEYS, else BOT_VAR/keys/data.json, made on first use.
    Raises DatabaseUnavailableError with one line, or KeysError when the keys can't be used.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnavailableError(
            "BOT_DATABASE_URL is not a database URL such as sqlite:///var/bot.db"
        ) from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUnavailableError(f"{shown(parsed)}: use sqlite or postgresql")
    with _clear_errors(parsed):
        engine = _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)
        with engine.connect():
            pass
    return Database(engine, vault or open_vault(Path(os.environ.get("BOT_VAR", ROOT / "var")) / "keys"))


def shown(url: URL) -> str:
    """A database URL without its password."""
    return url.render_as_string(hide_password=True)


def newest_version() -> str:
    """The newest version of the tables: migrations are files named by number, `0002_title.py`."""
    return max(file.name for file in (_MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def alembic_config() -> Config:
    """Alembic's settings, the same for `alembic.ini` and for programs."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        Path(url.database).touch(mode=0o600)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun by us, below
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=full")
        connection.execute("pragma foreign_keys=on")
        connection.execute("pragma secure_delete=on")  # erased words leave no trace in free pages

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        options = connection.get_execution_options()
        reading, migrating = options.get("reading", False), options.get("migrating", False)
        if connection.info.get("begun_for") != (
            reading,
            migrating,
        ):  # what was set last holds until it is changed
            connection.exec_driver_sql(f"pragma query_only={int(reading)}")
            connection.exec_driver_sql(f"pragma foreign_keys={int(not migrating)}")
            connection.info["begun_for"] = (reading, migrating)
        if not options.get("looking", False):  # each statement of a look stands alone
            connection.exec_driver_sql("begin" if reading else "begin immediate")

    return engine


def _loose_ends(connection: Connection) -> bool:
    return bool(connection.execute(text("pragma foreign_key_check")).all())


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg2"),
        hide_parameters=True,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_use_lifo=True,  # the one used last: it is warm, and needs no look
        connect_args={"connect_timeout": 5, "application_name": "needle-assistant"},
    )

    @event.listens_for(engine, "checkin")
    def _note_use(_: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _look_after_a_pause(connection: Any, record: Any, _: Any) -> None:
        """See whether a connection is still there, unless it was used a moment ago: that costs a round trip."""
        if time.monotonic() - record.info.get("used", float("inf")) > TRUSTED_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error

    @event.listens_for(engine, "connect")
    def _plan_for_memory(connection: Any, _: Any) -> None:
        """Reading by an index costs what reading in order does, as on any disk of today: no table is read whole.

        And no statement is compiled to machine code: that takes 15 ms, more than any statement of ours does.
        """
        with connection.cursor() as cursor:
            cursor.execute("set random_page_cost = 1.1; set jit = off")
        connection.commit()

    @event.listens_for(engine, "handle_error")
    def _without_values(context: Any) -> None:
        """Keep the first line: the others quote the statement, which psycopg2 has filled with the values."""
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None and error.args:
                error.args = (str(error.args[0]).partition("\n")[0],)

    return engine


def _read_only(engine: Engine) -> dict[str, Any]:
    return {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}


@contextmanager
def _clear_errors(url: URL) -> Iterator[None]:
    try:
        yield
    except NoSuchModuleError as error:
        raise DatabaseUnavailableError(f"{shown(url)}: no driver is installed for it") from error
    except OSError as error:
        raise DatabaseUnavailableError(f"{shown(url)}: {error.strerror}") from error
    except DBAPIError as error:
        raise DatabaseUnavailableError(f"{shown(url)}: {_reason(error)}") from error


def _reason(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__
