"""Databases for every test that needs one: SQLite in a file and a PostgreSQL that really runs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

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
    name = f"t{uuid.uuid4().hex}"
    server = create_engine(make_url(postgres_cluster), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield make_url(postgres_cluster).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    server.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'bot.db'}"


@pytest.fixture
def vault() -> Vault:
    """Keys that live in memory only."""
    return Vault(Keys.generate())


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database: the test runs once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def database(database_url: str, vault: Vault) -> Iterator[Database]:
    """A database with all tables, on SQLite and on PostgreSQL."""
    opened = open_database(database_url, vault)
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(sqlite_url: str, vault: Vault) -> Iterator[Database]:
    """A database with all tables, on SQLite only, for tests that ask nothing of PostgreSQL."""
    opened = open_database(sqlite_url, vault)
    opened.upgrade()
    yield opened
    opened.close()
