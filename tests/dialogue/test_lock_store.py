"""One turn of a conversation at a time over all assistants, on a Redis that really runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from redis import Redis

from bot.dialogue.lock_store import ConversationLocks
from tests.ports import free_port
from tests.redis import redis_server


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url


async def most_at_once(*stores: ConversationLocks) -> int:
    """How many turns of one conversation ran at the same time, of three in each store."""
    running, most = 0, 0

    async def turn(store: ConversationLocks) -> None:
        nonlocal running, most
        async with store.lock("a conversation"):
            running += 1
            most = max(most, running)
            for _ in range(5):
                await asyncio.sleep(0)
            running -= 1

    await asyncio.gather(*(turn(store) for store in stores for _ in range(3)))
    return most


async def test_turns_of_a_conversation_follow_each_other_in_one_assistant_without_redis() -> None:
    assert await most_at_once(ConversationLocks()) == 1


async def test_turns_of_a_conversation_follow_each_other_over_two_assistants(redis_url: str) -> None:
    assert await most_at_once(ConversationLocks(redis_url), ConversationLocks(redis_url)) == 1
    with Redis.from_url(redis_url) as redis:
        assert redis.keys("lock:*") == [], "given back"


async def test_a_conversation_is_free_again_when_its_assistant_died(redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        redis.set("lock:a conversation", "somebody dead", px=50)
    async with ConversationLocks(redis_url).lock("a conversation"):
        pass


async def test_a_turn_that_lasts_longer_than_a_lease_keeps_its_conversation(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dialogue.lock_store.RENEW_S", 0.001)
    with Redis.from_url(redis_url) as redis:
        async with ConversationLocks(redis_url, lease_s=60).lock("a conversation"):
            redis.pexpire("lock:a conversation", 30_000)
            while redis.pttl("lock:a conversation") <= 30_000:
                await asyncio.sleep(0.01)


async def test_without_redis_a_turn_goes_on_under_the_assistants_own_lock() -> None:
    assert await most_at_once(ConversationLocks(f"redis://127.0.0.1:{free_port()}/0")) == 1
