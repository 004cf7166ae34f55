"""A practice for every test of texts. Its tables are made once and copied: a migration costs more than a thread."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.records.database import open_database
from bot.records.encryption import Keys, Vault
from tests.sms.practice import CARRIER_TOKEN, Practice, open_practice
from tests.web.assistant import TOKEN


@pytest.fixture(autouse=True)
def _tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_INTERNAL_TOKEN", TOKEN)
    monkeypatch.setenv("BOT_CARRIER_TOKEN", CARRIER_TOKEN)


@pytest.fixture(scope="session")
def empty_tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Vault]:
    """A database file with all tables and nothing in them, and its keys."""
    file, vault = tmp_path_factory.mktemp("tables") / "bot.db", Vault(Keys.generate())
    database = open_database(f"sqlite:///{file}", vault)
    database.upgrade()
    database.close()
    return file, vault


@pytest.fixture
async def practice(empty_tables: tuple[Path, Vault], tmp_path: Path) -> AsyncIterator[Practice]:
    tables, vault = empty_tables
    file = shutil.copy(tables, tmp_path / "practice.db")
    database = open_database(f"sqlite:///{file}", vault)
    async with open_practice(database, tmp_path) as opened:
        yield opened
    database.close()
