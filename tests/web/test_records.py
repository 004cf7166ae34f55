"""Writes that wait share commits: most of a commit is waiting for the disk, and the door has 15 ms."""

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
async def records(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Records]:
    monkeypatch.setattr("bot.web.records._WRITERS", 1)  # so that a held one holds all
    found = Records(database)
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


async def test_what_waits_for_the_disk_is_committed_together(records: Records, database: Database) -> None:
    commits: list[int] = []
    event.listen(database.engine, "commit", lambda _: commits.append(1))
    names = [f"number {n}" for n in range(30)]
    go, writing = await queued(records, names)
    go()
    assert await asyncio.gather(*writing) == ["", *names]
    assert commits == [1]  # the one that was held wrote nothing
    assert stored(database) == set(names)


async def test_one_that_fails_takes_nothing_of_the_others_with_it(
    records: Records, database: Database
) -> None:
    go, writing = await queued(records, ["one", "bad two", "three", "bad four", "five"])
    go()
    _, *results = await asyncio.gather(*writing, return_exceptions=True)
    assert [str(result) for result in results] == ["one", "bad two", "three", "bad four", "five"]
    assert [isinstance(result, ValueError) for result in results] == [False, True, False, True, False]
    assert stored(database) == {"one", "three", "five"}


async def test_a_database_that_is_lost_is_lost_for_all_and_nothing_is_promised(
    records: Records, database: Database
) -> None:
    go, writing = await queued(records, ["one", "lost", "three"])
    go()
    _, *results = await asyncio.gather(*writing, return_exceptions=True)
    assert [type(result) for result in results] == [DatabaseUnavailableError] * 3
    assert stored(database) == set()
    assert await records.write(begin, "again") == "again"


async def test_a_write_that_nobody_waits_for_any_more_is_not_begun(
    records: Records, database: Database
) -> None:
    go, writing = await queued(records, ["one", "two"])
    writing[1].cancel()
    await asyncio.sleep(0)
    go()
    await asyncio.gather(*writing, return_exceptions=True)
    assert stored(database) == {"two"}


async def test_two_groups_that_wait_for_each_other_are_both_written_in_the_end(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two doors hold the same two threads in opposite order; PostgreSQL ends one group, and it goes on one by one."""
    monkeypatch.setattr("bot.web.records._WRITERS", 1)
    doors, both, tries = [Records(postgresql_database) for _ in range(2)], threading.Barrier(2), list[str]()

    def begin_and_wait(session: Session, name: str, door: str) -> str:
        begin(session, name)
        tries.append(door)
        if tries.count(door) == 1:
            both.wait(10)
        return door

    for name in ("one", "two"):
        await doors[0].write(begin, name)
    held = [await queued(door, []) for door in doors]
    writing = [
        asyncio.create_task(door.write(begin_and_wait, name, title))
        for door, title, names in ((doors[0], "left", ("one", "two")), (doors[1], "right", ("two", "one")))
        for name in names
    ]
    await asyncio.sleep(0)
    for go, _ in held:
        go()
    assert await asyncio.gather(*writing) == ["left", "left", "right", "right"]
    assert len(tries) > 4  # one group was tried again
    for door in doors:
        door.close()
