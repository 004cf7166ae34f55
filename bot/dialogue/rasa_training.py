"""How Rasa trains here: every file is read once, examples are shared, and what can be learnt side by side is.

Rasa reads all files twice, once for the examples and once for the domain. Each time that it joins two files it copies
every example, value by value, and fingerprints it anew. It fingerprints what goes in and out of every node, for a
cache that nothing here would read. And it trains node after node, while the second core rests.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from copy import copy
from types import SimpleNamespace
from typing import Any

from dask import threaded
from rasa.engine.runner import dask as runner
from rasa.engine.training.hooks import TrainingHook
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, RESPONSE
from rasa.shared.nlu.training_data import training_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import get_text_hash

# Seconds that one node's Python may keep another's waiting between two products; Python's own 0.005 are many products.
PATIENCE = 0.0005

_read_examples = RasaFileImporter.get_nlu_data
_deep_fingerprint = Message.fingerprint


def train_side_by_side() -> None:
    """Put the shorter ways of training in place; calling it again changes nothing."""
    RasaFileImporter.get_nlu_data = _read_once
    # Lists are copied, what is in them is shared.
    training_data.copy = SimpleNamespace(copy=copy, deepcopy=copy)
    Message.fingerprint = _fingerprint
    TrainingData.sanitize_examples = staticmethod(_sanitised)
    TrainingHook.on_before_node = TrainingHook.on_after_node = lambda self, **about: {}
    runner.dask = SimpleNamespace(get=threaded.get)
    sys.setswitchinterval(PATIENCE)


def _read_once(self: RasaFileImporter, language: str = "en") -> TrainingData:
    if not hasattr(self, "_examples"):
        self._examples = _read_examples(self, language)
    found: TrainingData = self._examples
    return found


def _fingerprint(self: Message) -> str:
    """Return a text that is the same for the same contents; of words alone, one hash instead of one for each."""
    if self._cached_fingerprint is None and not self.features and _is_words(self.data.values()):
        self._cached_fingerprint = get_text_hash(repr(sorted(self.data.items())))
    found: str = self._cached_fingerprint or _deep_fingerprint(self)
    return found


def _is_words(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _sanitised(examples: Sequence[Message]) -> list[Message]:
    """Strip labels and drop doubles, as Rasa does; an example that has nothing to strip keeps its fingerprint."""
    for example in examples:
        for name in (INTENT, RESPONSE):
            label = example.get(name)
            if label and label != label.strip():
                example.set(name, label.strip())
    return list(dict.fromkeys(examples))
