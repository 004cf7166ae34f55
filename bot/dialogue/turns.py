"""What the front door may ask of the assistant: one turn of one conversation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

LONGEST_TEXT = 1600  # an SMS of ten segments; 100 kB of words would block everybody for seconds
FACTS = frozenset({"patient", "visit", "session_at", "prompt"})
_ID = re.compile(r"^[\w.:-]{8,128}$")
_CHOSEN = re.compile(r"^faq/[a-z_]{2,60}$")


@dataclass(frozen=True)
class TurnRequest:
    """A patient's message: what was typed, or the answer that a button chose."""

    conversation: str
    message_id: str
    text: str
    chosen: str | None = None
    facts: dict[str, str] = field(default_factory=dict)

    def metadata(self) -> dict[str, Any]:
        """Return what travels beside the text into Rasa."""
        return {"chosen": self.chosen, **self.facts}


def read_turn(body: Any) -> TurnRequest:
    """Check a turn's JSON; raise ValueError with a short code when it can't be used."""
    if not isinstance(body, dict):
        raise ValueError("not_an_object")
    for name in ("conversation", "message_id"):
        if not isinstance(body.get(name), str) or not _ID.match(body[name]):
            raise ValueError(f"bad_{name}")
    text = body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ValueError("empty_text")
    if len(text) > LONGEST_TEXT:
        raise ValueError("text_too_long")
    chosen = body.get("chosen")
    if chosen is not None and not (isinstance(chosen, str) and _CHOSEN.match(chosen)):
        raise ValueError("bad_chosen")
    facts = body.get("facts") or {}
    if not isinstance(facts, dict) or not FACTS.issuperset(facts):
        raise ValueError("bad_facts")
    return TurnRequest(
        conversation=body["conversation"],
        message_id=body["message_id"],
        text=no_command(text),
        chosen=chosen,
        facts={name: str(value) for name, value in facts.items() if value is not None},
    )


def no_command(text: str) -> str:
    """Return `text` without leading slashes: Rasa obeys "/restart" or "/intent{...}" typed by anybody."""
    return text.strip().lstrip("/").strip() or "?"


def said_after(tracker: DialogueStateTracker, message_id: str) -> list[BotUttered] | None:
    """Return what the assistant said to this message, or None when the message is new to the conversation."""
    said: list[BotUttered] | None = None
    for event in tracker.events:
        if isinstance(event, UserUttered):
            if said is not None:
                break
            if event.message_id == message_id:
                said = []
        elif said is not None and isinstance(event, BotUttered):
            said.append(event)
    return said
