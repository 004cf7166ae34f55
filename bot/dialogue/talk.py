"""Talks with the assistant in this process, without server or database: for the terminal, evaluation and tests."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered

from bot.dialogue import reporting
from bot.dialogue.assistant import load_assistant
from bot.dialogue.channels import SpokenMessages
from bot.dialogue.training import latest_model, quiet
from bot.dialogue.turns import no_command
from bot.safety import Assessment, Context
from bot.settings import load_settings


@dataclass(frozen=True)
class Reply:
    """What the assistant said to one message, and how it understood it."""

    messages: list[dict[str, Any]]
    intent: str
    confidence: float
    topics: list[str]
    nearest: list[str]
    parsed: dict[str, Any] = field(repr=False, default_factory=dict)

    @property
    def text(self) -> str:
        """All words said, one message a paragraph."""
        return "\n\n".join(message["text"] for message in self.messages)


class Talk:
    """One conversation with a loaded assistant."""

    def __init__(self, agent: Agent, channel: str = "web", **facts: str) -> None:
        self._agent = agent
        self._channel = channel
        self._facts = facts
        self.conversation = f"talk-{uuid.uuid4().hex}"

    async def say(self, text: str, chosen: str | None = None) -> Reply:
        """Send a message and return what came back."""
        output = SpokenMessages(self._channel)
        message = UserMessage(
            no_command(text),
            output,
            self.conversation,
            input_channel=self._channel,
            message_id=uuid.uuid4().hex,
            metadata={"chosen": chosen, **self._facts},
        )
        await self._agent.handle_message(message)
        messages = [output.queue.get_nowait() for _ in range(output.queue.qsize())]
        tracker = await self._agent.tracker_store.retrieve(self.conversation)
        # Of a tracker read back, `latest_message` leaves out what was answered in an open form.
        heard = (
            event for event in reversed(tracker.events if tracker else ()) if isinstance(event, UserUttered)
        )
        last = next(heard, None)
        parsed = last.parse_data if last else {}
        intent = parsed.get("intent") or {}
        return Reply(
            messages=[line for line in messages if line],
            intent=intent.get("name") or "",
            confidence=float(intent.get("confidence") or 0.0),
            topics=list(parsed.get("topics") or []),
            nearest=[near["name"] for near in parsed.get("nearest") or []],
            parsed=dict(parsed),
        )


def load_for_talk() -> Agent:
    """Load the newest model; conversations are kept in memory, soreness reports until the process ends."""
    quiet()
    reporting.use(reporting.temporary_database)
    return load_assistant(latest_model(), load_settings().clinic, InMemoryTrackerStore(Domain.empty()))


def warning_judge(agent: Agent) -> Callable[[str, Context], Assessment]:
    """Return the assistant's own judgement of warning signs: the rules with the sentence encoder behind them."""
    from bot.nlu.warning_signs import SAFETY, assessment_from

    def judge(text: str, context: Context) -> Assessment:
        message = UserMessage(text, metadata={"asked_words": context.question})
        parsed = asyncio.run(agent.processor.parse_message(message))
        return assessment_from(parsed.get(SAFETY), text)

    return judge
