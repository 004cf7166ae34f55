from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from bot.web.limits import Window, address_of
from bot.web.refusals import RefusalError
from tests.web.assistant import FakeAssistant
from tests.web.conftest import Clock


def refusal(response: httpx.Response) -> tuple[int, str, int]:
    return (
        response.status_code,
        response.json()["error"]["code"],
        int(response.headers["retry-after"]),
    )


async def test_a_conversation_may_say_so_much_a_minute_and_is_told_when_to_come_again(
    open_door: Any, clock: Clock
) -> None:
    async with open_door(messages_a_minute=3) as door:
        visitor, other = await door.visitor(), await door.visitor()
        for _ in range(3):
            await visitor.hear("hello")
            clock.pass_time(seconds=10)
        status, code, wait = refusal(await visitor.say("hello"))
        assert (status, code) == (429, "too_many")
        assert 25 <= wait <= 30
        await other.hear("hello")
        clock.pass_time(seconds=wait)
        await visitor.hear("hello")


async def test_a_conversation_may_say_so_much_a_day(open_door: Any, clock: Clock) -> None:
    async with open_door(messages_a_day=3) as door:
        visitor = await door.visitor()
        for _ in range(3):
            await visitor.hear("hello")
            clock.pass_time(hours=1)
        _, code, wait = refusal(await visitor.say("hello"))
        assert code == "too_many"
        assert 20 * 3600 < wait <= 21 * 3600


async def test_a_message_sent_again_is_not_counted_and_not_refused(open_door: Any) -> None:
    async with open_door(messages_a_minute=1) as door:
        visitor = await door.visitor()
        body = {"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "text": "hello"}
        for _ in range(3):
            response = await door.http.post("/chat/messages", json=body, headers=visitor.headers)
            assert response.status_code == 200


async def test_a_limit_of_a_conversation_holds_after_a_restart(open_door: Any) -> None:
    async with open_door(messages_a_minute=1) as door:
        visitor = await door.visitor()
        await visitor.hear("hello")
    async with open_door(messages_a_minute=1) as door:
        visitor.http = door.http
        assert (await visitor.say("hello")).status_code == 429


async def test_an_address_may_say_so_much_a_minute_in_all_its_conversations(open_door: Any) -> None:
    async with open_door(address_messages_a_minute=4) as door:
        visitors = [await door.visitor() for _ in range(5)]
        replies = [await visitor.say("hello") for visitor in visitors]
        assert [reply.status_code for reply in replies] == [200] * 4 + [429]
        assert refusal(replies[-1])[2] <= 60


async def test_an_address_may_begin_so_many_conversations_an_hour(open_door: Any) -> None:
    async with open_door(address_sessions_an_hour=2) as door:
        replies = [await door.http.post("/chat/session", json={}) for _ in range(3)]
        assert [reply.status_code for reply in replies] == [201, 201, 429]
        assert refusal(replies[-1])[2] <= 3600


async def test_what_is_refused_is_neither_stored_nor_told_to_the_assistant(
    open_door: Any, assistant: FakeAssistant
) -> None:
    async with open_door(messages_a_minute=1) as door:
        visitor = await door.visitor()
        await visitor.hear("first")
        await asyncio.gather(*(visitor.say("flood") for _ in range(10)))
        assert assistant.texts == ["first"]
        assert len(await visitor.texts()) == 2


def test_a_window_forgets_what_is_past_and_keeps_at_most_so_many_keys() -> None:
    now = 0.0
    window = Window(2, 10, clock=lambda: now)
    window.count("a")
    now = 6
    window.count("a")
    with pytest.raises(RefusalError) as refused:
        window.count("a")
    assert refused.value.retry_after == 4
    now = 10
    window.count("a")
    for n in range(30_000):
        window.count(str(n))
    assert len(window._seen) <= 20_000


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.5", "203.0.113.6", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
def test_an_ipv6_household_is_one_address(one: str, other: str, same: bool) -> None:
    def seen(host: str) -> str:
        return address_of(Request({"type": "http", "client": (host, 1), "headers": []}))

    assert (seen(one) == seen(other)) is same
