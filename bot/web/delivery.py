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

_AT_ONCE = 8


async def deliver_pending(
    database: Database, assistant: Assistant, clinic: Clinic, *, clock: Clock = utc_now
) -> int:
    """Have every free pending web message answered; gives how many were tried. Call it every second or so.

    It ends when nothing is free: answered, held by another, or put back for later.
    """
    records = Records(database)
    owner = f"worker:{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    answering = Answering(records, assistant, clinic, owner, clock)
    tried = 0
    try:
        while found := await records.write(
            inbox.claim, owner, now=clock(), lease=LEASE, limit=_AT_ONCE, channel="web"
        ):
            await asyncio.gather(*(_deliver(records, answering, message, clock()) for message in found))
            tried += len(found)
    finally:
        records.close()
    return tried


async def _deliver(records: Records, answering: Answering, message: Inbound, now: datetime) -> None:
    known = await records.read(_known, message, now)
    shown = (message.details or {}).get("shown", message.body)
    heard = assess(shown, known.context)
    await answering.answer(message, heard, known.facts, taken=True)


def _known(session: Session, message: Inbound, now: datetime) -> Situation:
    around = chats.around(session, message.conversation_id, message.external_id, now=now)
    return situation(session, around, now)
