"""What many tests share: databases (SQLite in a file, a PostgreSQL that really runs) and the trained assistant."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bot.dialogue  # noqa: F401  isort:skip  (before any test imports Rasa)

import pytest
from sqlalchemy import create_engine, make_url, text

from bot.records.database import Database, open_database
from bot.records.encryption import Keys, Vault
from tests.postgres import postgres_server


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """The URL of a running PostgreSQL server."""
    with postgres_server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_cluster: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    with _postgres_database(postgres_cluster) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'bot.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database: the test runs once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture(scope="session")
def vault() -> Vault:
    """Keys that live in memory only."""
    return Vault(Keys.generate())


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A database with all tables, on SQLite and on PostgreSQL."""
    found = request.getfixturevalue(f"{request.param}_database")
    assert isinstance(found, Database)
    return found


@pytest.fixture
def sqlite_database(sqlite_url: str, _sqlite_model: Path, vault: Vault) -> Iterator[Database]:
    """A database with all tables, on SQLite only, for tests that ask nothing of PostgreSQL."""
    path = Path(str(make_url(sqlite_url).database))
    shutil.copy(_sqlite_model, path)
    with _opened(sqlite_url, vault) as database:
        yield database


@pytest.fixture
def postgresql_database(postgres_cluster: str, _postgres_model: str, vault: Vault) -> Iterator[Database]:
    """A database with all tables, on PostgreSQL only."""
    with _postgres_database(postgres_cluster, _postgres_model) as url, _opened(url, vault) as database:
        yield database


@pytest.fixture(scope="session")
def _sqlite_model(tmp_path_factory: pytest.TempPathFactory, vault: Vault) -> Path:
    """A file with all tables that tests copy: migrating anew for each would take longer than the tests."""
    path = tmp_path_factory.mktemp("model") / "bot.db"
    with _opened(f"sqlite:///{path}", vault) as database:
        database.upgrade()
    return path


@pytest.fixture(scope="session")
def _postgres_model(postgres_cluster: str, vault: Vault) -> Iterator[str]:
    with _postgres_database(postgres_cluster) as url:
        with _opened(url, vault) as database:
            database.upgrade()
        yield str(make_url(url).database)


@contextmanager
def _postgres_database(cluster: str, template: str = "template0") -> Iterator[str]:
    name = f"t{uuid.uuid4().hex}"
    server = create_engine(make_url(cluster), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"create database {name} template {template}"))
    yield make_url(cluster).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    server.dispose()


@contextmanager
def _opened(url: str, vault: Vault) -> Iterator[Database]:
    database = open_database(url, vault)
    yield database
    database.close()


@pytest.fixture(scope="session")
def assistant() -> Any:
    """The trained assistant (trained now if anything changed), with conversations in memory."""
    from bot.dialogue.talk import load_for_talk
    from bot.dialogue.training import train

    train()
    return load_for_talk()
