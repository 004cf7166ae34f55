"""Messages left pending are answered when the assistant is back: once, in order within a conversation.

For the worker. Safe with several workers and doors: a message is held under a lease, a line has a key.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from datetime import datetime

from sqlalchemy.orm import Session

from bot.records import chats, inbox
from bot.records.database import Database
from bot.records.inbox import Inbound
from bot.safety import assess
from bot.settings import Clinic
from bot.web.answering import Answering
from bot.web.assistant import Assistant
from bot.web.door import Clock, utc_now
from bot.web.receiving import LEASE, Situation, situation
from bot.web.records import Records

_AT_ONCE = 8  # conversations
_MOST = 200  # messages in a round; then the worker looks whether it is to stop


async def deliver_pending(
    database: Database, assistant: Assistant, clinic: Clinic, *, clock: Clock = utc_now
) -> int:
    """Have free pending web messages answered; gives how many were tried. Call it every second or so.

    It ends when nothing is free (answered, held by another, or put back for later), or after a good many.
    """
    records = Records(database)
    try:
        return await _Delivery(records, assistant, clinic, clock).run()
    finally:
        records.close()


class _Delivery:
    """One round. A conversation whose turn hangs keeps one of several hands busy, not all of them."""

    def __init__(self, records: Records, assistant: Assistant, clinic: Clinic, clock: Clock) -> None:
        owner = f"worker:{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._records = records
        self._answering = Answering(records, assistant, clinic, owner, clock)
        self._clock = clock
        self._busy = 0
        self._tried = 0

    async def run(self) -> int:
        """Work until nothing is free; gives how many messages were tried."""
        if await self._records.read(chats.is_any_free, now=self._clock()):
            await asyncio.gather(*(self._work() for _ in range(_AT_ONCE)))
        return self._tried

    async def _work(self) -> None:
        while self._tried < _MOST:
            found = await self._records.write(
                inbox.claim, self._answering.owner, now=self._clock(), lease=LEASE, limit=1, channel="web"
            )
            if found:
                self._busy += 1
                self._tried += 1
                try:
                    await self._deliver(found[0])
                finally:
                    self._busy -= 1
            elif self._busy:  # while another hand waits for the assistant, more may come in
                await asyncio.sleep(0.5)
            else:
                return

    async def _deliver(self, message: Inbound) -> None:
        known = await self._records.read(_known, message, self._clock())
        shown = (message.details or {}).get("shown", message.body)
        heard = assess(shown, known.context)
        await self._answering.answer(message, heard, known.facts, taken=True)


def _known(session: Session, message: Inbound, now: datetime) -> Situation:
    around = chats.around(session, message.conversation_id, message.external_id, now=now)
    return situation(session, around, now)
