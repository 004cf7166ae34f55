"""Chooses the answer of a question: fills Rasa's `response_selector`, so that `utter_faq` works as in Rasa."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, RESPONSE_SELECTOR
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.classifier import FAQ


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class AnswerSelector(GraphComponent):
    """Names the response of the first topic asked; the other topics stay in `topics`."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AnswerSelector:
        """Make the component."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Fill `response_selector` for questions."""
        for message in messages:
            topics = [label for label in message.get("topics") or [] if label.startswith(f"{FAQ}/")]
            if not topics or (message.get(INTENT) or {}).get("name") != FAQ:
                continue
            selected = {
                "response": {
                    "responses": [],
                    "confidence": message.get(INTENT)["confidence"],
                    "intent_response_key": topics[0],
                    "utter_action": f"utter_{topics[0]}",
                },
                "ranking": [],
            }
            message.set(
                RESPONSE_SELECTOR, {"all_retrieval_intents": [FAQ], FAQ: selected}, add_to_output=True
            )
        return messages
