"""`bot eval nlu`: how well topics are told apart, cross-validated over data/nlu with the project's own parts.

Each example is judged by a model that never saw it: accuracy, macro-F1, the pairs most often confused, whether a
confidence of 0.7 is right 7 times in 10, what typos cost, and how much that has nothing to do with us is caught.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from bot.evaluation.results import Miss, Result, score_table
from bot.evaluation.typos import misspell
from bot.nlu.classifier import label_of
from bot.nlu.encoder import Encoder
from bot.nlu.kept_vectors import kept_layers
from bot.nlu.spelling import Speller
from bot.nlu.topic_model import TEMPERATURE, TopicModel
from bot.nlu.understanding import KNOWN, SURE

SEED = 20
BINS = 10
WORST_PAIRS = 15
TYPOS = 2000  # held-out messages that are misspelt; all of them would be encoded anew
OUT_OF_SCOPE = "out_of_scope"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Examples:
    """Questions, and the label of each."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]

    def take(self, rows: Sequence[int] | np.ndarray) -> Examples:
        """Return the examples of these rows."""
        return Examples(tuple(self.texts[row] for row in rows), tuple(self.labels[row] for row in rows))


@dataclass(frozen=True)
class Judged:
    """Held-out examples: the true label's column, and how probable each label of `names` was said to be."""

    names: tuple[str, ...]
    examples: Examples
    true: np.ndarray
    probability: np.ndarray
    similarity: np.ndarray  # cosine to the nearest known question of any label

    @property
    def said(self) -> np.ndarray:
        """The column of the label said."""
        return self.probability.argmax(axis=1)

    @property
    def confidence(self) -> np.ndarray:
        """The probability of the label said."""
        return self.probability.max(axis=1)

    @property
    def right(self) -> np.ndarray:
        """Whether each was said right."""
        return self.said == self.true

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the labels."""
        return float(f1_score(self.true, self.said, average="macro"))

    @property
    def answered_as_question(self) -> np.ndarray:
        """Whether each would get the answer of a topic: sure enough, near enough, and no small talk."""
        topics = np.array([name.startswith("faq/") for name in self.names])
        return topics[self.said] & (self.confidence >= SURE) & (self.similarity >= KNOWN)


@dataclass(frozen=True)
class Calibration:
    """What was right at each confidence, and the expected calibration error (0-1, weighted by count)."""

    confidence: list[float]
    right: list[float]
    count: list[int]
    error: float


@dataclass(frozen=True)
class Report:
    """The result, and what its picture is drawn from."""

    result: Result
    calibration: Calibration
    pairs: list[tuple[str, str, int]]


class Remembering(Encoder):
    """The encoder, never encoding a text twice: folds share nearly all of theirs."""

    def __init__(self, encoder: Encoder) -> None:
        self.graph = encoder.graph
        self._encoder = encoder
        self._layers: dict[str, np.ndarray] = {}

    def prepare(self, texts: Sequence[str]) -> None:
        """Encode, or read from what is kept between trainings (bot/nlu/kept_vectors.py)."""
        distinct = sorted(set(texts))
        self._layers.update(zip(distinct, kept_layers(self, distinct), strict=True))

    def layers(self, texts: list[str]) -> np.ndarray:
        """Return what the encoder gives."""
        missing = sorted({text for text in texts if text not in self._layers})
        if missing:
            self._layers.update(zip(missing, self._encoder.layers(missing), strict=True))
        return np.stack([self._layers[text] for text in texts])


def read_examples(folder: Path) -> Examples:
    """Read every example of a folder of Rasa training data."""
    from rasa.shared.nlu.constants import TEXT
    from rasa.shared.nlu.training_data.loading import load_data

    found = load_data(str(folder)).intent_examples
    return Examples(tuple(m.get(TEXT) for m in found), tuple(label_of(m) for m in found))


@dataclass(frozen=True)
class Learnt:
    """A speller and a topic model, made as `bot train` makes them."""

    speller: Speller
    model: TopicModel

    def judge(self, asked: Examples) -> Judged:
        """Return how probable each label is for each of `asked`."""
        scores = self.model.score([self.speller.normalise(text) for text in asked.texts])
        known = self.model.labels
        names = (*known, *sorted(set(asked.labels) - set(known)))
        probability = np.zeros((len(asked.texts), len(names)), np.float32)
        probability[:, : len(known)] = scores.probability
        true = np.array([names.index(label) for label in asked.labels])
        return Judged(names, asked, true, probability, scores.similarity.max(axis=1))


def learn(encoder: Encoder, known: Examples) -> Learnt:
    """Learn from `known`."""
    speller = Speller.from_texts(known.texts)
    texts = [speller.normalise(text) for text in known.texts]
    return Learnt(speller, TopicModel.fit(encoder, texts, known.labels))


def evaluate_nlu(
    examples: Examples, encoder: Encoder, folds: int = 5, say: Say = lambda line: None
) -> Report:
    """Cross-validate; `say` hears of progress."""
    remembering = Remembering(encoder)
    splits = list(
        StratifiedKFold(folds, shuffle=True, random_state=SEED).split(examples.texts, examples.labels)
    )
    say(f"{len(examples.texts):,} examples of {len(set(examples.labels))} labels: reading their vectors ...")
    remembering.prepare([text for rows, _ in splits for text in _normalised(examples, rows)])
    clean, typos, clean_twins = [], [], []
    for number, (rows, held_out) in enumerate(splits, 1):
        say(f"fold {number} of {folds} ...")
        known, asked = examples.take(rows), examples.take(held_out)
        learnt = learn(remembering, known)
        clean.append(learnt.judge(asked))
        some = np.random.default_rng(SEED + number).permutation(len(held_out))[: TYPOS // folds]
        twins = asked.take(some)
        misspelt = Examples(tuple(misspell(text, SEED) for text in twins.texts), twins.labels)
        typos.append(learnt.judge(misspelt))
        clean_twins.append(clean[-1].right[some])
    say("out of scope, never seen ...")
    return _report(
        _joined(clean), _joined(typos), np.concatenate(clean_twins), _unseen(remembering, examples)
    )


def calibration(confidence: np.ndarray, right: np.ndarray) -> Calibration:
    """Return the share right in each tenth of confidence, and the expected calibration error."""
    tenth = np.minimum((confidence * BINS).astype(int), BINS - 1)
    full = [number for number in range(BINS) if (tenth == number).any()]
    said = [float(confidence[tenth == number].mean()) for number in full]
    was = [float(right[tenth == number].mean()) for number in full]
    count = [int((tenth == number).sum()) for number in full]
    error = sum(n * abs(s - w) for s, w, n in zip(said, was, count, strict=True)) / max(1, len(right))
    return Calibration(said, was, count, error)


def at_temperature(probability: np.ndarray, temperature: float) -> np.ndarray:
    """Return probabilities as they would be with another TEMPERATURE (bot/nlu/topic_model.py)."""
    logs = np.log(np.maximum(probability, 1e-12)) * (TEMPERATURE / temperature)
    raised = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def best_temperature(judged: Judged) -> float:
    """Return the TEMPERATURE under which what was true had the highest likelihood."""
    rows = np.arange(len(judged.true))

    def loss(temperature: float) -> float:
        chosen = at_temperature(judged.probability, temperature)[rows, judged.true]
        return float(-np.log(np.maximum(chosen, 1e-12)).mean())

    return float(minimize_scalar(loss, bounds=(0.2, 5.0), method="bounded").x)


def _report(clean: Judged, typos: Judged, clean_twins: np.ndarray, unseen: Judged) -> Report:
    curve = calibration(clean.confidence, clean.right)
    temperature = best_temperature(clean)
    calm = at_temperature(clean.probability, temperature)
    strangers = np.array([label == OUT_OF_SCOPE for label in clean.examples.labels])
    questions = np.array([label.startswith("faq/") for label in clean.examples.labels])
    unsure = (clean.confidence < SURE) | (clean.similarity < KNOWN)
    confused = Counter(
        (clean.names[true], clean.names[said])
        for true, said in zip(clean.true, clean.said, strict=True)
        if true != said
    )
    pairs = [(true, said, count) for (true, said), count in confused.most_common(WORST_PAIRS)]
    figures = {
        "examples": len(clean.true),
        "labels": len(clean.names),
        "accuracy": float(clean.right.mean()),
        "macro_f1": clean.macro_f1,
        "unsure_of_questions": float(unsure[questions].mean()),
        "calibration_error": curve.error,
        "best_temperature": round(temperature, 2),
        "calibration_error_at_best_temperature": calibration(calm.max(axis=1), clean.right).error,
        "out_of_scope_caught": float(1 - clean.answered_as_question[strangers].mean()),
        "out_of_scope_caught_never_seen": float(1 - unseen.answered_as_question.mean()),
        "misspelt_examples": len(typos.true),
        "accuracy_misspelt": float(typos.right.mean()),
        "accuracy_of_the_same_unspoilt": float(clean_twins.mean()),
        "lost_to_typos": float(clean_twins.mean() - typos.right.mean()),
    }
    passes: dict[str, list[bool]] = {}
    for label, right in zip(clean.examples.labels, clean.right.tolist(), strict=True):
        passes.setdefault(label, []).append(right)
    result = Result(
        name="nlu",
        overall=float(clean.right.mean()),
        figures=figures | {"worst_confusions": pairs},
        per_field=score_table(passes, ""),
        misses=_misses(clean),
    )
    return Report(result, curve, pairs)


def _misses(judged: Judged) -> list[Miss]:
    texts, labels, names = judged.examples.texts, judged.examples.labels, judged.names
    wrong = np.flatnonzero(~judged.right)
    return [Miss(str(row), texts[row], labels[row], names[judged.said[row]]) for row in wrong]


def _unseen(encoder: Encoder, examples: Examples) -> Judged:
    """Judge what is out of scope by a model that knows no such thing."""
    strange = [label == OUT_OF_SCOPE for label in examples.labels]
    known, asked = examples.take(np.flatnonzero(~np.array(strange))), examples.take(np.flatnonzero(strange))
    return learn(encoder, known).judge(asked)


def _normalised(examples: Examples, rows: np.ndarray) -> list[str]:
    speller = Speller.from_texts([examples.texts[row] for row in rows])
    return [speller.normalise(text) for text in examples.texts]


def _joined(parts: Sequence[Judged]) -> Judged:
    """Join folds: every fold knows every label, because folds are stratified."""
    return Judged(
        parts[0].names,
        Examples(
            tuple(text for part in parts for text in part.examples.texts),
            tuple(label for part in parts for label in part.examples.labels),
        ),
        np.concatenate([part.true for part in parts]),
        np.concatenate([part.probability for part in parts]),
        np.concatenate([part.similarity for part in parts]),
    )
