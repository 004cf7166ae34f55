"""Everything that the rooms of the front door share: settings, database, assistant, sessions, limits."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.internal_token import internal_token
from bot.records.database import Database, open_database
from bot.settings import Settings
from bot.web.answering import Answering
from bot.web.assistant import Assistant
from bot.web.limits import Window
from bot.web.records import Records
from bot.web.sessions import Sessions

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Door:
    """One front door; made once a process with `open_door`."""

    settings: Settings
    records: Records
    assistant: Assistant
    sessions: Sessions
    answering: Answering
    messages_by_address: Window
    sessions_by_address: Window
    internal_token: str
    clock: Clock
    at_work: set[asyncio.Task[None]] = field(default_factory=set)

    async def close(self) -> None:
        """Stop what is running (messages go back to be answered later) and close everything."""
        for task in self.at_work:
            task.cancel()
        await asyncio.gather(*self.at_work, return_exceptions=True)
        await self.assistant.close()
        self.records.close()
        self.records.database.close()


def open_door(settings: Settings, database: Database | None = None, clock: Clock = utc_now) -> Door:
    """Open the database and everything else; nothing is asked of the assistant yet.

    Raises DatabaseUnavailableError or KeysError, each one line for the operator.
    """
    token = internal_token()
    records = Records(database or open_database(settings.database_url))
    assistant = Assistant(settings.assistant_url, token)
    owner = f"web:{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    limits = settings.clinic.web
    return Door(
        settings=settings,
        records=records,
        assistant=assistant,
        sessions=Sessions(records.database.vault, timedelta(days=limits.session_days)),
        answering=Answering(records, assistant, settings.clinic, owner, clock),
        messages_by_address=Window(limits.address_messages_a_minute, 60),
        sessions_by_address=Window(limits.address_sessions_an_hour, 3600),
        internal_token=token,
        clock=clock,
    )
