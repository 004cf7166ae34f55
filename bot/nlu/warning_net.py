"""The second net for warning signs: a message that means what known warnings mean, and not what harmless ones do.

Rules miss what nobody wrote a rule for. Here a small network over sentence vectors, which learnt from known warnings
and harmless messages (data/warnings.yml, data/nlu), says which sign a message is, if any. A question, and what the
rules heard denied, asked or told as over, must show it far more plainly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from scipy.special import logsumexp

from bot.nlu.encoder import Encoder
from bot.nlu.kept_vectors import kept_layers
from bot.nlu.network import outputs, train
from bot.nlu.topic_model import SCALE, centre_and_scale, meaning
from bot.safety import Context, Tier, assess
from bot.safety.signs import load_signs
from bot.settings import ROOT
from bot.soreness.asides import statements

PHRASES = ROOT / "data" / "warnings.yml"

# In log-odds, set on five sets by strangers (tests/safety/blind12.yml to 16): with less of either, false alarms pass
# the bar of 5 in 100. docs/decisions/0080-second-net.md has the figures.
THRESHOLD = 0.0
PLAINLY = 6.0  # for what is only asked, or what the rules heard denied, asked about or told as over
RAISES = 2.0  # an emergency against a same-day sign, from which a same-day sign of the rules is raised
NOTHING = "none"
A_CHANCE = (
    0.25  # share of a warning's probability from which it is taken for an emergency: in doubt one tier up
)
FEWEST_WORDS = 3  # "left calf" means what was asked

_LETTERS = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Phrases:
    """What data/warnings.yml holds: warnings with their sign, and harmless look-alikes."""

    warnings: tuple[str, ...]
    signs: tuple[str, ...]
    harmless: tuple[str, ...]


@cache
def load_phrases(file: Path = PHRASES) -> Phrases:
    """Read the phrases. Raises ValueError for a sign that bot/safety/signs.yml does not know."""
    with file.open(encoding="utf-8") as stream:
        data = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    unknown = data["signs"].keys() - tiers().keys()
    if unknown:
        raise ValueError(f"{file.name}: no sign is named {', '.join(sorted(unknown))}")
    pairs = [(text.lower(), sign) for sign, texts in data["signs"].items() for text in texts]
    harmless = tuple(text.lower() for text in data["benign"])
    return Phrases(tuple(text for text, _ in pairs), tuple(sign for _, sign in pairs), harmless)


@cache
def tiers() -> dict[str, Tier]:
    """Return the tier of every sign."""
    return {sign.name: sign.tier for sign in load_signs()}


@dataclass(frozen=True)
class Near:
    """The sign that a message is close to; how much it is a warning, and an emergency against a same-day sign.

    Both in log-odds.
    """

    sign: str
    tier: Tier
    score: float
    urgency: float


class WarningNet:
    """Fitted on warnings and harmless messages; `look` gives the sign that a message is, if any."""

    def __init__(self, encoder: Encoder, parameters: dict[str, np.ndarray], signs: Sequence[str]) -> None:
        self._encoder = encoder
        self._parameters = parameters
        self._signs = tuple(signs)  # the first is NOTHING
        self._urgent = np.array([n > 0 and tiers()[s] is Tier.EMERGENCY for n, s in enumerate(self._signs)])

    @classmethod
    def fit(cls, encoder: Encoder, harmless: Sequence[str], phrases: Phrases | None = None) -> WarningNet:
        """Learn from the phrases and from `harmless` messages; those that are warnings themselves are left out."""
        known = phrases or load_phrases()
        calm = [*known.harmless, *(text for text in harmless if not assess(text, Context()).is_alert)]
        names = [NOTHING, *sorted(set(known.signs))]
        target = np.array([names.index(sign) for sign in known.signs] + [0] * len(calm))
        features = meaning(kept_layers(encoder, [*known.warnings, *calm]))
        centre = centre_and_scale(features)
        weights = train(features, target, len(names))
        return cls(encoder, {"centre": centre, **weights}, names)

    def look(self, text: str) -> Near:
        """Return the sign that a normalised message would be, and how much it is one."""
        features = meaning(self._encoder.layers([text]))
        said = outputs(self._parameters, SCALE * (features - self._parameters["centre"]))[0]
        urgent, same_day = logsumexp(said[self._urgent]), logsumexp(said[~self._urgent][1:])
        share = np.exp(urgent - np.logaddexp(urgent, same_day))
        among = self._urgent if share >= A_CHANCE else np.arange(len(said)) > 0
        sign = self._signs[int(np.where(among, said, -np.inf).argmax())]
        score = float(np.logaddexp(urgent, same_day) - said[0])
        return Near(sign, tiers()[sign], score, float(urgent - same_day))

    def save(self, folder: Path) -> None:
        """Write the net as arrays and JSON: nothing in it can run."""
        np.savez(folder / "warnings.npz", **self._parameters)
        (folder / "signs.json").write_text(json.dumps(self._signs), encoding="utf-8")

    @classmethod
    def load(cls, encoder: Encoder, folder: Path) -> WarningNet:
        """Read back what `save` wrote."""
        with np.load(folder / "warnings.npz") as arrays:
            parameters = {name: arrays[name] for name in arrays.files}
        return cls(encoder, parameters, json.loads((folder / "signs.json").read_text(encoding="utf-8")))


def can_warn(text: str) -> bool:
    """Whether meaning alone may judge a message: it is of some length."""
    return len(_LETTERS.findall(text)) >= FEWEST_WORDS


def only_asks(text: str) -> bool:
    """Whether a message tells nothing beside its question."""
    return not statements(text)
