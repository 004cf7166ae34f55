"""A practice for every test of texts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.records.database import Database
from tests.sms.practice import CARRIER_TOKEN, Practice, open_practice
from tests.web.assistant import TOKEN


@pytest.fixture(autouse=True)
def _tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_INTERNAL_TOKEN", TOKEN)
    monkeypatch.setenv("BOT_CARRIER_TOKEN", CARRIER_TOKEN)


@pytest.fixture
async def practice(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Practice]:
    async with open_practice(sqlite_database, tmp_path) as opened:
        yield opened
