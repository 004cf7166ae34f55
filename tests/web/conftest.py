"""A front door with a visitor in front of it and a stand-in assistant behind it."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.records.database import Database
from bot.settings import ROOT, Settings, Web, load_clinic
from bot.web.app import create_app
from tests.web.assistant import TOKEN, FakeAssistant, assistant_server

CLINIC = load_clinic(ROOT / "clinic.yml")


class Clock:
    """The time that the door sees; `pass_time` moves it."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def pass_time(self, **span: float) -> None:
        self._ahead += timedelta(**span)


@dataclass
class Visitor:
    """A patient in front of the chat."""

    http: httpx.AsyncClient
    token: str = ""
    sent: list[str] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def say(self, text: str | None = None, **more: Any) -> httpx.Response:
        """Say something; the whole reply is read."""
        body = {"id": str(uuid.uuid4()), **({} if text is None else {"text": text}), **more}
        self.sent.append(body["id"])
        return await self.http.post("/chat/messages", json=body, headers=self.headers)

    async def hear(self, text: str | None = None, **more: Any) -> list[dict[str, Any]]:
        """Say something; the lines of the reply, the last one included."""
        response = await self.say(text, **more)
        assert response.status_code == 200, response.text
        return lines(response)

    async def reads(self, after: int = 0) -> dict[str, Any]:
        response = await self.http.get(f"/chat/messages?after={after}", headers=self.headers)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def texts(self) -> list[str]:
        """The whole conversation: "user: …", "bot: …"."""
        return [f"{line['role']}: {line['text']}" for line in (await self.reads())["messages"]]


def lines(response: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in response.text.splitlines()]


@dataclass
class FrontDoor:
    """A running door, in this process."""

    app: Starlette
    settings: Settings
    database: Database
    clock: Clock
    http: httpx.AsyncClient

    async def visitor(self) -> Visitor:
        begun = await self.http.post("/chat/session", json={})
        assert begun.status_code == 201, begun.text
        return Visitor(self.http, begun.json()["token"])


def settings_for(folder: Path, assistant_url: str, **web: Any) -> Settings:
    clinic = CLINIC.model_copy(update={"web": Web(**web)})
    return Settings(
        clinic=clinic, var=folder, host="127.0.0.1", port=1, public_url="https://chat.example.org",
        assistant_url=assistant_url, database_url=f"sqlite:///{folder / 'bot.db'}",
    )  # fmt: skip


#: Limits that are not what a test is about.
ROOMY = {
    "messages_a_minute": 10_000, "messages_a_day": 100_000,
    "address_messages_a_minute": 100_000, "address_sessions_an_hour": 100_000,
}  # fmt: skip


@asynccontextmanager
async def opened(settings: Settings, database: Database, clock: Clock) -> AsyncIterator[FrontDoor]:
    """The door from start to stop."""
    app = create_app(settings, database=database, clock=clock)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="https://chat.example.org", timeout=30) as http,
    ):
        yield FrontDoor(app, settings, database, clock, http)


@pytest.fixture(autouse=True)
def _internal_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_INTERNAL_TOKEN", TOKEN)


@pytest.fixture
def assistant() -> Iterator[FakeAssistant]:
    with assistant_server() as fake:
        yield fake


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_door(
    tmp_path: Path, sqlite_database: Database, assistant: FakeAssistant, clock: Clock
) -> Callable[..., Any]:
    """Open a door on SQLite; keyword arguments are clinic.yml's `web` section."""

    def open_with(url: str | None = None, **web: Any) -> Any:
        settings = settings_for(tmp_path, url or assistant.url, **{**ROOMY, **web})
        return opened(settings, sqlite_database, clock)

    return open_with


@pytest.fixture
async def door(open_door: Callable[..., Any]) -> AsyncIterator[FrontDoor]:
    async with open_door() as found:
        yield found


@pytest.fixture
async def visitor(door: FrontDoor) -> Visitor:
    return await door.visitor()
