"""The assistant slow, failing, down, hanging, dying: what a patient said is stored, and answered once."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.records.database import Database
from bot.records.inbox import InboxRow
from bot.web import answering, tails
from bot.web.assistant import Assistant
from bot.web.delivery import deliver_pending
from bot.web.receiving import LEASE
from tests.ports import free_port
from tests.web.assistant import TOKEN, FakeAssistant, assistant_server, says
from tests.web.conftest import CLINIC, FrontDoor, Visitor

SHORT, AS_IN_LIFE = 0.4, tails.PATIENCE


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tails, "PATIENCE", SHORT)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch, _short_patience: None) -> None:
    """Whoever expects an end waits for it: a disk can take longer than SHORT to sync."""
    monkeypatch.setattr(tails, "PATIENCE", AS_IN_LIFE)


async def deliver(door: FrontDoor, assistant: FakeAssistant, workers: int = 1) -> int:
    """What the worker does, once, when the pause after a failure is over."""
    door.clock.pass_time(seconds=40)
    clients = [Assistant(assistant.url, TOKEN) for _ in range(workers)]
    tried = await asyncio.gather(
        *(deliver_pending(door.database, client, CLINIC, clock=door.clock) for client in clients)
    )
    for client in clients:
        await client.close()
    return sum(tried)


async def until(condition: Any, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("mode", ["500", "503", "failed", "silent", "garbage", "html", "hang"])
async def test_a_message_that_gets_no_answer_is_shown_as_received_and_stays_pending(
    visitor: Visitor, assistant: FakeAssistant, mode: str
) -> None:
    assistant.mode, assistant.lines = mode, []
    mine, end = await visitor.hear("hello")
    assert (mine["text"], end) == ("hello", {"pending": True})
    assert (await visitor.reads())["pending"] == visitor.sent


@pytest.mark.parametrize("mode", ["500", "503", "failed", "silent", "garbage", "die", "html"])
async def test_when_the_assistant_is_well_again_each_message_is_answered_once_and_in_order(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant, mode: str
) -> None:
    assistant.mode = mode
    for n in range(3):
        assert (await visitor.hear(f"number {n}"))[-1] == {"pending": True}
    assistant.mode = "answer"
    assert await deliver(door, assistant) == 3
    assert await deliver(door, assistant) == 0
    said = await visitor.reads()
    assert said["pending"] == []
    answers = [line for line in said["messages"] if line["role"] == "bot"]
    assert [line["text"] for line in answers] == [f"You said: number {n}" for n in range(3)]
    assert [line["client_id"] for line in answers] == visitor.sent


async def test_nobody_listens_and_the_answer_comes_when_the_assistant_starts(
    open_door: Any, assistant: FakeAssistant
) -> None:
    async with open_door(url=f"http://127.0.0.1:{free_port()}") as door:
        visitor = await door.visitor()
        begun = time.monotonic()
        assert (await visitor.hear("hello"))[-1] == {"pending": True}
        assert time.monotonic() - begun < answering.WAIT_SECONDS  # found out, not waited out
        assert await deliver(door, assistant) == 1
        assert await visitor.texts() == ["user: hello", "bot: You said: hello"]


async def test_a_message_behind_a_pending_one_waits_for_it(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.mode = "503"
    await visitor.hear("first")
    assistant.mode = "answer"
    assert (await visitor.hear("second"))[-1] == {"pending": True}
    await deliver(door, assistant)
    assert assistant.texts[-2:] == ["first", "second"]


async def test_four_workers_at_once_answer_each_of_many_messages_once(
    door: FrontDoor, assistant: FakeAssistant
) -> None:
    assistant.mode = "503"
    visitors = [await door.visitor() for _ in range(6)]
    for visitor in visitors:
        for n in range(3):
            await visitor.hear(f"number {n}")
    assistant.mode = "answer"
    assistant.turns.clear()
    assert await deliver(door, assistant, workers=4) == 18
    assert len(assistant.turns) == 18
    for visitor in visitors:
        answers = [text for text in await visitor.texts() if text.startswith("bot")]
        assert answers == [f"bot: You said: number {n}" for n in range(3)]


async def test_a_turn_cut_in_mid_answer_is_told_whole_and_nothing_of_it_twice(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.mode, assistant.lines = "die", [says("first part"), says("second part")]
    assert (await visitor.hear("hello"))[-1] == {"pending": True}
    assert await visitor.texts() == ["user: hello", "bot: first part"]
    assistant.mode = "answer"
    await deliver(door, assistant)
    assert await visitor.texts() == ["user: hello", "bot: first part", "bot: second part"]
    assert len({turn["message_id"] for turn in assistant.turns}) == 1


async def test_a_slow_answer_arrives_by_cursor_without_a_second_turn(
    visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.seconds = 2 * SHORT
    assert (await visitor.hear("hello"))[-1] == {"pending": True}

    async def answered() -> bool:
        return (await visitor.reads())["pending"] == []

    await until(answered)
    assert await visitor.texts() == ["user: hello", "bot: You said: hello"]
    assert len(assistant.turns) == 1


async def test_the_answer_is_stored_when_the_client_has_hung_up(
    visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.seconds = 0.3
    sending = asyncio.create_task(visitor.say("hello"))
    await until(lambda: asyncio.sleep(0, bool(assistant.turns)))
    sending.cancel()

    async def answered() -> bool:
        return len(await visitor.texts()) == 2

    await until(answered)


async def test_a_door_that_stops_in_mid_turn_gives_the_message_back_at_once(
    open_door: Any, assistant: FakeAssistant
) -> None:
    assistant.mode = "hang"
    async with open_door() as door:
        visitor = await door.visitor()
        assert (await visitor.hear("hello"))[-1] == {"pending": True}
    assistant.mode = "answer"
    async with open_door() as door:
        client = Assistant(assistant.url, TOKEN)
        assert await deliver_pending(door.database, client, CLINIC, clock=door.clock) == 1
        await client.close()
        visitor.http = door.http
        assert await visitor.texts() == ["user: hello", "bot: You said: hello"]


async def test_a_message_of_a_door_that_was_killed_is_free_when_its_lease_ends(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    await visitor.hear("hello")
    with door.database.transaction() as session:  # as a killed process leaves it
        session.execute(update(InboxRow).values(state="processing", owner="dead", lease_until=door.clock()))
    door.clock.pass_time(seconds=1)
    client = Assistant(assistant.url, TOKEN)
    assert await deliver_pending(door.database, client, CLINIC, clock=door.clock) == 1
    await client.close()
    assert await visitor.texts() == ["user: hello", "bot: You said: hello"]


async def test_a_worker_leaves_alone_what_the_door_is_working_on(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.seconds = 0.5
    saying = asyncio.create_task(visitor.hear("hello"))
    await asyncio.sleep(0.2)
    client = Assistant(assistant.url, TOKEN)
    assert await deliver_pending(door.database, client, CLINIC, clock=door.clock) == 0
    await client.close()
    await saying


@pytest.mark.usefixtures("patient")
async def test_a_message_that_always_fails_is_given_up_with_words_and_the_next_one_is_answered(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.mode = "500"
    await visitor.hear("poison")
    for _ in range(6):
        await deliver(door, assistant)
    assert assistant.asked.most_common(1)[0][1] == 5
    (_, notice) = (await visitor.reads())["messages"]
    assert notice["kind"] == "notice"
    assert "(202) 555-0143" in notice["text"]
    assistant.mode = "answer"
    assert (await visitor.hear("well?"))[1]["text"] == "You said: well?"


@pytest.mark.usefixtures("patient")
async def test_a_message_that_the_assistant_refuses_is_given_up_at_once(
    visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.mode = "422"
    _, notice, end = await visitor.hear("poison")
    assert (notice["kind"], end) == ("notice", {"done": True})


async def test_an_outage_however_long_gives_no_message_up(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.mode = "503"
    await visitor.hear("hello")
    for _ in range(12):
        await deliver(door, assistant)
    assert (await visitor.reads())["pending"] == visitor.sent
    assistant.mode = "answer"
    await deliver(door, assistant)
    assert (await visitor.texts())[-1] == "bot: You said: hello"


async def test_a_hanging_turn_is_left_and_asked_again_later(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "TURN_SECONDS", 0.5)
    assistant.mode = "hang"
    await visitor.hear("hello")

    async def left() -> bool:
        with door.database.reading() as session:
            return session.scalar(select(InboxRow.state)) == "received"

    await until(left)
    assistant.mode = "answer"
    assert await deliver(door, assistant) == 1
    assert await visitor.texts() == ["user: hello", "bot: You said: hello"]


async def test_the_lease_is_kept_while_a_turn_takes_long(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "RENEW_SECONDS", 0.1)
    assistant.seconds = 2.0
    saying = asyncio.create_task(visitor.hear("hello"))

    async def is_held_from_now() -> bool:
        with door.database.reading() as session:
            row = session.scalar(select(InboxRow))
            if row is None or row.lease_until is None:
                return row is not None and row.state == "answered"
            return row.lease_until > door.clock() + LEASE - timedelta(seconds=1)

    for _ in range(6):  # three leases long, in steps of half a lease; a renewal may be late, but comes
        await until(is_held_from_now)
        door.clock.pass_time(seconds=3)
        client = Assistant(assistant.url, TOKEN)
        assert await deliver_pending(door.database, client, CLINIC, clock=door.clock) == 0
        await client.close()
    await saying


@pytest.mark.usefixtures("patient")
async def test_a_database_that_is_lost_refuses_with_503_and_a_time_to_come_again(
    visitor: Visitor, sqlite_database: Database
) -> None:
    with sqlite_database.engine.begin() as other:
        other.exec_driver_sql("alter table consents rename to gone")
    response = await visitor.say("hello")
    with sqlite_database.engine.begin() as other:
        other.exec_driver_sql("alter table gone rename to consents")
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "unavailable"
    assert int(response.headers["retry-after"]) > 0
    assert (await visitor.hear("hello"))[-1] == {"done": True}


async def test_two_hundred_messages_through_an_assistant_that_fails_at_random_are_each_answered_once(
    door: FrontDoor,
) -> None:
    import random

    chance = random.Random(7)
    with assistant_server() as unwell:
        door.app.state.door.assistant._client.base_url = unwell.url
        visitors = [await door.visitor() for _ in range(20)]
        for n in range(10):
            unwell.mode = chance.choice(["answer", "answer", "500", "503", "die", "failed", "silent"])
            await asyncio.gather(*(visitor.say(f"number {n}") for visitor in visitors))
        unwell.mode = "answer"
        while await deliver(door, unwell, workers=2):
            pass
        for visitor in visitors:
            answers = [text for text in await visitor.texts() if text.startswith("bot")]
            assert answers == [f"bot: You said: number {n}" for n in range(10)]
            assert (await visitor.reads())["pending"] == []
