"""A message has one turn, however often and wherever it is asked; each time the same is heard."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from bot.dialogue import reporting
from bot.dialogue.channels import SpokenMessages
from bot.dialogue.tracker_store import AnsweredMeanwhileError, RecordsTrackerStore
from bot.records import tracker as tracker_events
from bot.records import turns
from bot.records.database import Database


@pytest.fixture
def agent(assistant: Any, sqlite_database: Database) -> Iterator[Any]:
    """The assistant with its conversations in the records."""
    memory, reports = assistant.tracker_store, reporting._open
    reporting.use(lambda: sqlite_database)
    store = RecordsTrackerStore(assistant.domain, database=sqlite_database)
    assistant.tracker_store = assistant.processor.tracker_store = store
    yield assistant
    assistant.tracker_store = assistant.processor.tracker_store = memory
    reporting._open = reports


def message(conversation: str, message_id: str, text: str = "does it hurt?") -> UserMessage:
    return UserMessage(
        text, SpokenMessages("web"), conversation, input_channel="web", message_id=message_id, metadata={}
    )


def heard(asked: UserMessage) -> list[dict[str, Any]]:
    output = asked.output_channel
    assert isinstance(output, SpokenMessages)
    return [line for _ in range(output.queue.qsize()) if (line := output.queue.get_nowait())]


async def test_the_same_message_asked_several_times_at_once_has_one_turn(agent: Any) -> None:
    conversation, message_id = f"test-{uuid.uuid4().hex}", uuid.uuid4().hex
    asked = [message(conversation, message_id) for _ in range(3)]
    await asyncio.gather(*(agent.handle_message(one) for one in asked))
    first, second, third = map(heard, asked)
    assert first == second == third and "small prick" in first[0]["text"]
    with agent.tracker_store.database.reading() as session:
        assert len(turns.of_conversation(session, conversation)) == 1


async def test_of_two_assistants_that_answer_one_message_the_later_keeps_nothing(agent: Any) -> None:
    conversation, message_id = f"test-{uuid.uuid4().hex}", uuid.uuid4().hex
    store, processor = agent.tracker_store, agent.processor
    await agent.handle_message(message(conversation, uuid.uuid4().hex))
    one, other = [
        await processor.log_message(message(conversation, message_id), should_save_tracker=False)
        for _ in range(2)
    ]
    await store.save(one)
    with store.database.reading() as session:
        kept = tracker_events.read_events(session, conversation)
    with pytest.raises(AnsweredMeanwhileError):
        await store.save(other)
    with store.database.reading() as session:
        assert tracker_events.read_events(session, conversation) == kept


async def test_of_two_messages_answered_at_once_in_one_conversation_the_later_turn_is_made_again(
    agent: Any,
) -> None:
    conversation = f"test-{uuid.uuid4().hex}"
    store, processor = agent.tracker_store, agent.processor
    await agent.handle_message(message(conversation, uuid.uuid4().hex))
    one, other = [
        await processor.log_message(message(conversation, uuid.uuid4().hex), should_save_tracker=False)
        for _ in range(2)
    ]
    await store.save(one)
    with pytest.raises(AnsweredMeanwhileError):
        await store.save(other)
    again = message(conversation, uuid.uuid4().hex)
    await agent.handle_message(again)
    assert heard(again)


async def test_two_first_messages_of_a_conversation_at_once_do_not_overwrite_each_other(agent: Any) -> None:
    conversation = f"test-{uuid.uuid4().hex}"
    one, other = [
        await agent.processor.log_message(message(conversation, uuid.uuid4().hex), should_save_tracker=False)
        for _ in range(2)
    ]
    await agent.tracker_store.save(one)
    with pytest.raises(AnsweredMeanwhileError):
        await agent.tracker_store.save(other)
