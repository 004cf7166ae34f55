"""Database work away from the event loop: one writer at a time on SQLite, several on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from bot.records.database import Database

Result = TypeVar("Result")


class Records:
    """Runs functions that take a Session. On SQLite writers queue here, not in its naps of 100 ms."""

    def __init__(self, database: Database) -> None:
        self.database = database
        is_sqlite = database.engine.dialect.name == "sqlite"
        # What is read is one moment. On SQLite it always is; on PostgreSQL each statement would see its own.
        self._one_moment = {} if is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._writers = ThreadPoolExecutor(1 if is_sqlite else 6, "web-write")
        self._readers = ThreadPoolExecutor(4, "web-read")

    async def write(self, work: Callable[..., Result], *args: Any, **more: Any) -> Result:
        """Run `work(session, ...)` in a transaction: all of it or nothing."""

        def run() -> Result:
            with self.database.transaction() as session:
                return work(session, *args, **more)

        # In the caller's context: a statement belongs to the trace of what asked for it.
        return await asyncio.get_running_loop().run_in_executor(self._writers, copy_context().run, run)

    async def read(self, work: Callable[..., Result], *args: Any, **more: Any) -> Result:
        """Run `work(session, ...)` in a session that only reads: the database as it was at one moment, or else
        an answer could come between a conversation's lines and the list of what still waits, and be missed."""

        def run() -> Result:
            with self.database.reading() as session:
                session.connection(execution_options=self._one_moment)
                return work(session, *args, **more)

        return await asyncio.get_running_loop().run_in_executor(self._readers, copy_context().run, run)

    async def is_current(self) -> bool:
        """Whether the tables are at the newest version; raises DatabaseUnavailableError."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.database.is_current)

    def close(self) -> None:
        """Let running work end and stop the threads."""
        self._writers.shutdown()
        self._readers.shutdown()
