"""The project's own spaCy pipeline: tokens with texting exceptions, lookup lemmas, and body parts from a data file.

No downloaded model: `blank("en")` and the tables of `spacy-lookups-data`. Written to disk once for each state of
the data, because Rasa's `SpacyNLP` loads a pipeline by path.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, cast

import spacy
import yaml
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.utils.spacy_utils import SpacyModel
from rasa.nlu.utils.spacy_utils import SpacyNLP as RasaSpacyNLP
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language
from spacy.symbols import NORM, ORTH
from spacy.tokenizer import Tokenizer

from bot.settings import ROOT

BODY_PARTS = ROOT / "data" / "body_parts.yml"
PIPELINE_VERSION = 1  # raise when what this module builds changes

# Written as one word in texting; two words in meaning.
SPLIT = {
    "dont": ("do", "nt"), "cant": ("ca", "nt"), "wont": ("wo", "nt"), "isnt": ("is", "nt"), "didnt": ("did", "nt"),
    "doesnt": ("does", "nt"), "gonna": ("gon", "na"), "wanna": ("wan", "na"), "im": ("i", "m"), "ive": ("i", "ve"),
}  # fmt: skip


def build() -> Language:
    """Return a new pipeline."""
    nlp = spacy.blank("en")
    tokenizer = cast(Tokenizer, nlp.tokenizer)
    for word, (first, second) in SPLIT.items():
        for shape in (word, word.capitalize()):
            pieces = [{ORTH: shape[: len(first)]}, {ORTH: shape[len(first) :], NORM: _norm(second)}]
            tokenizer.add_special_case(shape, pieces)
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER", "overwrite_ents": True})
    ruler.add_patterns(_body_part_patterns())  # type: ignore[attr-defined]
    ruler.add_patterns([{"label": "side", "pattern": side} for side in ("left", "right", "both sides")])  # type: ignore[attr-defined]
    return nlp


def _norm(piece: str) -> str:
    return {"nt": "not", "na": "to", "m": "am", "ve": "have"}[piece]


def _body_part_patterns() -> list[dict[str, str]]:
    parts = yaml.safe_load(BODY_PARTS.read_text(encoding="utf-8"))["body_parts"]
    words = ((part["name"], word) for part in parts for word in part["words"])
    return [
        {"label": "body_part", "pattern": form, "id": name}
        for name, word in words
        for form in (word, f"{word}s")
    ]


def pipeline_folder() -> Path:
    """Return the folder of the pipeline for the present data, written when it is not there."""
    state = hashlib.sha256(
        BODY_PARTS.read_bytes() + f"{PIPELINE_VERSION}{spacy.__version__}".encode()
    ).hexdigest()
    target = Path(os.environ.get("BOT_MODELS", ROOT / "models")) / "spacy" / state[:12]
    if not (target / "meta.json").is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            build().to_disk(Path(folder, "new"))
            shutil.rmtree(target, ignore_errors=True)
            Path(folder, "new").replace(target)
    return target.absolute()


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
        """Load the pipeline, written first when its data changed."""
        return cls(cls.load_model(str(pipeline_folder())), {**cls.get_default_config(), **config})

    def process_training_data(self, training_data: TrainingData, model: SpacyModel) -> TrainingData:
        """Leave the examples as they are: nothing learns from spaCy's documents, and 15,000 of them take 2 GB."""
        return training_data
