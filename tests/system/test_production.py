"""The profile production: two of each process on PostgreSQL and Redis, one start for all of these tests."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil
import pytest
from redis import Redis
from sqlalchemy import create_engine, make_url, select, text

from bot.dialogue.training import latest_model, models_folder, train
from bot.records import tracker
from bot.records.inbox import InboxRow
from bot.records.outbox import OutboxRow
from bot.settings import ROOT
from bot.web.balancing import Assistants
from bot.web.sessions import Sessions
from tests.redis import redis_server
from tests.system.production import (
    PATIENCE_S,
    QUESTION,
    Production,
    Verdict,
    Visitor,
    judge,
    production,
    send_text,
)

_is_open = InboxRow.state.in_(("received", "processing"))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models of our own with the present one in it: a test puts a new one there."""
    train()
    folder = tmp_path_factory.mktemp("models")
    for part in ("encoder", "spacy"):
        (folder / part).symlink_to(models_folder() / part)
    shutil.copy2(latest_model(), folder)
    return folder


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, postgres_cluster: str, models: Path
) -> Iterator[Production]:
    folder = tmp_path_factory.mktemp("production")
    url = _database(postgres_cluster)
    with redis_server() as redis_url, production(folder, url, redis_url, BOT_MODELS=str(models)) as running:
        yield running


def _database(cluster: str) -> str:
    name = f"p{uuid.uuid4().hex}"
    server = create_engine(make_url(cluster), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"create database {name} template template0"))
    server.dispose()
    return make_url(cluster).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
async def http(house: Production) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=house.door, timeout=60) as client:
        yield client


@asynccontextmanager
async def visitors_talk(http: httpx.AsyncClient, count: int = 3) -> AsyncIterator[list[Visitor]]:
    """Visitors who ask one question after the other for as long as the block lasts, and are judged at its end."""
    visitors, over = [await Visitor.begin(http) for _ in range(count)], asyncio.Event()

    async def talk(visitor: Visitor) -> None:
        while not over.is_set():
            await visitor.says()
            await asyncio.sleep(1.0)

    talking = [asyncio.create_task(talk(visitor)) for visitor in visitors]
    yield visitors
    over.set()
    await asyncio.gather(*talking)
    verdict = await judge(visitors)
    assert (verdict.lost, verdict.doubled, verdict.errors) == (0, 0, []) and verdict.sent >= count


async def until(is_so: Callable[[], object]) -> None:
    """Wait for something that happens in another process."""
    limit = time.monotonic() + PATIENCE_S
    while not await asyncio.to_thread(is_so):
        assert time.monotonic() < limit
        await asyncio.sleep(0.1)


@asynccontextmanager
async def turns_held(house: Production) -> AsyncIterator[None]:
    """Turns are made, and none can be stored before the block ends."""
    with house.database.engine.connect() as connection:
        connection.execute(text("lock table turns in share mode"))
        yield
        connection.rollback()


async def a_turn_waits(house: Production) -> None:
    """Wait until an assistant has made a turn and tries to store it."""
    waiting = text("select count(*) from pg_locks where relation = 'turns'::regclass and not granted")

    def is_one() -> bool:
        with house.database.engine.connect() as connection:
            return bool(connection.scalar(waiting))

    await until(is_one)


def heard_in_order(house: Production, visitor: Visitor) -> list[str]:
    """The visitor's messages in the order in which the assistants heard them, by the client's ids."""
    with house.database.reading() as session:
        rows = session.execute(select(InboxRow.id, InboxRow.external_id, InboxRow.conversation_id)).all()
        client_ids = {row.id: row.external_id.rpartition(":")[2] for row in rows}
        (conversation,) = {row.conversation_id for row in rows if client_ids[row.id] in visitor.sent}
        events = tracker.read_events(session, conversation)
    return [client_ids[event["message_id"]] for event in events if event["event"] == "user"]


async def test_messages_sent_at_once_are_answered_once_each_in_the_order_in_which_they_came(
    house: Production,
) -> None:
    # A connection for each request: both doors get their share.
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=house.door, timeout=60, limits=limits) as http:
        visitors = [await Visitor.begin(http) for _ in range(4)]
        await asyncio.gather(*(visitor.says() for visitor in visitors for _ in range(5)))
        assert await judge(visitors) == Verdict(sent=20, lost=0, doubled=0, errors=[], resent=0)
        for visitor in visitors:
            came = [line["client_id"] for line in await visitor.reads() if line["role"] == "user"]
            assert heard_in_order(house, visitor) == came


async def test_assistants_and_workers_yield_to_the_doors_within_one_session(house: Production) -> None:
    """Niceness counts within a session only, where Linux shares the processors out by session."""
    doors = house.children("bot.web")
    others = [*house.children("bot.dialogue.serve"), *house.children("bot.worker")]
    assert min(other.nice() for other in others) > max(door.nice() for door in doors)
    assert len({os.getsid(process.pid) for process in (*doors, *others)}) == 1
    assert len({os.getpgid(process.pid) for process in (*doors, *others)}) == 6  # Ctrl-C reaches none of them


async def test_an_assistant_killed_in_mid_turn_is_replaced_by_the_other_and_the_answer_comes_once(
    house: Production, http: httpx.AsyncClient
) -> None:
    visitor = await Visitor.begin(http)
    await visitor.says()
    conversation = Sessions(house.database.vault, timedelta(days=1)).read(
        visitor.headers["Authorization"], datetime.now(UTC)
    )
    first = house.assistant_at(Assistants(house.assistants).in_order(conversation.conversation)[0])
    said_before = len(house.said())
    async with turns_held(house):
        asked = asyncio.create_task(visitor.says())
        await a_turn_waits(house)
        first.kill()
    assert len(await asked) == 1
    assert await judge([visitor]) == Verdict(sent=2, lost=0, doubled=0, errors=[], resent=0)
    assert len(heard_in_order(house, visitor)) == 2
    await until(lambda: "is ready" in house.said()[said_before:])


async def test_a_door_and_a_worker_killed_in_mid_turn_leave_their_messages_to_the_others(
    house: Production, http: httpx.AsyncClient
) -> None:
    visitor = await Visitor.begin(http)
    await visitor.says()
    async with turns_held(house):
        asked = asyncio.create_task(visitor.says())
        await send_text(http, "+12125550143", QUESTION)
        await until(lambda: {"web", "worker"} <= {owner.partition(":")[0] for owner in owners(house)})
        for owner in owners(house):
            psutil.Process(int(owner.split(":")[2])).kill()
    assert len(await asked) == 1
    assert (await judge([visitor])).doubled == 0 and len(heard_in_order(house, visitor)) == 2
    await until(lambda: is_all_answered(house))
    with house.database.reading() as session:
        texts = session.scalars(select(OutboxRow).where(OutboxRow.inbox_id.is_not(None))).all()
        (thread,) = {text.conversation_id for text in texts}
        heard = [event for event in tracker.read_events(session, str(thread)) if event["event"] == "user"]
    assert len(texts) == len({text.dedup_key for text in texts}) >= 1 and len(heard) == 1
    await until(lambda: len(house.children("bot.web")) == len(house.children("bot.worker")) == 2)


def owners(house: Production) -> set[str]:
    """Who is answering messages now: kind, machine, process."""
    with house.database.reading() as session:
        return {str(owner) for owner in session.scalars(select(InboxRow.owner).where(_is_open)) if owner}


def is_all_answered(house: Production) -> bool:
    with house.database.reading() as session:
        return session.scalar(select(InboxRow.id).where(_is_open).limit(1)) is None


def models_of(house: Production) -> set[str]:
    """The names of the models that the assistants use."""
    return {str(httpx.get(f"{url}/status", timeout=60).json()["model_file"]) for url in house.assistants}


async def test_a_new_model_is_taken_by_every_assistant_while_visitors_talk(
    house: Production, http: httpx.AsyncClient, models: Path
) -> None:
    new = models / "assistant-newer.tar.gz"
    async with visitors_talk(http):
        shutil.copy(latest_model(), models / "unfinished")
        (models / "unfinished").rename(new)
        await until(lambda: models_of(house) == {new.name})


async def test_every_process_is_restarted_one_after_another_while_visitors_talk(
    house: Production, http: httpx.AsyncClient
) -> None:
    before = {process.pid for process in psutil.Process(house.process.pid).children()}
    async with visitors_talk(http):
        environment = {**os.environ, "BOT_VAR": str(house.output.parent)}
        asked = [sys.executable, "-m", "bot", "restart"]
        await asyncio.to_thread(subprocess.run, asked, cwd=ROOT, env=environment, check=True)
        await until(lambda: "Restarted all." in house.said())
    after = {process.pid for process in psutil.Process(house.process.pid).children()}
    assert len(before) == len(after) == 6 and not before & after


async def test_without_redis_the_conversation_goes_on(house: Production, http: httpx.AsyncClient) -> None:
    visitor = await Visitor.begin(http)
    await visitor.says()
    with Redis.from_url(house.redis_url) as redis:
        redis.shutdown(nosave=True)
    await visitor.says()
    assert await judge([visitor]) == Verdict(sent=2, lost=0, doubled=0, errors=[], resent=0)


async def test_told_to_stop_everything_ends_and_no_reply_is_cut(
    house: Production, http: httpx.AsyncClient
) -> None:
    visitor = await Visitor.begin(http)
    await visitor.says()
    children = psutil.Process(house.process.pid).children()
    async with turns_held(house):
        said = {"id": str(uuid.uuid4()), "text": QUESTION}
        asked = asyncio.create_task(http.post("/chat/messages", json=said, headers=visitor.headers))
        await a_turn_waits(house)
        house.process.terminate()
    *_, last = (await asked).text.splitlines()
    assert last in (
        '{"done": true}',
        '{"pending": true}',
    )  # whole: with the answer, or told that it comes later
    assert await asyncio.to_thread(house.process.wait, PATIENCE_S) == 0
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == [] and "Stopped." in house.said()
