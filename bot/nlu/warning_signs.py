"""Warning signs on every message: the rules of `bot.safety`, and the sentence encoder behind them as a second net.

The assessment goes onto the message as `safety`. For an emergency or a same-day sign the intent becomes `warning`;
what the message seemed to ask stays in `topics` and in `intent_before`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.safety import Assessment, Context, SignFound, Tier, assess

SAFETY = "safety"  # the message's attribute
WARNING = "warning"  # the intent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class WarningSigns(GraphComponent):
    """Sets `safety`, and the intent `warning` when a person must act today."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WarningSigns:
        """Make the component."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Assess each message."""
        for message in messages:
            text = message.get(TEXT) or ""
            found = assess(text, context_of(message))
            message.set(SAFETY, plain(found, "rules"), add_to_output=True)
            if found.is_alert:
                message.set("intent_before", message.get(INTENT), add_to_output=True)
                message.set(INTENT, {"name": WARNING, "confidence": found.confidence}, add_to_output=True)
        return messages


def context_of(message: Message) -> Context:
    """Return what the rules may know beside the words."""
    known = message.get(METADATA) or {}
    session_at, spoken = known.get("session_at"), known.get("asked_words") or ""
    return Context(
        # "Call us if you have chest pain." asks nothing: what is said next is no answer to it.
        question=spoken if "?" in spoken else None,
        session_at=datetime.fromisoformat(session_at) if session_at else None,
    )


def plain(found: Assessment, by: str) -> dict[str, Any]:
    """Return an assessment as JSON takes it; `by` says who found it."""
    signs = [
        {"sign": one.sign, "tier": one.tier.value, "start": one.start, "end": one.end} for one in found.signs
    ]
    return {"tier": found.tier.value, "signs": signs, "confidence": found.confidence, "by": by}


def assessment_from(given: dict[str, Any] | None, text: str) -> Assessment:
    """Return the assessment that `plain` gave of `text`."""
    given = given or {"tier": "none", "signs": [], "confidence": 0.0}
    signs = tuple(
        SignFound(one["sign"], Tier(one["tier"]), one["start"], one["end"], text[one["start"] : one["end"]])
        for one in given["signs"]
    )
    return Assessment(Tier(given["tier"]), signs, given["confidence"])
