"""A patient who talks with the real assistant; reports go into a database that is really there."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from bot.dialogue import reporting
from bot.dialogue.channels import SpokenMessages
from bot.dialogue.turns import no_command
from bot.records import alerts, reports
from bot.records.database import Database


class Patient:
    """Says things and remembers what came back."""

    def __init__(self, agent: Any, database: Database, channel: str, facts: dict[str, str]) -> None:
        self.agent, self.database, self.channel, self.facts = agent, database, channel, facts
        self.conversation = f"test-{uuid.uuid4().hex}"
        self.messages: list[dict[str, Any]] = []

    async def says(self, *texts: str, message_id: str | None = None) -> str:
        """Send one message after the other; return all that was said to the last."""
        for text in texts:
            output = SpokenMessages(self.channel)
            await self.agent.handle_message(
                UserMessage(
                    no_command(text), output, self.conversation, input_channel=self.channel,
                    message_id=message_id or uuid.uuid4().hex, metadata={"chosen": None, **self.facts},
                )
            )  # fmt: skip
            queued = [output.queue.get_nowait() for _ in range(output.queue.qsize())]
            self.messages = [line for line in queued if line]
            assert self.messages, f"silence after {text!r}"
        return "\n".join(message["text"] for message in self.messages)

    async def slot(self, name: str) -> Any:
        """A slot of the conversation."""
        tracker = await self.agent.tracker_store.retrieve(self.conversation)
        return tracker.get_slot(name)

    async def form_is_open(self) -> bool:
        """Whether the soreness form waits for an answer."""
        tracker = await self.agent.tracker_store.retrieve(self.conversation)
        return tracker.active_loop_name == "soreness_form"

    def kinds(self) -> list[str]:
        """What the last messages are: scale, body_map, urgent, …"""
        return [message["custom"].get("kind", "") for message in self.messages]

    def reports(self) -> tuple[reports.Report, ...]:
        """The reports of this conversation that count, newest first."""
        with self.database.reading() as session:
            return reports.recent(session, conversation=self.conversation)

    def report(self) -> reports.Report:
        """The only report of this conversation."""
        (found,) = self.reports()
        return found

    def tasks(self) -> list[tuple[str, str]]:
        """What staff were told of this conversation: rule and tier."""
        with self.database.reading() as session:
            opened = [a for a in alerts.unacknowledged(session) if a.conversation_id == self.conversation]
        return [(alert.sign, alert.tier) for alert in opened]


@pytest.fixture
def kept_in(sqlite_database: Database) -> Iterator[Database]:
    """The database that the assistant keeps reports in."""
    before = reporting._open
    reporting.use(lambda: sqlite_database)
    yield sqlite_database
    reporting._open = before


@pytest.fixture
def patient(assistant: Any, kept_in: Database) -> Callable[..., Patient]:
    """Make a patient: `patient("sms", hours=20)` had a session 20 hours ago."""

    def make(channel: str = "web", hours: float | None = None, **facts: str) -> Patient:
        if hours is not None:
            facts["session_at"] = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
        return Patient(assistant, kept_in, channel, facts)

    return make
