"""Lets Rasa start without TensorFlow, which nothing in this project uses, and without what else nobody opens here.

Rasa 3.6.21 imports TensorFlow unconditionally, only to subclass two of its classes; the clients of every store that it
knows; and all of its own modules for other people's messengers, networks and plots, which bring half a second of
scikit-learn, Matplotlib and more. An import finder answers those imports with a stand-in. Call
`stand_in_for_tensorflow()` before the first import of Rasa; call `refuse_tensorflow_components()` on the
configuration, so that nobody trains a model that cannot work.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

TENSORFLOW = frozenset(
    {"tensorflow", "tensorflow_text", "tensorflow_hub", "tensorflow_addons", "keras", "jax"}
)
STORES = frozenset({"boto3", "botocore", "pymongo"})
PACKAGES = TENSORFLOW | STORES  # with everything in them

_NETWORKS = ("callback", "data_generator", "feature_array", "model_data", "model_data_utils")
_MESSENGERS = (
    "botframework", "facebook", "hangouts", "mattermost", "rocketchat", "slack", "socketio", "telegram", "twilio",
    "twilio_voice", "webexteams",
)  # fmt: skip
MODULES = frozenset(
    {
        *(f"rasa.utils.tensorflow.{name}" for name in _NETWORKS),
        "rasa.core.policies.ted_policy",
        "rasa.core.policies.unexpected_intent_policy",
        "rasa.nlu.classifiers.diet_classifier",
        "rasa.nlu.selectors.response_selector",
        "rasa.utils.plotting",
        *(f"rasa.core.channels.{name}" for name in _MESSENGERS),
        "rasa.core.channels.console",  # `bot chat` is ours
        "rasa.engine.recipes.default_components",  # all components: ours are named by module (config.yml)
        "spacy.cli",  # spaCy's command line, which `import spacy` brings
        "spacy.cli.info",
    }
)

# thinc and others probe these to learn whether TensorFlow is really there: they must see that it is not.
ABSENT = frozenset({"tensorflow.experimental"})

TENSORFLOW_COMPONENTS = frozenset(
    {
        "DIETClassifier",
        "ResponseSelector",
        "TEDPolicy",
        "UnexpecTEDIntentPolicy",
        "LanguageModelFeaturizer",
        "ConveRTFeaturizer",
    }
)


class TensorFlowWanted(Exception):
    """The configuration names a component that needs the real TensorFlow."""


class _AnythingType(type):
    """Metaclass of a class that answers every attribute with itself, so that it can stand for any class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls


class _Anything(metaclass=_AnythingType):
    """A class that may be subclassed, called and indexed; it does nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __class_getitem__(cls, item: Any) -> type[_Anything]:
        return cls


class _StandIn(ModuleType):
    """A module whose every attribute is `_Anything`."""

    __path__ = []  # noqa: RUF012 (what makes a module a package)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "is_tensor":  # matplotlib asks of every value
            return lambda value: False
        return _Anything


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        is_stood_in = fullname.partition(".")[0] in PACKAGES or fullname in MODULES
        if not is_stood_in or fullname in ABSENT:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = _StandIn(spec.name)
        module.__version__ = "0.0.0"  # type: ignore[attr-defined]
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: attributes are made when they are asked for."""


def stand_in_for_tensorflow() -> None:
    """Install the import finder, once. Raises RuntimeError when the real TensorFlow is already imported."""
    loaded = sys.modules.get("tensorflow")
    if loaded is not None and not isinstance(loaded, _StandIn):
        raise RuntimeError("TensorFlow is already imported; import bot.dialogue first")
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def refuse_tensorflow_components(config: Mapping[str, Any]) -> None:
    """Raise TensorFlowWanted when `config` (the content of config.yml) names a component that needs it."""
    for part in ("pipeline", "policies"):
        for entry in config.get(part) or []:
            name = str(entry.get("name", "")).rpartition(".")[2]
            if name in TENSORFLOW_COMPONENTS:
                raise TensorFlowWanted(
                    f"config.yml: {part}: {name} needs TensorFlow, which this project does not install; "
                    "remove it (docs/architecture.md, Understanding)"
                )
