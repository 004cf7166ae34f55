"""One turn of a conversation at a time, over all assistants.

Rasa's `RedisLockStore` reads a list of tickets, changes it and writes it back, without a transaction; the ticket
of an assistant that was killed keeps its conversation waiting for 60 s; who waits looks once a second; and its
client blocks every other conversation meanwhile. Here a lock is one key with a lease of a few seconds, taken in one
command and renewed while the turn runs, so that a conversation is free soon after its assistant died.

The lock spares work; the records decide. Without Redis, turns go on under this process's own locks: the inbox hands
out one message of a conversation at a time, and a turn is refused when another was stored since its conversation
was read (`tracker_store.AnsweredMeanwhileError`).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast
from weakref import WeakValueDictionary

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockError, LockStore
from redis import RedisError
from redis.asyncio import Redis

LEASE_S = 4.0
RENEW_S = 1.0
LOOK_EVERY_S = 0.03
WAIT_S = 20.0  # longer than any turn takes (in_process_actions.TIME_LIMIT_S)
WITHOUT_S = 5.0  # after Redis failed, it is not asked for that long
_ANSWER_S = 1.0

_RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0"
_GIVE_BACK = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"

logger = logging.getLogger("bot.assistant")


class ConversationLocks(LockStore):
    """Locks of conversations: within this process, and with a Redis URL over all processes."""

    def __init__(self, url: str = "", lease_s: float = LEASE_S) -> None:
        self._here: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._redis = (
            Redis.from_url(url, socket_timeout=_ANSWER_S, socket_connect_timeout=_ANSWER_S) if url else None
        )
        self._lease_ms = int(lease_s * 1000)
        self._without_until = 0.0

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = WAIT_S, wait_time_in_seconds: float = LOOK_EVERY_S
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold a conversation for the block. Raises LockError when others hold it for longer than WAIT_S."""
        here = self._here.setdefault(conversation_id, asyncio.Lock())
        async with here:
            key, token = f"lock:{conversation_id}", secrets.token_hex(8)
            renewing = None
            if await self._take(key, token):
                renewing = asyncio.create_task(self._keep(key, token))
            try:
                yield TicketLock(conversation_id)
            finally:
                if renewing is not None:
                    renewing.cancel()
                    await self._ask_with(_GIVE_BACK, key, token)

    async def _take(self, key: str, token: str) -> bool:
        """Take the lease; False when there is no Redis to take it from."""
        until = time.monotonic() + WAIT_S
        while self._redis is not None and time.monotonic() > self._without_until:
            try:
                if await self._redis.set(key, token, nx=True, px=self._lease_ms):
                    return True
            except (RedisError, OSError) as error:
                self._go_without(error)
                return False
            if time.monotonic() > until:
                raise LockError("another assistant holds this conversation")
            await asyncio.sleep(LOOK_EVERY_S)
        return False

    async def _keep(self, key: str, token: str) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            await self._ask_with(_RENEW, key, token, str(self._lease_ms))

    async def _ask_with(self, script: str, key: str, *arguments: str) -> None:
        if self._redis is None:
            return
        try:
            await cast("asyncio.Future[object]", self._redis.eval(script, 1, key, *arguments))
        except (RedisError, OSError) as error:
            self._go_without(error)

    def _go_without(self, error: Exception) -> None:
        if time.monotonic() > self._without_until:
            logger.error("Redis failed (%s): each assistant locks for itself", type(error).__name__)
        self._without_until = time.monotonic() + WITHOUT_S
