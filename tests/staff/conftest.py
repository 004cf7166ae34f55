"""Fixtures of the staff site."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.records.database import Database
from tests.staff.site import Clock, Site, settings_for


@pytest.fixture
def site(tmp_path: Path, sqlite_database: Database) -> Site:
    """A site on SQLite, its clock still."""
    return Site(sqlite_database, settings_for(tmp_path), Clock())
