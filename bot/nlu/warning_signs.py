"""Warning signs on every message: the rules of `bot.safety`, and the sentence encoder behind them as a second net.

The assessment goes onto the message as `safety`. For an emergency or a same-day sign the intent becomes `warning`;
what the message seemed to ask stays in `topics` and in `intent_before`.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import load_encoder
from bot.nlu.learnt import Learns
from bot.nlu.spelling import NORMALISED
from bot.nlu.warning_net import PLAINLY, RAISES, THRESHOLD, Near, WarningNet, can_warn, only_asks
from bot.safety import Assessment, Context, SignFound, Tier, assess
from bot.soreness.asides import statements

SAFETY = "safety"  # the message's attribute
WARNING = "warning"  # the intent

CONFIDENCE_OF_NET = 0.6
SILENCED = 0.75  # the rules' confidence after they heard a sign denied, asked about or told of the past
SURELY = 0.6  # of an intent
PLAINLY_HARMLESS = frozenset(
    {"greeting", "goodbye", "thanks", "affirm", "deny", "correct_report", "undo_report", "stop_form", "later",
     "opt_out", "other_language", "rude", "my_progress", "repeat", "in_short", "explain_more", "ask_sources",
     "talk_to_human", "report_soreness"}  # a report names sore calves and bruises, as warnings do
)  # fmt: skip


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class WarningSigns(Learns[WarningNet]):
    """Sets `safety`, and the intent `warning` when a person must act today. Of rules and net the higher tier wins."""

    @classmethod
    def read(cls, folder: Path) -> WarningNet:
        """Read the trained net back; until there is one, the rules are alone."""
        return WarningNet.load(load_encoder(), folder)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the net: data/warnings.yml against every example of data/nlu."""
        harmless = [message.get(NORMALISED) for message in training_data.intent_examples]
        return self.keep(WarningNet.fit(load_encoder(), harmless))

    def process(self, messages: list[Message]) -> list[Message]:
        """Assess each message."""
        for message in messages:
            text = message.get(TEXT) or ""
            found, by = assess(text, context_of(message)), "rules"
            near = self._near(message, found)
            if near is not None:
                sign = SignFound(near.sign, near.tier, 0, len(text), text)
                found, by = Assessment(near.tier, (sign, *found.signs), CONFIDENCE_OF_NET), "net"
            message.set(SAFETY, plain(found, by), add_to_output=True)
            if found.is_alert:
                message.set("intent_before", message.get(INTENT), add_to_output=True)
                message.set(INTENT, {"name": WARNING, "confidence": found.confidence}, add_to_output=True)
        return messages

    def _near(self, message: Message, found: Assessment) -> Near | None:
        """A sign more urgent than what the rules found, if the net shows it plainly enough."""
        text = message.get(NORMALISED) or message.get(TEXT) or ""
        if self.learnt is None or found.tier is Tier.EMERGENCY or not can_warn(text) or _was_chosen(message):
            return None
        near = self.learnt.look(text)
        if near.tier.urgency <= found.tier.urgency:
            return None
        if found.is_alert:
            return near if near.urgency > RAISES and near.score > THRESHOLD else None
        doubtful = found.confidence <= SILENCED or only_asks(text) or self._is_surely_harmless(message)
        return near if near.score > (PLAINLY if doubtful else THRESHOLD) else None

    def _is_surely_harmless(self, message: Message) -> bool:
        """Whether the classifier is sure of an intent that warns of nothing."""
        intent = message.get(INTENT) or {}
        return intent.get("name") in PLAINLY_HARMLESS and intent.get("confidence", 0.0) > SURELY


def _was_chosen(message: Message) -> bool:
    """Whether a button was pressed."""
    return bool((message.get(METADATA) or {}).get("chosen"))


def context_of(message: Message) -> Context:
    """Return what the rules may know beside the words."""
    known = message.get(METADATA) or {}
    session_at, spoken = known.get("session_at"), known.get("asked_words") or ""
    # "Call us if you have chest pain." asks nothing, and a question of the patient's answers none of ours.
    answers = "?" in spoken and bool(statements(message.get(TEXT) or ""))
    return Context(
        question=spoken if answers else None,
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
