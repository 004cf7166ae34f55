"""Writes on SQLite share commits: most of a commit is waiting for the disk, and the door has 15 ms."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.records import conversations
from bot.records.conversations import ConversationRow
from bot.records.database import Database, DatabaseUnavailableError
from bot.web.records import Records
from tests.web.conftest import Clock

NOW = Clock()()


def begin(session: Session, name: str) -> str:
    """Begin a conversation; those whose name says so fail after they have written."""
    conversations.ensure(session, name, "web", now=NOW)
    if name.startswith("bad"):
        raise ValueError(name)
    if name == "lost":
        raise OperationalError("select 1", None, Exception("disk I/O error"))
    return name


def stored(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(ConversationRow.id)))


@pytest.fixture
async def records(sqlite_database: Database) -> AsyncIterator[Records]:
    found = Records(sqlite_database)
    yield found
    found.close()


Writing = asyncio.Task[str]


async def queued(records: Records, names: list[str]) -> tuple[Callable[[], None], list[Writing]]:
    """Writes that wait behind one that is held; and what lets them go."""
    go, begun = threading.Event(), threading.Event()

    def hold(_: Session) -> str:
        begun.set()
        go.wait()
        return ""

    first = asyncio.create_task(records.write(hold))
    while not begun.is_set():
        await asyncio.sleep(0.001)
    tasks = [asyncio.create_task(records.write(begin, name)) for name in names]
    await asyncio.sleep(0)
    return go.set, [first, *tasks]


async def test_what_waits_for_the_disk_is_committed_together(
    records: Records, sqlite_database: Database
) -> None:
    commits: list[int] = []
    event.listen(sqlite_database.engine, "commit", lambda _: commits.append(1))
    names = [f"number {n}" for n in range(30)]
    go, writing = await queued(records, names)
    go()
    assert await asyncio.gather(*writing) == ["", *names]
    assert commits == [1]  # the one that was held wrote nothing
    assert stored(sqlite_database) == set(names)


async def test_one_that_fails_takes_nothing_of_the_others_with_it(
    records: Records, sqlite_database: Database
) -> None:
    go, writing = await queued(records, ["one", "bad two", "three", "bad four", "five"])
    go()
    _, *results = await asyncio.gather(*writing, return_exceptions=True)
    assert [str(result) for result in results] == ["one", "bad two", "three", "bad four", "five"]
    assert [isinstance(result, ValueError) for result in results] == [False, True, False, True, False]
    assert stored(sqlite_database) == {"one", "three", "five"}


async def test_a_database_that_is_lost_is_lost_for_all_and_nothing_is_promised(
    records: Records, sqlite_database: Database
) -> None:
    go, writing = await queued(records, ["one", "lost", "three"])
    go()
    _, *results = await asyncio.gather(*writing, return_exceptions=True)
    assert [type(result) for result in results] == [DatabaseUnavailableError] * 3
    assert stored(sqlite_database) == set()
    assert await records.write(begin, "again") == "again"


async def test_a_write_that_nobody_waits_for_any_more_is_not_begun(
    records: Records, sqlite_database: Database
) -> None:
    go, writing = await queued(records, ["one", "two"])
    writing[1].cancel()
    await asyncio.sleep(0)
    go()
    await asyncio.gather(*writing, return_exceptions=True)
    assert stored(sqlite_database) == {"two"}
