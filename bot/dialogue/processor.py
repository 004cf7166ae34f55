"""Rasa's message processor: a message has one turn, and NLU is told what was said before it.

"yes" and "how often?" mean nothing alone.
"""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.tracker_store import RecordsTrackerStore
from bot.dialogue.turns import said_after

# What NLU may know of the conversation; read by bot/nlu/understanding.py from the message's metadata.
PREVIOUS_TOPIC = "previous_topic"
PREVIOUS_QUESTION = "previous_question"
ASKED_SLOT = "asked_slot"
ASKED_WORDS = "asked_words"
AWAITING = "awaiting"  # what our last message waits for outside a form


class Processor(MessageProcessor):
    """Answers a message once; adds the previous topic and our open question to it before it is parsed."""

    async def handle_message(self, message: UserMessage) -> list[dict[str, Any]] | None:
        """Make a message's turn; one that had it is answered the same again. Rasa holds the conversation's lock."""
        said = await self._said_before(message)
        if said is None or message.output_channel is None:
            return await super().handle_message(message)
        for event in said:
            await message.output_channel.send_response(message.sender_id, event.message())
        return None

    async def _said_before(self, message: UserMessage) -> list[BotUttered] | None:
        store = self.tracker_store
        if not isinstance(store, RecordsTrackerStore) or not store.finished(message.message_id):
            return None
        tracker = await store.retrieve_full_tracker(message.sender_id)
        return said_after(tracker, message.message_id) if tracker else None

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

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Nothing: `rasa data validate` has checked that the domain knows every intent. Rasa makes a domain for it."""

    def _log_slots(self, tracker: DialogueStateTracker) -> None:
        """Nothing: what patients told us is in no log."""


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
