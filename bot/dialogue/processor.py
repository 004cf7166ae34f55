"""Rasa's message processor, telling NLU what was said before: "yes" and "how often?" mean nothing alone."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

# What NLU may know of the conversation; read by bot/nlu/understanding.py from the message's metadata.
PREVIOUS_TOPIC = "previous_topic"
PREVIOUS_QUESTION = "previous_question"
ASKED_SLOT = "asked_slot"
ASKED_WORDS = "asked_words"
AWAITING = "awaiting"  # what our last message waits for outside a form


class Processor(MessageProcessor):
    """Adds the previous topic and the assistant's open question to each message before it is parsed."""

    async def parse_message(
        self,
        message: UserMessage,
        tracker: DialogueStateTracker | None = None,
        only_output_properties: bool = True,
    ) -> dict[str, Any]:
        """Parse with the conversation's context in the message's metadata."""
        if tracker is not None:
            message.metadata = {**(message.metadata or {}), **_context(tracker)}
        return await super().parse_message(message, tracker, only_output_properties)


def _context(tracker: DialogueStateTracker) -> dict[str, Any]:
    topics = tracker.get_slot("topics") or []
    # Rasa's own look-up leaves out what was said in an open form.
    spoken = next((event for event in reversed(tracker.events) if isinstance(event, BotUttered)), None)
    return {
        PREVIOUS_TOPIC: topics[-1] if topics else None,
        PREVIOUS_QUESTION: tracker.get_slot("last_question"),
        ASKED_SLOT: tracker.get_slot("requested_slot"),
        ASKED_WORDS: spoken.text if spoken else None,
        AWAITING: tracker.get_slot("awaiting"),
    }
