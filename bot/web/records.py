"""Database work away from the event loop: on SQLite one writer that commits together, several on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from bot.records.database import Database

Result = TypeVar("Result")
_MOST_TOGETHER = 50


@dataclass(frozen=True)
class _Job:
    """Something to write. It runs in the context of its caller: a statement belongs to the trace of its request."""

    work: Callable[[Session], Any]
    context: Context = field(default_factory=copy_context)
    done: Future[Any] = field(default_factory=Future)

    def run(self, session: Session) -> Any:
        return self.context.run(self.work, session)


class Records:
    """Runs functions that take a Session. On SQLite writers queue here, not in its naps of 100 ms."""

    def __init__(self, database: Database) -> None:
        self.database = database
        is_sqlite = database.engine.dialect.name == "sqlite"
        # What is read is one moment. On SQLite it always is; on PostgreSQL each statement would see its own.
        self._one_moment = {} if is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._most_together = _MOST_TOGETHER if is_sqlite else 1
        self._writers = ThreadPoolExecutor(1 if is_sqlite else 6, "web-write")
        self._readers = ThreadPoolExecutor(4, "web-read")
        self._waiting: deque[_Job] = deque()

    async def write(self, work: Callable[..., Result], *args: Any, **more: Any) -> Result:
        """Run `work(session, ...)` in a transaction: all of it or nothing, on the disk when this returns."""
        job = _Job(lambda session: work(session, *args, **more))
        self._waiting.append(job)
        self._writers.submit(self._write)
        result: Result = await asyncio.wrap_future(job.done)
        return result

    def _write(self) -> None:
        """Commit what waits. Most of a commit is waiting for the disk, and that is as long for many as for one."""
        jobs: list[_Job] = []
        with suppress(IndexError):  # until nothing waits
            while len(jobs) < self._most_together:
                job = self._waiting.popleft()
                if job.done.set_running_or_notify_cancel():
                    jobs.append(job)
        try:
            if len(jobs) == 1:
                with self.database.transaction() as session:
                    result = jobs[0].run(session)
                jobs[0].done.set_result(result)
            elif jobs:
                self._write_together(jobs)
        except BaseException as error:
            for job in jobs:
                job.done.set_exception(error)

    def _write_together(self, jobs: list[_Job]) -> None:
        failed: dict[int, Exception] = {}
        results: dict[int, Any] = {}
        with self.database.transaction() as whole:
            for number, job in enumerate(jobs):
                # Each in a session and a savepoint of its own: it neither sees another's objects nor shares its end.
                own = Session(
                    whole.connection(), info=whole.info, expire_on_commit=False,
                    join_transaction_mode="create_savepoint",
                )  # fmt: skip
                try:
                    with own, own.begin():
                        results[number] = job.run(own)
                except (OperationalError, InterfaceError):
                    raise  # the database is lost: for all
                except Exception as error:
                    failed[number] = error
        for number, job in enumerate(jobs):
            if number in failed:
                job.done.set_exception(failed[number])
            else:
                job.done.set_result(results[number])

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
