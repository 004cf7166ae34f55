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
from scipy.special import softmax

from bot.nlu.eight_bits import Known
from bot.nlu.encoder import Encoder
from bot.nlu.kept_vectors import kept_layers
from bot.nlu.network import outputs, train
from bot.nlu.spelling_features import Spelling

SPELLING_DIMENSIONS = 200
SPELLING_ROUNDS = 3  # towards these: a fourth brings nothing
SPELLING_WEIGHT = 0.5  # beside a sentence vector of length 1; 0.8 favours typos over clean text
EARLIER_LAYERS_WEIGHT = 0.7
SCALE = 4.0  # brings unit vectors to the size that the network's start weights expect
AXES = 192  # of a sentence's 384 numbers' main directions, for the nearest known question: half the work, 99.4 % same
TEMPERATURE = 1.8  # divides log-probabilities, so that 0.7 means right 7 times in 10
NEIGHBOUR_WEIGHT = 32.0  # the nearest known question, beside the network's log-probability


@dataclass(frozen=True)
class Scores:
    """How well each label fits each text. Rows are texts, columns are `labels`."""

    labels: tuple[str, ...]
    probability: np.ndarray  # rows sum to 1
    similarity: np.ndarray  # cosine to the nearest training example of each label


class TopicModel:
    """Fitted on labelled questions; gives `Scores` for any text."""

    def __init__(
        self,
        encoder: Encoder,
        labels: Sequence[str],
        spelling: Spelling,
        parameters: dict[str, np.ndarray],
        known: Known,
    ) -> None:
        self._encoder = encoder
        self.labels = tuple(labels)
        self._spelling = spelling
        self._parameters = parameters
        self._known = known
        self._first_of = np.searchsorted(parameters["known_labels"], np.arange(len(labels)))

    @classmethod
    def fit(cls, encoder: Encoder, texts: Sequence[str], labels: Sequence[str]) -> TopicModel:
        """Learn from `texts` and the label of each. Deterministic: the same data give the same model."""
        names = sorted(set(labels))
        target = np.array([names.index(label) for label in labels])
        layers = kept_layers(encoder, texts)
        spelling = Spelling()
        counted = spelling.fit(texts)
        components = _spelling_axes(counted, min(SPELLING_DIMENSIONS, len(texts) - 1))
        features = _features(layers, counted @ components.astype(np.float32))
        centre = centre_and_scale(features)
        weights = train(features, target, len(names))
        by_label = np.argsort(target, kind="stable")
        axes = _main_axes(layers[:, 0])
        parameters = {
            "components": components,
            "centre": centre,
            **weights,
            "axes": axes,
            "known_labels": target[by_label].astype(np.int32),
        }
        # Sorted by label, so that the nearest example of each label is a maximum over a slice.
        known = Known.of(_along(layers[by_label, 0], axes))
        return cls(encoder, names, spelling, parameters, known)

    def score(self, texts: Sequence[str]) -> Scores:
        """Return how well each label fits each text (see `Scores`)."""
        distinct = list(dict.fromkeys(texts))
        layers = self._encoder.layers(distinct)
        read = self._parameters
        spelling = np.stack([self._spelling.reduced(text, read["components"]) for text in distinct])
        said = outputs(read, SCALE * (_features(layers, spelling) - read["centre"]))
        similarity = self._similarity(layers[:, 0])
        probability = softmax((said + NEIGHBOUR_WEIGHT * similarity) / TEMPERATURE, axis=1)
        rows = [distinct.index(text) for text in texts]
        return Scores(self.labels, probability[rows], similarity[rows])

    def _similarity(self, vectors: np.ndarray) -> np.ndarray:
        along = _along(vectors, self._parameters["axes"])
        cosines = np.stack([self._known.products(vector) for vector in along])
        return np.maximum.reduceat(cosines, self._first_of, axis=1)

    def save(self, folder: Path) -> None:
        """Write the model as arrays and JSON: nothing in it can run."""
        np.savez(folder / "topics.npz", weight_of=self._spelling.weight_of, **self._parameters)  # type: ignore[arg-type]
        (folder / "known.onnx").write_bytes(self._known.graph)
        (folder / "labels.json").write_text(json.dumps(self.labels), encoding="utf-8")

    @classmethod
    def load(cls, encoder: Encoder, folder: Path) -> TopicModel:
        """Read back what `save` wrote."""
        with np.load(folder / "topics.npz") as arrays:
            parameters = {name: arrays[name] for name in arrays.files}
        parameters["components"] = parameters["components"].astype(np.float32)  # once, not for every text
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        known = Known((folder / "known.onnx").read_bytes())
        return cls(encoder, labels, Spelling(parameters.pop("weight_of")), parameters, known)


def _spelling_axes(counted: sparse.csr_matrix, width: int) -> np.ndarray:
    """Return the directions in which spellings differ most, as columns (Halko, Martinsson and Tropp 2011)."""
    axes = np.random.default_rng(0).standard_normal((counted.shape[1], width), np.float32)
    for _ in range(SPELLING_ROUNDS):
        axes, _ = np.linalg.qr(counted.T @ (counted @ axes))
    return axes.astype(np.float16, order="C")


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


def centre_and_scale(features: np.ndarray) -> np.ndarray:
    """Bring features to where a network can learn from them, in place: 100 MB. Return the centre that was taken off."""
    centre: np.ndarray = features.mean(axis=0)
    features -= centre
    features *= SCALE
    return centre


def _features(layers: np.ndarray, spelling: np.ndarray) -> np.ndarray:
    return np.hstack([meaning(layers), SPELLING_WEIGHT * spelling]).astype(np.float32)
