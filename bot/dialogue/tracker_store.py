"""Keeps conversations in the records: Rasa's events, encrypted, and the turns that staff read, in one transaction.

Rasa's own SQL store reads every event of a conversation at every message (200 ms a message after 300), and behind
`FailSafeTrackerStore` a lost database means a lost message and a silent bot. This store reads a bounded window and
raises. A snapshot of slots and form at the end of each turn stands for what came before the window.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Session

from bot.records import conversations, turns, unanswered
from bot.records import tracker as tracker_events
from bot.records.database import Database, open_database
from bot.settings import load_settings

logger = logging.getLogger(__name__)

WINDOW = 32  # events read back: about four turns, more than any rule looks at
MOST_READY = 64  # events; a rule is sought through all of them
KEPT_RANKING = 5
KEPT_CONVERSATIONS = 128  # ready in memory, about 50 kB each
SNAPSHOT = "snapshot"
_STORED = "_events_in_database"  # of a tracker: how many of its own events are stored
_BEFORE = "_events_before"  # and how many the conversation had when it was read


class AnsweredMeanwhileError(Exception):
    """Another assistant has stored a turn since the conversation was read: nothing of ours is kept.

    Asked again, the message is answered from what is stored by then, or gets its turn after the other.
    """


class RecordsTrackerStore(TrackerStore):
    """A tracker store on `bot.records`."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        database: Database | None = None,
        model_id: str | None = None,
        host: str | None = None,  # given by Rasa when endpoints.yml names this class; the settings decide
    ) -> None:
        super().__init__(domain, event_broker)
        self.database = database or open_database(load_settings().database_url)
        self.model_id = model_id
        self._ready: OrderedDict[str, tuple[DialogueStateTracker, tracker_events.Newest]] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append what is new since the tracker was read.

        Raises DatabaseUnavailableError when it can't, AnsweredMeanwhileError when the conversation has moved on.
        """
        events = list(tracker.events)
        new = events[getattr(tracker, _STORED, 0) :]
        if not new:
            return
        now = datetime.now(UTC)
        for event in new:
            _slim(event)
        rows = [event.as_dict() for event in new] + [_snapshot(tracker)]
        with self.database.transaction() as session:
            conversations.touch(session, tracker.sender_id, _channel(new), now=now)
            stored = tracker_events.append_events(session, tracker.sender_id, rows, now=now)
            if stored - len(rows) != getattr(tracker, _BEFORE, 0):
                raise AnsweredMeanwhileError
            self._record_turn(session, tracker, new, now)
        setattr(tracker, _STORED, len(events))
        setattr(tracker, _BEFORE, stored)
        self._keep_ready(tracker, tracker_events.Newest(stored - 1, now))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation's last turns, or None when it is new."""
        # Whoever takes it may change it; it comes back when the change is stored, so that an error leaves nothing.
        tracker, newest = self._ready.pop(sender_id, (None, None))
        if tracker is not None:
            with self.database.looking() as connection:
                if tracker_events.newest(connection, sender_id) == newest:
                    return tracker
        return self._read(sender_id, WINDOW)

    def _keep_ready(self, tracker: DialogueStateTracker, newest: tracker_events.Newest) -> None:
        """Keep a conversation at hand; another assistant's turn in it is noticed by its newest event."""
        self._ready.pop(tracker.sender_id, None)
        if len(tracker.events) <= MOST_READY:
            self._ready[tracker.sender_id] = (tracker, newest)
        while len(self._ready) > KEPT_CONVERSATIONS:
            self._ready.popitem(last=False)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Return the whole conversation."""
        return self._read(conversation_id, None)

    async def keys(self) -> Iterable[str]:
        """Return every conversation's id."""
        with self.database.reading() as session:
            return tracker_events.conversation_ids(session)

    def finished(self, message_id: str) -> bool:
        """Whether a message had its turn already."""
        with self.database.looking() as connection:
            return turns.is_stored(connection, message_id)

    def _read(self, conversation: str, last: int | None) -> DialogueStateTracker | None:
        with self.database.reading() as session:
            before = tracker_events.count_events(session, conversation)  # first: who comes between is noticed
            if not before:
                return None
            rows = tracker_events.read_events(session, conversation, last)
        events = _events(rows, whole=last is None or len(rows) < last)
        tracker = DialogueStateTracker.from_events(
            conversation, events, self.domain.slots, domain=self.domain
        )
        setattr(tracker, _STORED, len(tracker.events))
        setattr(tracker, _BEFORE, before)
        return tracker

    def _record_turn(
        self, session: Session, tracker: DialogueStateTracker, new: Sequence[Event], now: datetime
    ) -> None:
        heard = next((event for event in new if isinstance(event, UserUttered)), None)
        if heard is None or not heard.message_id:
            return
        parsed = heard.parse_data or {}
        done = [event for event in new if isinstance(event, ActionExecuted) and event.policy]
        topics = tuple(parsed.get("topics") or ())
        said = [event for event in new if isinstance(event, BotUttered)]
        is_first = turns.record(
            session,
            tracker.sender_id,
            heard.message_id,
            now=now,
            text=heard.text,
            intent=heard.intent_name,
            confidence=heard.intent.get("confidence"),
            topics=topics,
            ranking=tuple(parsed.get("intent_ranking", [])[:KEPT_RANKING]),
            entities=list(heard.entities),
            slots={name: value for name, value in tracker.current_slot_values().items() if value is not None},
            policy=done[0].policy if done else None,
            actions=tuple(event.action_name for event in done if event.action_name),
            answers=tuple(name for event in said if (name := (event.metadata or {}).get("utter_action"))),
            model_id=self.model_id,
            milliseconds=max(0, int((now.timestamp() - heard.timestamp) * 1000)),
        )
        if not is_first:
            raise AnsweredMeanwhileError
        conversations.add_topics(session, tracker.sender_id, topics)
        if heard.intent_name in ("unsure", "out_of_scope"):
            unanswered.note(
                session,
                tracker.sender_id,
                heard.message_id,
                heard.text or "",
                now=now,
                nearest=tuple(parsed.get("nearest") or ()),
                confidence=heard.intent.get("confidence"),
            )


def _events(rows: list[dict[str, Any]], whole: bool) -> list[Event]:
    if whole:
        return deserialise_events([row for row in rows if row["event"] != SNAPSHOT])
    start = next((index for index, row in enumerate(rows) if row["event"] == SNAPSHOT), -1)
    before = _from_snapshot(rows[start]) if start >= 0 else []
    after = [row for row in rows[start + 1 :] if row["event"] != SNAPSHOT]
    return before + deserialise_events(after)


def _snapshot(tracker: DialogueStateTracker) -> dict[str, Any]:
    return {
        "event": SNAPSHOT,
        "slots": {name: value for name, value in tracker.current_slot_values().items() if value is not None},
        "loop": tracker.active_loop_name,
    }


def _from_snapshot(row: dict[str, Any]) -> list[Event]:
    events: list[Event] = [SessionStarted()]
    events += [SlotSet(name, value) for name, value in row["slots"].items()]
    if row["loop"]:
        events.append(ActiveLoop(row["loop"]))
    return [*events, ActionExecuted("action_listen")]


def _slim(event: Event) -> None:
    """Drop what Rasa repeats: the response texts of the selector and the tail of the ranking."""
    if isinstance(event, UserUttered) and event.parse_data:
        dropped = ("response_selector", "text_tokens")
        kept = {name: value for name, value in event.parse_data.items() if name not in dropped}
        event.parse_data = kept | {"intent_ranking": kept.get("intent_ranking", [])[:KEPT_RANKING]}


def _channel(events: Sequence[Event]) -> conversations.Channel:
    heard = next((event for event in events if isinstance(event, UserUttered)), None)
    return "sms" if heard is not None and heard.input_channel == "sms" else "web"
