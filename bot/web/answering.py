"""A stored message gets its answer: from the assistant, line by line, or from the door if danger can't wait.

The same code serves the request that brought the message and the worker that finds it pending later. Every
line is stored under a key of its own before anybody reads it, so that doing it twice says nothing twice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog

from bot.records import chats
from bot.records.inbox import Inbound
from bot.records.messages import Message
from bot.safety import Assessment, Tier
from bot.settings import Clinic
from bot.web import metrics, replies
from bot.web.assistant import (
    Assistant,
    AssistantDownError,
    Finished,
    Spoken,
    Turn,
    TurnFailedError,
    TurnRefusedError,
)
from bot.web.receiving import LEASE
from bot.web.records import Records

URGENT_SECONDS = 1.0  # how long a warning sign waits for the assistant (design.md §3)
TURN_SECONDS = 60.0  # then the assistant counts as hanging and the message goes back
WAIT_SECONDS = 8.0  # how long a message waits for the one before it
RENEW_SECONDS = 2.0
_MOST_FAILURES = 5

log = structlog.get_logger("web")
Failure = AssistantDownError | TurnFailedError | TurnRefusedError


class Answering:
    """Has messages answered. `owner` is this process's name on leases."""

    def __init__(
        self,
        records: Records,
        assistant: Assistant,
        clinic: Clinic,
        owner: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._records = records
        self._assistant = assistant
        self._clinic = clinic
        self.owner = owner
        self._clock = clock

    async def answer(
        self,
        message: Inbound,
        heard: Assessment,
        facts: dict[str, str | None],
        *,
        taken: bool,
        told: Callable[[Message | None], None] = lambda _: None,
        since: float | None = None,
    ) -> bool:
        """Have one message answered, or leave it pending; gives whether no more is to come.

        `told` gets each line once it is stored, and None for one that was stored before.
        `since` (monotonic seconds) is when the message came: a warning sign waits URGENT_SECONDS from there.
        """
        reply = _Reply(self, message, heard, told)
        urgent_at = (time.monotonic() if since is None else since) + URGENT_SECONDS
        if heard.is_alert and not taken:  # something before it still waits: the words for danger do not
            await reply.tell_urgent()
        if taken or await self._wait_for_its_turn(message):
            await self._ask(reply, facts, urgent_at)
        return reply.is_settled

    async def _wait_for_its_turn(self, message: Inbound) -> bool:
        """Wait while those before it are being answered; one that was put back for the worker goes first."""
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            now = self._clock()
            ahead = await self._records.read(chats.who_is_ahead, message, now=now)
            if ahead == "waiting":
                return False
            if ahead is None and await self._records.write(
                chats.take_in_turn, message, self.owner, now=now, lease=LEASE
            ):
                return True
            await asyncio.sleep(0.1)
        return False

    async def _ask(self, reply: _Reply, facts: dict[str, str | None], urgent_at: float) -> None:
        message = reply.message
        turn = Turn(message.conversation_id, message.id, message.body, message.chosen, facts)
        heard: asyncio.Queue[Spoken | Finished | Failure] = asyncio.Queue()
        listening = asyncio.create_task(_listen(self._assistant.turn(turn), heard))
        renewing = asyncio.create_task(self._keep_lease(message))
        try:
            first = await _next(heard, urgent_at if reply.must_warn else None)
            if reply.must_warn and not reply.warns(first):
                await reply.tell_urgent()
            await reply.finish(first, heard)
        except replies.LostError:
            log.info("message_taken_over_or_erased")
        except asyncio.CancelledError:  # the process stops: another may begin at once
            await self._records.write(
                replies.put_back, message, self.owner, not_before=self._clock(), error="stopped"
            )
            raise
        finally:
            for task in (listening, renewing):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _keep_lease(self, message: Inbound) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await self._records.write(replies.renew, message, self.owner, now=self._clock(), lease=LEASE)


class _Reply:
    """What one message is told."""

    def __init__(
        self,
        answering: Answering,
        message: Inbound,
        heard: Assessment,
        tell: Callable[[Message | None], None],
    ) -> None:
        self.message = message
        self._heard = heard
        self._told = Tier.NONE
        self.is_settled = False
        self._number = 0
        self._tell = tell
        self._records = answering._records
        self._clinic = answering._clinic
        self._owner = answering.owner
        self._clock = answering._clock

    @property
    def must_warn(self) -> bool:
        """Whether the patient is still to be told what the rules found."""
        return self._heard.is_alert and self._told.urgency < self._heard.tier.urgency

    def warns(self, spoken: object) -> bool:
        """Whether the assistant says first what must be said first."""
        tier = replies.tier_of(spoken) if isinstance(spoken, Spoken) else Tier.NONE
        return tier.urgency >= self._heard.tier.urgency

    async def tell_urgent(self) -> None:
        """Tell the fixed words, unless they were told already."""
        if not self.must_warn:
            return
        said = await self._records.write(
            replies.tell_urgent, self.message, self._heard, self._clinic, now=self._clock()
        )
        self._told = self._heard.tier
        self._tell(said)

    async def finish(
        self, first: Spoken | Finished | Failure | None, heard: asyncio.Queue[Spoken | Finished | Failure]
    ) -> None:
        """Store the assistant's lines as they come, until it is done or fails."""
        until = time.monotonic() + TURN_SECONDS
        said = first or await _next(heard, until) or AssistantDownError("hangs")
        while isinstance(said, Spoken):
            breath, more = [said], _heard_already(heard)
            while isinstance(more, Spoken):
                breath.append(more)
                more = _heard_already(heard)
            if isinstance(more, Finished):
                await self._say(breath, more)
                self._is_answered(more)
                return
            await self._say(breath)
            said = more or await _next(heard, until) or AssistantDownError("hangs")
        if isinstance(said, Finished):
            said = TurnFailedError("silent") if self._number == 0 else said
        await self._settle(said)

    async def _say(self, breath: list[Spoken], end: Finished | None = None) -> None:
        """Store in one transaction what was heard in one breath."""
        stored, self._told = await self._records.write(
            replies.store, self.message, breath, self._number, self._owner,
            now=self._clock(), lease=LEASE, told=self._told, end=end and end.topics,
        )  # fmt: skip
        self._number += len(breath)
        for line in stored:
            self._tell(line)

    def _is_answered(self, end: Finished) -> None:
        self.is_settled = True
        metrics.ANSWERED.labels(end.intent).inc()

    async def _settle(self, end: Finished | Failure) -> None:
        now, message = self._clock(), self.message
        if isinstance(end, Finished):
            await self._records.write(replies.complete, message, self._owner, end.topics, now=now)
            self._is_answered(end)
            return
        tries = message.attempts
        hopeless = isinstance(end, TurnRefusedError) or (
            isinstance(end, TurnFailedError) and tries >= _MOST_FAILURES
        )
        log.warning("no_answer", error=type(end).__name__, reason=str(end), tries=tries)
        if hopeless:
            self._tell(
                await self._records.write(replies.give_up, message, self._owner, self._clinic, now=now)
            )
            self.is_settled = True
            return
        pause = 1 if isinstance(end, AssistantDownError) else 2**tries
        await self._records.write(
            replies.put_back, message, self._owner,
            not_before=now + timedelta(seconds=pause), error=type(end).__name__,
        )  # fmt: skip


async def _listen(
    lines: AsyncIterator[Spoken | Finished], heard: asyncio.Queue[Spoken | Finished | Failure]
) -> None:
    try:
        async for line in lines:
            heard.put_nowait(line)
    except (AssistantDownError, TurnFailedError, TurnRefusedError) as error:
        heard.put_nowait(error)


def _heard_already(heard: asyncio.Queue[Spoken | Finished | Failure]) -> Spoken | Finished | Failure | None:
    return None if heard.empty() else heard.get_nowait()


async def _next(
    heard: asyncio.Queue[Spoken | Finished | Failure], until: float | None
) -> Spoken | Finished | Failure | None:
    """The next thing heard; None when nothing came until then."""
    if until is None:
        until = time.monotonic() + TURN_SECONDS
    try:
        async with asyncio.timeout(max(0.0, until - time.monotonic())):
            return await heard.get()
    except TimeoutError:
        return None
