"""What a patient asks: one topic, several, a follow-up to the last answer, or something unknown. Pure: no Rasa.

A message is scored whole and in parts (bot/nlu/parts.py). Parts that each clearly ask something of their own give
several topics, in order. A follow-up such as "and how often?" is read together with the question before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.nlu.parts import parts
from bot.nlu.topic_model import Scores, TopicModel

# Set on the calibration curve of cross-validation over data/nlu (`bot eval nlu`), not on tests/eval.
SURE = 0.45  # answer
SURE_OF_A_PART = 0.55  # a part of a longer message must be clearer than a whole one
KNOWN = 0.42  # cosine to the nearest known question; below it nothing is claimed
NEAREST_OFFERED = 3
MOST_TOPICS = 3

# Said beside a question, these are manners, not the question.
MANNERS = frozenset({"greeting", "thanks", "goodbye", "affirm", "deny", "distress", "rude"})
UNSURE = "unsure"

_FOLLOW_UP = re.compile(
    r"^(?:and|but|what about|how about|what if|so|or|ok(?:ay)? (?:and|but)|also|then|even|same (?:for|with)|why|really"
    r"|for how long|how long|how often|how many|how soon|how bad|when|where|who|is (?:it|that)|does (?:it|that)"
    r"|will (?:it|that)|can (?:it|that)|is this|after that|before that)\b",
    re.IGNORECASE,
)
_LONGEST_FOLLOW_UP = 9  # words


@dataclass(frozen=True)
class Topic:
    """A label that the message is about, and how sure that is (0-1)."""

    label: str
    confidence: float


@dataclass(frozen=True)
class Understanding:
    """What was understood: `topics` in the order asked; empty when unsure, then `nearest` are worth offering."""

    topics: tuple[Topic, ...]
    nearest: tuple[Topic, ...]
    similarity: float  # cosine to the nearest known question

    @property
    def label(self) -> str:
        """The main label, or `unsure`."""
        return self.topics[0].label if self.topics else UNSURE


def understand(
    model: TopicModel, text: str, previous_question: str | None = None, open_form: bool = False
) -> Understanding:
    """Read a normalised text; `previous_question` is what the patient asked just before, normalised."""
    pieces = parts(text)
    several = len(pieces) > 1
    texts = [text, *(pieces if several else [])]
    follow_up = previous_question is not None and is_follow_up(text)
    if follow_up:
        texts.append(f"{previous_question} {text}")
    scores = model.score(texts)
    whole = scores.probability[0]
    if follow_up:
        whole = _with_context(whole, scores.probability[-1])
    ranking = _ranking(scores.labels, whole)
    similarity = float(scores.similarity[: len(texts)].max())
    topics = _topics(scores, len(pieces) if several else 0, ranking)
    if similarity < KNOWN:
        topics = ()
    return Understanding(topics, tuple(_offered(ranking)), similarity)


def is_follow_up(text: str) -> bool:
    """Whether a text may lean on the question before it: short, and starting as such questions do."""
    return len(text.split()) <= _LONGEST_FOLLOW_UP and bool(_FOLLOW_UP.match(text))


def _with_context(alone: np.ndarray, together: np.ndarray) -> np.ndarray:
    mixed = np.sqrt(alone * together)
    return mixed / mixed.sum()


def _ranking(labels: Sequence[str], probability: np.ndarray) -> list[Topic]:
    order = np.argsort(-probability)[:10]
    return [Topic(labels[index], float(probability[index])) for index in order]


def _topics(scores: Scores, pieces: int, ranking: list[Topic]) -> tuple[Topic, ...]:
    found: list[Topic] = []
    for row in range(1, pieces + 1):
        best = int(scores.probability[row].argmax())
        topic = Topic(scores.labels[best], float(scores.probability[row, best]))
        clear = topic.confidence >= SURE_OF_A_PART and scores.similarity[row].max() >= KNOWN
        if clear and topic.label not in {known.label for known in found}:
            found.append(topic)
    questions = [topic for topic in found if topic.label not in MANNERS]
    best_whole = ranking[0]
    if len(questions) >= 2:
        return tuple(questions[:MOST_TOPICS])
    if best_whole.confidence >= SURE and best_whole.label not in MANNERS:
        extra = [t for t in questions if t.label != best_whole.label and t.confidence > 0.8]
        return (best_whole, *extra)
    if questions:
        return tuple(questions)
    return (best_whole,) if best_whole.confidence >= SURE else ()


def _offered(ranking: list[Topic]) -> list[Topic]:
    return [topic for topic in ranking if topic.label.startswith("faq/")][:NEAREST_OFFERED]
