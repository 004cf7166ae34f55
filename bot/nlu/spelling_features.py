"""How a text is written: TF-IDF over words, pairs of words and the letters of each word.

Features are hashed, so that there is no vocabulary to keep, and are those of scikit-learn's HashingVectorizer, which
is made for many texts and takes ten times as long for one; its imports would take half a second of each start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from murmurhash.mrmr import hash as murmurhash
from scipy import sparse

HASHED_FEATURES = 2**13  # for words, and as many for letters
LETTERS = (2, 3, 4)  # in a row
REMEMBERED_WORDS = 8192

_WORD = re.compile(r"[a-z0-9']+")


class Spelling:
    """Learns how rare each feature is, then gives texts as unit rows in which rare features count more."""

    def __init__(self, weight_of: np.ndarray | None = None) -> None:
        self.weight_of = weight_of

    def fit(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Learn from `texts`, and return the features of each."""
        counts = [_counted(text) for text in texts]
        seen = np.bincount(np.concatenate([places for places, _ in counts]), minlength=2 * HASHED_FEATURES)
        self.weight_of = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)
        rows = [self._weigh(*counted) for counted in counts]
        starts = np.cumsum([0, *(len(places) for places, _ in rows)])
        places, weights = (np.concatenate(part) for part in zip(*rows, strict=True))
        return sparse.csr_matrix((weights, places, starts), (len(texts), 2 * HASHED_FEATURES))

    def reduced(self, text: str, components: np.ndarray) -> np.ndarray:
        """Return a text's features times `components`."""
        places, weights = self._weigh(*_counted(text))
        product: np.ndarray = weights @ components[places]
        return product

    def _weigh(self, places: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weights = counts * self.weight_of[places]  # type: ignore[index]
        return places, (weights / max(float(np.linalg.norm(weights)), 1e-9)).astype(np.float32)


def _counted(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the features of a text, each once, and how often it has each."""
    lowered = text.lower()
    found = [_of_words(lowered), *(_of_letters(word) for word in lowered.split())]
    places, signs = np.concatenate(found, axis=1)
    distinct, which = np.unique(places, return_inverse=True)
    return distinct, np.bincount(which, signs, len(distinct))


def _of_words(text: str) -> np.ndarray:
    words = _WORD.findall(text)
    return _hashed([*words, *(f"{first} {second}" for first, second in pairwise(words))])


@lru_cache(REMEMBERED_WORDS)
def _of_letters(word: str) -> np.ndarray:
    padded = f" {word} "
    runs = (padded[start : start + size] for size in LETTERS for start in range(len(padded) - size + 1))
    places, signs = _hashed(runs)
    return np.array([places + HASHED_FEATURES, signs])


def _hashed(features: Iterable[str]) -> np.ndarray:
    """Return the place and the sign of each: features that meet in one place cancel out as often as they add up."""
    hashes = np.array([murmurhash(feature) for feature in features], np.int64)
    return np.array([np.abs(hashes) % HASHED_FEATURES, np.where(hashes < 0, -1, 1)])
