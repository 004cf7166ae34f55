"""The second net for warning signs: a message close in meaning to known warnings, and not to harmless ones.

Rules miss what nobody wrote a rule for. Here a linear model over sentence vectors and the distance to the nearest
known warnings and harmless messages (data/warnings.yml, data/nlu) decide together. Meaning alone hears no "no":
messages that deny, ask, or say that it is over are left to the rules.
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
from sklearn.linear_model import LogisticRegression

from bot.nlu.encoder import Encoder
from bot.nlu.kept_vectors import kept_layers
from bot.safety import Context, Tier, assess
from bot.safety.signs import load_signs
from bot.settings import ROOT
from bot.soreness.asides import statements

PHRASES = ROOT / "data" / "warnings.yml"

# Set so that about 1 in 100 look-alikes of data/warnings.yml is called a warning, by cross-validation
# (`python -m benchmarks.warning_net`): the net is for what the rules miss by far, not for what they doubt.
THRESHOLD = 4.0
NEIGHBOURS = 3
NEIGHBOUR_WEIGHT = 20.0  # beside the linear model's log-odds
HARDEST = 4000  # harmless messages kept as neighbours: those nearest to a warning
LIKE_A_WARNING = 0.45  # cosine from which a training message may be a warning itself, and the rules are asked
INVERSE_REGULARISATION = 30.0
WARNINGS_COUNT = 1.0
FEWEST_WORDS = 3  # "left calf" means what was asked

_NOT_NOW = re.compile(
    r"\b(?:no|not|never|without|nothing|isn'?t|wasn'?t|didn'?t|doesn'?t|don'?t have|gone|went (?:down|away)|stopped"
    r"|over it|settled|eased|better|fine|ok(?:ay)?|all (?:good|right)|normal(?:ly)?|faded|fading|years? ago"
    r"|last (?:year|month)|as a (?:child|kid|teenager)|used to|lol|haha|laugh\w*|might|could|nearly|almost|if)\b",
    re.IGNORECASE,
)
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
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
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
    """A sign that a message is close to, and by how much it passes the threshold."""

    sign: str
    tier: Tier
    margin: float


class WarningNet:
    """Fitted on warnings and harmless messages; `look` gives the sign that a message is close to, if any."""

    def __init__(self, encoder: Encoder, parameters: dict[str, np.ndarray], signs: Sequence[str]) -> None:
        self._encoder = encoder
        self._parameters = parameters
        self._signs = tuple(signs)
        self._warnings = parameters["warnings"].astype(np.float32)
        self._harmless = parameters["harmless"].astype(np.float32)

    @classmethod
    def fit(cls, encoder: Encoder, harmless: Sequence[str], phrases: Phrases | None = None) -> WarningNet:
        """Learn from the phrases and from `harmless` messages; those that are warnings themselves are left out."""
        known = phrases or load_phrases()
        texts = [*harmless, *known.harmless]
        both = kept_layers(encoder, [*known.warnings, *texts])[:, 0]
        warnings, vectors = both[: len(known.warnings)], both[len(known.warnings) :]
        likeness = (vectors @ warnings.T).max(axis=1)
        asked = [n for n in np.flatnonzero(likeness > LIKE_A_WARNING) if n < len(harmless)]
        left_out = [n for n in asked if assess(texts[n], Context()).is_alert]
        vectors, likeness = np.delete(vectors, left_out, axis=0), np.delete(likeness, left_out)
        target = np.r_[np.ones(len(warnings)), np.zeros(len(vectors))]
        linear = LogisticRegression(
            C=INVERSE_REGULARISATION, max_iter=300, class_weight={1: WARNINGS_COUNT, 0: 1.0}
        ).fit(np.vstack([warnings, vectors]), target)
        parameters = {
            "warnings": warnings.astype(np.float16),
            "harmless": vectors[np.argsort(-likeness)[:HARDEST]].astype(np.float16),
            "weights": linear.coef_[0].astype(np.float32),
            "bias": linear.intercept_.astype(np.float32),
        }
        return cls(encoder, parameters, known.signs)

    def score(self, text: str) -> tuple[float, str]:
        """Return how much a text is a warning (above THRESHOLD it is one), and the sign it is nearest to."""
        vector = self._encoder.encode([text])[0]
        likeness = self._warnings @ vector
        nearest = np.argsort(-likeness)[:NEIGHBOURS]
        harmless = np.partition(self._harmless @ vector, -NEIGHBOURS)[-NEIGHBOURS:]
        distance = float(likeness[nearest].mean() - harmless.mean())
        linear = float(vector @ self._parameters["weights"] + self._parameters["bias"][0])
        votes: dict[str, float] = {}
        for index in nearest:
            sign = self._signs[index]
            votes[sign] = votes.get(sign, 0.0) + float(likeness[index])
        return NEIGHBOUR_WEIGHT * distance + linear, max(votes, key=votes.__getitem__)

    def look(self, text: str) -> Near | None:
        """Return the sign that a normalised message is close to, or None."""
        if not can_warn(text):
            return None
        score, sign = self.score(text)
        return Near(sign, tiers()[sign], score - THRESHOLD) if score > THRESHOLD else None

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
    """Whether meaning alone may judge a message: it tells something, of some length, and denies nothing."""
    return (
        len(_LETTERS.findall(text)) >= FEWEST_WORDS and bool(statements(text)) and not _NOT_NOW.search(text)
    )
