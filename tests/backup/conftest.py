"""Databases to back up and empty ones to restore to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sms.conftest import _tokens  # noqa: F401


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The URLs of an empty SQLite file and of an empty PostgreSQL database."""
    (tmp_path / "elsewhere").mkdir()
    return {
        "sqlite": f"sqlite:///{tmp_path / 'elsewhere' / 'bot.db'}",
        "postgresql": str(request.getfixturevalue("postgres_url")),
    }
