"""The same door on PostgreSQL, and two doors on one database."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records import alerts, conversations
from bot.records.conversations import ConversationRow
from bot.records.database import Database, open_database
from bot.records.encryption import Vault
from bot.web.assistant import Assistant
from bot.web.delivery import deliver_pending
from bot.web.records import Records
from tests.web.assistant import TOKEN, FakeAssistant
from tests.web.conftest import CLINIC, ROOMY, Clock, Visitor, lines, opened, settings_for
from tests.web.test_urgent import DANGER, FIXED


async def test_two_doors_on_one_postgresql_answer_each_message_once_and_in_order(
    tmp_path: Path, postgres_url: str, vault: Vault, assistant: FakeAssistant, clock: Clock
) -> None:
    settings = settings_for(tmp_path, assistant.url, **ROOMY)
    one, two = open_database(postgres_url, vault), open_database(postgres_url, vault)
    assistant.seconds = 0.1
    async with opened(settings, one, clock) as left, opened(settings, two, clock) as right:
        visitor = await left.visitor()
        there = Visitor(right.http, visitor.token)
        bodies = [{"id": str(uuid.uuid4()), "text": f"number {n}"} for n in range(5)]
        for body in bodies:  # each message four times at once, on both doors
            replies = await asyncio.gather(
                *(
                    side.http.post("/chat/messages", json=body, headers=visitor.headers)
                    for side in (visitor, there, visitor, there)
                )
            )
            assert {str(lines(reply)[:2]) for reply in replies} == {str(lines(replies[0])[:2])}
        assert await there.texts() == await visitor.texts()
        assert assistant.texts == [f"number {n}" for n in range(5)]

        await asyncio.gather(*(side.say(f"at once {n}") for n, side in enumerate([visitor, there] * 3)))
        said = await visitor.reads()
        assert said["pending"] == []
        assert sorted(assistant.texts[5:]) == [f"at once {n}" for n in range(6)]


async def test_what_is_read_is_one_moment_whatever_is_written_meanwhile(
    postgres_url: str, vault: Vault, sqlite_database: Database
) -> None:
    """Lines and what still waits are two statements: an answer stored between them must be in both or neither."""
    postgres = open_database(postgres_url, vault)
    postgres.upgrade()

    def twice(session: Session, database: Database) -> tuple[int, int]:
        before = session.scalars(select(ConversationRow.id)).all()
        with database.transaction() as writing:
            conversations.ensure(writing, conversations.new_web_id(), "web", now=Clock()())
        return len(before), len(session.scalars(select(ConversationRow.id)).all())

    for database in (postgres, sqlite_database):
        records = Records(database)
        assert await records.read(twice, database) == (0, 0)
        assert await records.read(twice, database) == (1, 1)
        records.close()
    postgres.close()


async def test_warnings_and_pending_messages_on_postgresql(
    tmp_path: Path, postgres_url: str, vault: Vault, assistant: FakeAssistant, clock: Clock
) -> None:
    settings = settings_for(tmp_path, assistant.url, **ROOMY)
    database = open_database(postgres_url, vault)
    assistant.mode = "503"
    async with opened(settings, database, clock) as door:
        visitor = await door.visitor()
        _, urgent, _ = await visitor.hear(DANGER)
        assert urgent["text"] == FIXED
        with database.reading() as session:
            assert len(alerts.unacknowledged(session)) == 1
        for n in range(4):
            await visitor.say(f"number {n}")
        assistant.mode = "answer"
        assistant.turns.clear()
        clock.pass_time(seconds=40)
        clients = [Assistant(assistant.url, TOKEN) for _ in range(3)]
        await asyncio.gather(*(deliver_pending(database, each, CLINIC, clock=clock) for each in clients))
        for client in clients:
            await client.close()
        assert assistant.texts == [DANGER, *(f"number {n}" for n in range(4))]
        assert (await visitor.reads())["pending"] == []
        await door.http.delete("/chat/conversation", headers=visitor.headers)
        assert (await visitor.say("again")).status_code == 403
