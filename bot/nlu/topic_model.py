"""Which topic a short text is about: a small network over meaning (encoder) and spelling (TF-IDF), and the distance
to the nearest known question.

Cross-validated over 10,186 examples of 122 labels: sentence vector with logistic regression 0.807, with two
earlier layers beside it 0.819, with one hidden layer instead of the linear model 0.835. The distance to the nearest
known question tells unknown questions best (AUROC 0.997 on public sets).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.special import log_softmax, softmax
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import HashingVectorizer

from bot.nlu.encoder import Encoder
from bot.nlu.kept_vectors import kept_layers
from bot.nlu.network import by_row, outputs, train

WORD = r"[a-z0-9']+"
HASHED_FEATURES = 2**13  # words, and as many for character n-grams
SPELLING_DIMENSIONS = 200
SPELLING_WEIGHT = 0.5  # beside a sentence vector of length 1; 0.8 favours typos over clean text
EARLIER_LAYERS_WEIGHT = 0.7
SCALE = 4.0  # brings unit vectors to the size that the network's start weights expect
KEPT_SMALL = ("components", "known_vectors")  # in half precision in the file
AXES = 192  # of a sentence's 384 numbers' main directions, for the nearest known question: half the work, 99.4 % same
TEMPERATURE = 1.35  # divides log-probabilities, so that 0.7 means right 7 times in 10 (`bot eval nlu`)
NEIGHBOUR_WEIGHT = 12.0  # the nearest known question, beside the network's log-probability


@dataclass(frozen=True)
class Scores:
    """How well each label fits each text. Rows are texts, columns are `labels`."""

    labels: tuple[str, ...]
    probability: np.ndarray  # rows sum to 1
    similarity: np.ndarray  # cosine to the nearest training example of each label


class Spelling:
    """TF-IDF over words, pairs of words and character n-grams, hashed, so that there is no vocabulary to keep."""

    def __init__(self, weight_of: np.ndarray | None = None) -> None:
        self._words = HashingVectorizer(
            n_features=HASHED_FEATURES, ngram_range=(1, 2), token_pattern=WORD, norm=None
        )
        self._characters = HashingVectorizer(
            n_features=HASHED_FEATURES, analyzer="char_wb", ngram_range=(2, 4), norm=None
        )
        self.weight_of = weight_of

    def fit(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Learn how rare each feature is, and return the features of `texts`."""
        counts = self._counts(texts)
        seen = np.asarray((counts != 0).sum(axis=0)).ravel()
        self.weight_of = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)
        return self._weigh(counts)

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return unit rows, words and characters with equal weight."""
        return self._weigh(self._counts(texts))

    def _counts(self, texts: Sequence[str]) -> sparse.csr_matrix:
        parts = [self._words.transform(texts), self._characters.transform(texts)]
        return sparse.hstack(parts, format="csr", dtype=np.float32)

    def _weigh(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        # On the arrays themselves: for one text, sparse products cost more than the encoder.
        weighted = counts.data * self.weight_of[counts.indices]  # type: ignore[index]
        row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        length = np.sqrt(np.bincount(row, weighted**2, counts.shape[0]))
        counts.data = (weighted / np.maximum(length, 1e-9)[row]).astype(np.float32)
        return counts


class TopicModel:
    """Fitted on labelled questions; gives `Scores` for any text."""

    def __init__(
        self,
        encoder: Encoder,
        labels: Sequence[str],
        spelling: Spelling,
        parameters: dict[str, np.ndarray],
    ) -> None:
        self._encoder = encoder
        self.labels = tuple(labels)
        self._spelling = spelling
        self._parameters = parameters
        self._first_of = np.searchsorted(parameters["known_labels"], np.arange(len(labels)))

    @classmethod
    def fit(cls, encoder: Encoder, texts: Sequence[str], labels: Sequence[str]) -> TopicModel:
        """Learn from `texts` and the label of each. Deterministic: the same data give the same model."""
        names = sorted(set(labels))
        target = np.array([names.index(label) for label in labels])
        layers = kept_layers(encoder, texts)
        spelling = Spelling()
        counted = spelling.fit(texts)
        width = min(SPELLING_DIMENSIONS, len(texts) - 1)
        reduction = TruncatedSVD(width, n_iter=3, random_state=0).fit(counted)
        components = _as_kept(reduction.components_.T)
        features = _features(layers, counted @ components)
        centre = features.mean(axis=0)
        weights = train(SCALE * (features - centre), target, len(names))
        by_label = np.argsort(target, kind="stable")
        axes = _main_axes(layers[:, 0])
        parameters = {
            "components": components,
            "centre": centre,
            **weights,
            # Sorted by label, so that the nearest example of each label is a maximum over a slice.
            "axes": axes,
            "known_vectors": _as_kept(_along(layers[by_label, 0], axes).T),
            "known_labels": target[by_label].astype(np.int32),
        }
        return cls(encoder, names, spelling, parameters)

    def score(self, texts: Sequence[str]) -> Scores:
        """Return how well each label fits each text (see `Scores`)."""
        layers = self._encoder.layers(list(texts))
        read = self._parameters
        features = _features(layers, self._spelling.transform(texts) @ read["components"])
        said = outputs(read, SCALE * (features - read["centre"]))
        similarity = self._similarity(layers[:, 0])
        together = log_softmax(said, axis=1) + NEIGHBOUR_WEIGHT * similarity
        return Scores(self.labels, softmax(together / TEMPERATURE, axis=1), similarity)

    def _similarity(self, vectors: np.ndarray) -> np.ndarray:
        along = _along(vectors, self._parameters["axes"])
        return np.maximum.reduceat(by_row(along, self._parameters["known_vectors"]), self._first_of, axis=1)

    def save(self, folder: Path) -> None:
        """Write the model as arrays and JSON: nothing in it can run."""
        kept = self._parameters | {name: self._parameters[name].astype(np.float16) for name in KEPT_SMALL}
        np.savez(folder / "topics.npz", weight_of=self._spelling.weight_of, **kept)  # type: ignore[arg-type]
        (folder / "labels.json").write_text(json.dumps(self.labels), encoding="utf-8")

    @classmethod
    def load(cls, encoder: Encoder, folder: Path) -> TopicModel:
        """Read back what `save` wrote."""
        with np.load(folder / "topics.npz") as arrays:
            parameters = {name: arrays[name] for name in arrays.files}
        parameters |= {name: parameters[name].astype(np.float32) for name in KEPT_SMALL}
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        return cls(encoder, labels, Spelling(parameters.pop("weight_of")), parameters)


def _as_kept(values: np.ndarray) -> np.ndarray:
    """Return numbers with the precision that the file keeps, so that a model is the same before and after it."""
    return np.ascontiguousarray(values.astype(np.float16), np.float32)


def _main_axes(vectors: np.ndarray) -> np.ndarray:
    """Return the directions in which sentences differ most, as columns."""
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(directions[:, ::-1][:, :AXES], np.float32)


def _along(vectors: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Return unit vectors of the parts that lie along the axes."""
    shadows = vectors @ axes
    length: np.ndarray = np.linalg.norm(shadows, axis=1, keepdims=True)
    return shadows / np.maximum(length, 1e-9)


def meaning(layers: np.ndarray) -> np.ndarray:
    """Return the encoder's layers (n, 3, 384) as features (n, 1152): the sentence, and less of what came before it."""
    sentence, earlier = layers[:, 0], EARLIER_LAYERS_WEIGHT * layers[:, 1:].reshape(len(layers), -1)
    return np.hstack([sentence, earlier]).astype(np.float32)


def _features(layers: np.ndarray, spelling: np.ndarray) -> np.ndarray:
    return np.hstack([meaning(layers), SPELLING_WEIGHT * spelling]).astype(np.float32)
