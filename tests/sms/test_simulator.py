"""The phone simulator: only here, nothing of a text is markup, and the clock only goes forward."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.records.database import Database
from bot.sms.clock import ahead, clock_of
from bot.sms.simulator import pages
from bot.web.app import create_app
from tests.sms.practice import ANA
from tests.web.conftest import settings_for

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def client(app: object, host: str = "127.0.0.1", seen_from: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(seen_from, 1234))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=f"http://{host}:8080")


@pytest.fixture
async def app(tmp_path: Path, sqlite_database: Database) -> AsyncIterator[object]:
    made = create_app(
        settings_for(tmp_path, "http://127.0.0.1:1"), database=sqlite_database, rooms=(pages.routes,)
    )
    async with made.router.lifespan_context(made):
        yield made


async def test_a_phone_sends_and_reads_and_nothing_is_markup(app: object) -> None:
    async with client(app) as here:
        sent = await here.post("/phone/send", data={"phone": "(202) 555-0143", "body": ATTACK})
        assert sent.status_code == 303
        page = await here.get(sent.headers["location"])
        assert ANA in page.text and "&lt;script&gt;" in page.text and "<img" not in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy


@pytest.mark.parametrize(
    ("host", "seen_from", "headers"),
    [("127.0.0.1", "10.0.0.9", {}), ("clinic.example.org", "127.0.0.1", {}),
     ("127.0.0.1", "127.0.0.1", {"X-Forwarded-For": "10.0.0.9"})],
)  # fmt: skip
async def test_from_anywhere_else_there_is_no_such_page(
    app: object, host: str, seen_from: str, headers: dict[str, str]
) -> None:
    async with client(app, host, seen_from) as there:
        assert (await there.get("/phone", headers=headers)).status_code == 404
        assert (
            await there.post("/phone/send", data={"phone": ANA, "body": "x"}, headers=headers)
        ).status_code == 404
        assert (await there.post("/phone/clock", data={"hours": "1"}, headers=headers)).status_code == 404


async def test_another_site_can_not_send_in_a_visitors_name(app: object) -> None:
    async with client(app) as here:
        headers = {"Sec-Fetch-Site": "cross-site"}
        assert (
            await here.post("/phone/send", data={"phone": ANA, "body": "x"}, headers=headers)
        ).status_code == 404


async def test_the_clock_moves_forward_for_every_process(app: object, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, "http://127.0.0.1:1")
    clock = clock_of(settings)
    before = clock()
    async with client(app) as here:
        assert (await here.post("/phone/clock", data={"hours": "3"})).status_code == 303
        assert (await here.post("/phone/clock", data={"hours": "-3"})).status_code == 422
    assert ahead(settings).total_seconds() == 3 * 3600
    assert (clock() - before).total_seconds() >= 3 * 3600


def test_with_a_real_provider_there_is_no_simulator(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, "http://127.0.0.1:1")
    clinic = settings.clinic.model_copy(
        update={"sms": settings.clinic.sms.model_copy(update={"provider": "twilio"})}
    )

    class Door:
        pass

    door = Door()
    door.settings = settings.model_copy(update={"clinic": clinic})  # type: ignore[attr-defined]
    assert pages.routes(door) == []  # type: ignore[arg-type]
