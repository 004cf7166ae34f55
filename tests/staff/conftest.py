"""Fixtures of the staff site."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.records.database import Database, open_database
from bot.records.encryption import Keys, Vault
from tests.staff.site import Clock, Site, settings_for


@pytest.fixture
def site(tmp_path: Path, sqlite_database: Database) -> Site:
    """A site on SQLite, its clock still."""
    return Site(sqlite_database, settings_for(tmp_path), Clock())


@pytest.fixture
def other_clinic(tmp_path: Path, _sqlite_model: Path) -> Iterator[Site]:
    """Another clinic's site: another database, other keys."""
    path = tmp_path / "other.db"
    shutil.copy(_sqlite_model, path)
    database = open_database(f"sqlite:///{path}", Vault(Keys.generate()))
    yield Site(database, settings_for(tmp_path), Clock())
    database.close()
