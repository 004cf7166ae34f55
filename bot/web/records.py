"""Database work away from the event loop: what waits is committed together, on SQLite by one writer, else by a few."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from bot.records.database import Database, DatabaseUnavailableError

Result = TypeVar("Result")
_MOST_TOGETHER = 50
_DEADLOCK = "40P01"  # PostgreSQL's code
_WRITERS = 3  # on PostgreSQL: more of them only make smaller groups, and take turns at the interpreter


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
        self._writers = ThreadPoolExecutor(1 if is_sqlite else _WRITERS, "web-write")
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
            while len(jobs) < _MOST_TOGETHER:
                job = self._waiting.popleft()
                if job.done.set_running_or_notify_cancel():
                    jobs.append(job)
        if len(jobs) > 1 and self._write_together(jobs):
            return
        for job in jobs:
            try:
                with self.database.transaction() as session:
                    result = job.run(session)
            except BaseException as error:
                job.done.set_exception(error)
            else:
                job.done.set_result(result)

    def _write_together(self, jobs: list[_Job]) -> bool:
        """Commit them as one. False: one of them failed, nothing was written, and each must be tried alone."""
        results: list[Any] = []
        try:
            with self.database.transaction() as whole:
                for job in jobs:
                    result = job.run(whole)
                    whole.flush()
                    whole.expunge_all()  # the next one sees none of this one's objects
                    results.append(result)
        except BaseException as error:
            if len(results) < len(jobs) and not _is_lost(error):
                return False
            # Of a commit that breaks off nobody knows whether it was done: nothing is tried again here.
            for job in jobs:
                job.done.set_exception(error)
        else:
            for job, result in zip(jobs, results, strict=True):
                job.done.set_result(result)
        return True

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


def _is_lost(error: BaseException) -> bool:
    """Whether the database is lost for all; two groups that wait for each other are not lost, one goes on alone."""
    cause = getattr(error.__cause__, "orig", None)
    return isinstance(error, DatabaseUnavailableError) and getattr(cause, "pgcode", None) != _DEADLOCK
