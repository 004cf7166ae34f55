"""The widget with the real front door: what one says the other understands."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from bot.records.database import Database
from bot.web.app import create_app
from bot.web.assistant import Assistant
from bot.web.delivery import deliver_pending
from tests.ports import free_port
from tests.web.assistant import TOKEN, FakeAssistant, assistant_server, running, says
from tests.web.conftest import CLINIC, ROOMY, settings_for
from tests.widget.chat import Chat, chat_in
from tests.widget.stub import Stub


@pytest.fixture
def assistant() -> Iterator[FakeAssistant]:
    with assistant_server() as fake:
        yield fake


@pytest.fixture
def real(
    browser: Browser,
    sqlite_database: Database,
    assistant: FakeAssistant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Chat]:
    monkeypatch.setenv("BOT_INTERNAL_TOKEN", TOKEN)
    settings = settings_for(tmp_path, assistant.url, **ROOMY)
    with running(create_app(settings, database=sqlite_database)) as port:
        where: Any = Stub(port=port)
        with chat_in(browser, where, fast=True) as chat:
            yield chat


def test_a_conversation_of_every_kind_of_message_goes_through(real: Chat, assistant: FakeAssistant) -> None:
    real.plain()
    assistant.lines = [says("**Soreness** is usual.", buttons=(("How long?", "/faq/soreness_duration"),))]
    real.say("is soreness normal").settled(1)
    assistant.lines = [says("A day or two.")]
    real.frame.get_by_role("button", name="How long?").click()
    real.settled(2)
    assert assistant.turns[-1]["chosen"] == "faq/soreness_duration"
    assistant.lines = [says("Where?", kind="body_map")]
    real.say("I want to report my soreness").settled(3)
    real.frame.locator("path[aria-label='left calf']").click(force=True)
    assistant.lines = [says("How sore, 0 to 10?", kind="scale")]
    real.frame.locator(".map").get_by_role("button", name="Send").click()
    real.settled(4)
    real.frame.get_by_role("radio", name="3").check()
    assistant.lines = [says("Thank you.")]
    real.frame.locator("form.card").get_by_role("button", name="Send").click()
    real.settled(5)
    assert [turn["text"] for turn in assistant.turns][-2:] == ["left calf", "3"]
    expected = real.words()
    real.page.reload()
    real.settled(5)
    assert real.words() == expected


def test_a_warning_sign_brings_the_clinics_urgent_words_as_an_alert(
    real: Chat, assistant: FakeAssistant
) -> None:
    assistant.mode = "hang"
    real.plain().say("I have sudden chest pain and can't breathe")
    alert = real.frame.get_by_role("alert")
    expect(alert.get_by_role("link", name="Call 911")).to_be_visible(timeout=10_000)


def test_while_the_assistant_is_down_the_message_is_received_and_answered_once_it_is_back(
    real: Chat, assistant: FakeAssistant, sqlite_database: Database
) -> None:
    real.plain().say("hello").settled(1)
    assistant.mode = "503"
    real.say("is soreness normal")
    expect(real.frame.locator("#state")).to_contain_text("We have your message", timeout=15_000)
    expect(real.frame.locator(".queued")).to_have_count(0)
    assistant.mode = "answer"
    with ThreadPoolExecutor(1) as worker:  # Playwright has this thread's loop
        worker.submit(asyncio.run, the_worker_delivers(sqlite_database, assistant)).result()
    real.settled(2)
    assert real.words()[2:] == ["is soreness normal", "You said: is soreness normal"]
    expect(real.frame.locator("#state")).to_have_text("")


async def the_worker_delivers(database: Database, assistant: FakeAssistant) -> None:
    """As it does all the time; a minute later, so that what was put back is due."""
    client = Assistant(assistant.url, TOKEN)
    later = datetime.now(UTC) + timedelta(minutes=1)
    await deliver_pending(database, client, CLINIC, clock=lambda: later)
    await client.close()


def test_a_door_that_restarts_is_waited_for_and_each_message_is_answered_once(
    browser: Browser,
    sqlite_database: Database,
    assistant: FakeAssistant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BOT_INTERNAL_TOKEN", TOKEN)
    settings = settings_for(tmp_path, assistant.url, **ROOMY)
    where: Any = Stub(port=free_port())
    with chat_in(browser, where, fast=True) as chat:
        with running(create_app(settings, database=sqlite_database), where.port):
            chat.plain().say("first").settled(1)
        chat.say("second")
        expect(chat.frame.locator("#state")).to_contain_text("cannot be reached")
        with running(create_app(settings, database=sqlite_database), where.port):
            chat.settled(2)
            assert chat.words() == ["first", "You said: first", "second", "You said: second"]
        assert assistant.texts == ["first", "second"]


def test_clearing_the_device_ends_the_conversation_at_the_door(real: Chat) -> None:
    real.plain().say("hello").settled(1)
    token = real.frame.evaluate("JSON.parse(localStorage['chat-session']).token")
    real.frame.locator("#menu summary").click()
    real.frame.get_by_role("button", name="Clear this device").click()
    with real.page.expect_response(lambda response: response.request.method == "DELETE") as ended:
        real.frame.locator("#yes").click()
    assert ended.value.status == 200
    status = real.frame.evaluate(
        "t => fetch('/chat/messages', {headers: {Authorization: 'Bearer ' + t}}).then(r => r.status)", token
    )
    assert status in {401, 403}


def test_axe_finds_nothing_on_the_pages_of_the_door(real: Chat) -> None:
    real.visit("/")
    assert real.axe() == []
    real.open()
    assert real.axe() == []
