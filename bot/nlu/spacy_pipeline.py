"""The project's own spaCy pipeline: tokens with texting exceptions, lookup lemmas, and body parts from a data file.

No downloaded model: `blank("en")` and the tables of `spacy-lookups-data`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

import spacy
import yaml
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.utils.spacy_utils import SpacyModel
from rasa.nlu.utils.spacy_utils import SpacyNLP as RasaSpacyNLP
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language
from spacy.symbols import NORM, ORTH
from spacy.tokenizer import Tokenizer

from bot.settings import ROOT

BODY_PARTS = ROOT / "data" / "body_parts.yml"

# Written as one word in texting; two words in meaning.
SPLIT = {
    "dont": ("do", "nt"), "cant": ("ca", "nt"), "wont": ("wo", "nt"), "isnt": ("is", "nt"), "didnt": ("did", "nt"),
    "doesnt": ("does", "nt"), "gonna": ("gon", "na"), "wanna": ("wan", "na"), "im": ("i", "m"), "ive": ("i", "ve"),
}  # fmt: skip


@lru_cache(maxsize=1)
def pipeline(body_parts: str) -> Language:
    """Return the pipeline for the content of data/body_parts.yml, made once: Rasa asks for it twice a model."""
    nlp = spacy.blank("en")
    tokenizer = cast(Tokenizer, nlp.tokenizer)
    for word, (first, second) in SPLIT.items():
        for shape in (word, word.capitalize()):
            pieces = [{ORTH: shape[: len(first)]}, {ORTH: shape[len(first) :], NORM: _norm(second)}]
            tokenizer.add_special_case(shape, pieces)
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER", "overwrite_ents": True})
    ruler.add_patterns(_body_part_patterns(body_parts))  # type: ignore[attr-defined]
    ruler.add_patterns([{"label": "side", "pattern": side} for side in ("left", "right", "both sides")])  # type: ignore[attr-defined]
    return nlp


def _norm(piece: str) -> str:
    return {"nt": "not", "na": "to", "m": "am", "ve": "have"}[piece]


def _body_part_patterns(body_parts: str) -> list[dict[str, str]]:
    parts = yaml.safe_load(body_parts)["body_parts"]
    words = ((part["name"], word) for part in parts for word in part["words"])
    return [
        {"label": "body_part", "pattern": form, "id": name}
        for name, word in words
        for form in (word, f"{word}s")
    ]


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MODEL_LOADER, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=False,
    model_from="SpacyNLP",
)
class SpacyNLP(RasaSpacyNLP):
    """Rasa's own, with this project's pipeline; the same name, because its tokeniser looks for that name."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyNLP:
        """Take the pipeline for the present data; Rasa's own would load one by path."""
        language = pipeline(BODY_PARTS.read_text(encoding="utf-8"))
        return cls(SpacyModel(language, "body_parts"), {**cls.get_default_config(), **config})

    def process_training_data(self, training_data: TrainingData, model: SpacyModel) -> TrainingData:
        """Leave the examples as they are: nothing learns from spaCy's documents, and 15,000 of them take 2 GB."""
        return training_data

    def process(self, messages: list[Message], model: SpacyModel) -> list[Message]:
        """Leave a message as it is: the entity extractor reads it by itself, and nobody else would read it here."""
        return messages
