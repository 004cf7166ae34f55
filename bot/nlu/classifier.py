"""Rasa's intent from what was understood: trains the topic model, then names the intent and the topics of a message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import load_encoder
from bot.nlu.learnt import Learns
from bot.nlu.spelling import NORMALISED
from bot.nlu.topic_model import TopicModel
from bot.nlu.understanding import Topic, Understanding, understand
from bot.soreness.asides import is_question

FAQ = "faq"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(Learns[TopicModel]):
    """Sets `intent`, `intent_ranking`, `topics` (full labels, in the order asked), `nearest`, `question`."""

    @classmethod
    def read(cls, folder: Path) -> TopicModel:
        """Read the trained topic model back."""
        return TopicModel.load(load_encoder(), folder)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the topic model on every example of data/nlu and keep it."""
        examples = training_data.intent_examples
        labels = [label_of(message) for message in examples]
        return self.keep(TopicModel.fit(load_encoder(), [m.get(NORMALISED) for m in examples], labels))

    def process(self, messages: list[Message]) -> list[Message]:
        """Understand each message."""
        for message in messages:
            if self.learnt is None or not (message.get(TEXT) or "").strip():
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                continue
            context = message.get(METADATA) or {}
            chosen = context.get("chosen")
            if chosen in self.learnt.labels:
                understood = Understanding((Topic(chosen, 1.0),), (), 1.0, message.get(NORMALISED))
            else:
                before = (_question_before(message), context.get("previous_topic"))
                understood = understand(self.learnt, message.get(NORMALISED), *before)
            _put(message, understood)
        return messages


def label_of(message: Message) -> str:
    """Return a training example's label: `faq/what_is` for a retrieval intent, else the intent."""
    return message.get(INTENT_RESPONSE_KEY) or message.get(INTENT)


def _question_before(message: Message) -> str | None:
    """Return the question that a message may lean on; "my neck", said to a question of ours, leans on none."""
    context = message.get(METADATA) or {}
    answers_ours = context.get("asked_slot") and not is_question(message.get(TEXT))
    return None if answers_ours else context.get("previous_question")


def _put(message: Message, understood: Understanding) -> None:
    ranked = understood.topics or understood.nearest
    confidence = ranked[0].confidence if ranked else 0.0
    ranking = {t.label: t.confidence for t in (*understood.topics, *understood.nearest)}
    message.set(INTENT, {"name": intent_of(understood.label), "confidence": confidence}, add_to_output=True)
    message.set("intent_ranking", [_named(Topic(n, c)) for n, c in ranking.items()], add_to_output=True)
    message.set("topics", [topic.label for topic in understood.topics], add_to_output=True)
    message.set("nearest", [_named(topic) for topic in understood.nearest], add_to_output=True)
    message.set("question", understood.question, add_to_output=True)
    message.set("known", round(understood.similarity, 3), add_to_output=True)


def intent_of(label: str) -> str:
    """Return the intent of a label: `faq` for `faq/what_is`."""
    return label.split("/", 1)[0]


def _named(topic: Topic) -> dict[str, Any]:
    return {"name": topic.label, "confidence": round(topic.confidence, 4)}
