"""What a patient asks: one topic, several, a follow-up to the last answer, or something unknown. Pure: no Rasa.

A message is scored whole and in parts (bot/nlu/parts.py). Parts that each clearly ask something of their own give
several topics, in order. A short message is read with the question before it, too (bot/nlu/follow_up.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.nlu.follow_up import LONGEST, asks_the_same_again, asks_why, together
from bot.nlu.parts import Part, parts
from bot.nlu.topic_model import Scores, TopicModel

# Set on tests/questions, not on tests/eval.
SURE = 0.36  # answer
SURE_OF_A_PART = 0.48  # a part of a longer message must be clearer than a whole one
SURE_OF_A_LISTED = 0.68
VERY_SURE = 0.83
KNOWN = 0.50  # cosine to the nearest known question; below it nothing is claimed
NEAREST_OFFERED = 3
MOST_TOPICS = 3

# Said beside a question, these are manners, not the question.
MANNERS = frozenset({"greeting", "thanks", "goodbye", "affirm", "deny", "distress", "rude"})
COURTESY = frozenset({"greeting", "thanks", "goodbye"})
AGREEMENT = frozenset({"affirm", "deny"})  # "why not?", asked, is neither
# Said whole, these leave nothing beside them to answer.
STRANGE = "out_of_scope"
ALONE = frozenset({STRANGE, "other_language", "diagnosis_request", "opt_out"})
# "Where is that from?" speaks of the answer, not of a topic.
ABOUT_THE_ANSWER = frozenset({"explain_more", "in_short", "repeat", "ask_sources"})
# "Is it safe?" after "I'm pregnant" asks about pregnancy.
OF_ANYTHING = frozenset(
    f"faq/{name}"
    for name in ("safety", "suitability", "contraindications", "consent_stop", "conditions_general")
)
FEWEST_PLAIN_WORDS = 5  # "is that allowed?" says nothing without what was told before
REPORT = "report_soreness"
UNSURE = "unsure"

_POINTS_BACK = re.compile(r"\b(?:it|that|this|those|these|he|she|they|them|him|her|one)\b")
PLAIN_BY_ITSELF = 0.90  # "and shoulders?" needs no question before it
SAID_TO_US = 0.68  # what is no question, such as "stop" or "my left calf", needs none either
QUESTIONS = "faq/"
CONDITIONS = f"{QUESTIONS}conditions_"


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
    question: str  # to read the next follow-up with: this text, or the question before that it leans on

    @property
    def label(self) -> str:
        """The main label, or `unsure`."""
        return self.topics[0].label if self.topics else UNSURE


def understand(
    model: TopicModel, text: str, previous_question: str | None = None, previous_topic: str | None = None
) -> Understanding:
    """Read a normalised text after the `question` understood before, and the topic answered then (without `faq/`)."""
    if previous_question is not None and previous_topic is not None and asks_why(text):
        return Understanding((Topic(f"{QUESTIONS}{previous_topic}", 1.0),), (), 1.0, previous_question)
    pieces = parts(text)
    if len(pieces) == 1:
        pieces = []
    texts = [text, *(piece.text for piece in pieces), *(_with_story(pieces, i) for i in range(len(pieces)))]
    scores = model.score(texts)
    said = [_best(scores, n + 1, n + 1 + len(pieces), piece) for n, piece in enumerate(pieces)]
    if previous_question is not None and (question := _beside_manners(pieces, said, previous_topic)):
        return understand(model, question, previous_question, previous_topic)
    whole, similarity = scores.probability[0], float(scores.similarity.max())
    alone = _ranking(scores.labels, whole)[0]
    if previous_question is not None and _leans(text, previous_topic, alone):
        after = model.score([f"{previous_question}, {text}"])
        whole = _with_context(text, previous_topic, scores.labels, whole, after.probability[0])
        similarity = max(similarity, float(after.similarity.max()))
    ranking = _ranking(scores.labels, whole)
    topics = _topics(ranking[0], pieces, said) if similarity >= KNOWN else ()
    itself = ranking[0].label == alone.label and not _vague(text, previous_topic, alone)
    kept = text if previous_question is None or itself else previous_question
    return Understanding(topics, tuple(_offered(ranking)), similarity, kept)


def _beside_manners(
    pieces: Sequence[Part], said: Sequence[Topic | None], previous_topic: str | None
) -> str | None:
    """Return the one question that stands beside thanks and the like: "ok great. for how long"."""
    manners = [not p.asks and t is not None and t.label in MANNERS for p, t in zip(pieces, said, strict=True)]
    rest = [piece for piece, polite in zip(pieces, manners, strict=True) if not polite]
    if len(rest) != 1 or len(pieces) == 1:
        return None
    return rest[0].text if rest[0].asks or asks_the_same_again(rest[0].text, previous_topic) else None


def _vague(text: str, previous_topic: str | None, said: Topic) -> bool:
    """Whether a text is no question to lean the next one on: "is that normal?"."""
    return said.confidence < PLAIN_BY_ITSELF and asks_the_same_again(text, previous_topic)


def _leans(text: str, previous_topic: str | None, said: Topic) -> bool:
    """Whether a text may lean on the question before it: it is short, and does not say plainly what it is about."""
    if len(text.split()) > LONGEST:
        return False
    again = asks_the_same_again(text, previous_topic)
    if said.label.startswith(QUESTIONS):
        return again or said.confidence < PLAIN_BY_ITSELF
    asks = parts(text)[0].asks
    if said.label in AGREEMENT and asks:
        return True
    if said.label in COURTESY and (asks or not again):
        return again  # "what can i do?", unlike "thanks"
    return said.confidence < (VERY_SURE if again or said.label == STRANGE else SAID_TO_US)


def _with_context(
    text: str,
    previous_topic: str | None,
    labels: Sequence[str],
    alone: np.ndarray,
    after_the_question: np.ndarray,
) -> np.ndarray:
    """Read both ways; "and for my knee?" after another condition, or a report, is about the knee."""
    said, meant = (_ranking(labels, read)[0] for read in (alone, after_the_question))
    of_conditions = said.label.startswith(CONDITIONS) and meant.label.startswith(CONDITIONS)
    if said.confidence >= PLAIN_BY_ITSELF and (of_conditions or meant.label == REPORT):
        return alone
    return together(text, previous_topic, alone, after_the_question)


def _ranking(labels: Sequence[str], probability: np.ndarray) -> list[Topic]:
    order = np.argsort(-probability)[:10]
    return [Topic(labels[index], float(probability[index])) for index in order]


def _with_story(pieces: Sequence[Part], index: int) -> str:
    """Return a part with what was told before it, when it points there: "my dad has a pacemaker. can he have it"."""
    piece = pieces[index]
    told = [before.text for before in pieces[:index] if not before.asks]
    points = piece.asks and told and _POINTS_BACK.search(piece.text) and len(piece.text.split()) <= LONGEST
    return f"{told[-1]} {piece.text}" if points else piece.text


def _best(scores: Scores, alone: int, with_story: int, piece: Part) -> Topic | None:
    """Return a part's topic: read with its story, unless it is plain alone; None when nothing like it is known."""
    rows = [row for row in (alone, with_story) if scores.similarity[row].max() >= KNOWN]
    if not rows:
        return None
    read = [_ranking(scores.labels, scores.probability[row])[0] for row in rows]
    plain = len(piece.text.split()) >= FEWEST_PLAIN_WORDS and read[0].label not in OF_ANYTHING
    return read[0] if plain and read[0].confidence >= PLAIN_BY_ITSELF else read[-1]


def _topics(whole: Topic, pieces: Sequence[Part], said: Sequence[Topic | None]) -> tuple[Topic, ...]:
    """Choose between the message read whole and its parts."""
    asked = _distinct(
        topic
        for piece, topic in zip(pieces, said, strict=True)
        if topic
        and piece.asks
        and _clear(topic)
        and topic.label not in ABOUT_THE_ANSWER
        and (not piece.listed or topic.confidence >= SURE_OF_A_LISTED)
    )
    if len(asked) >= 2 and not _one_subject(whole, asked):
        return tuple(asked[:MOST_TOPICS])
    if not asked and (strange := _strange(whole, pieces, said)):
        return (strange,)
    if whole.confidence >= SURE and whole.label not in MANNERS:
        beside = [t for t in asked if t.label != whole.label and t.confidence >= VERY_SURE]
        told = [
            t
            for t in said
            if t and t.label == REPORT and t.confidence >= VERY_SURE and whole.label not in {REPORT, STRANGE}
        ]
        return tuple(_distinct([*told, whole, *(beside if whole.label not in ALONE else [])])[:MOST_TOPICS])
    if asked:
        return tuple(asked)
    clear = _distinct(topic for topic in said if topic and _clear(topic))
    if clear:
        return (max(clear, key=lambda topic: topic.confidence),)
    return (whole,) if whole.confidence >= SURE else ()


def _strange(whole: Topic, pieces: Sequence[Part], said: Sequence[Topic | None]) -> Topic | None:
    """Return what is asked that is none of our business: "can my dog have it? his back is sore"."""
    if whole.confidence >= VERY_SURE:
        return None
    asked = (topic for piece, topic in zip(pieces, said, strict=True) if topic and piece.asks)
    return next((topic for topic in asked if topic.label == STRANGE and topic.confidence >= VERY_SURE), None)


def _clear(topic: Topic) -> bool:
    return topic.confidence >= SURE_OF_A_PART and topic.label not in MANNERS | ALONE


def _one_subject(whole: Topic, asked: Sequence[Topic]) -> bool:
    """Whether the parts are one question told in pieces: read whole it is surer than any part."""
    return whole.confidence >= VERY_SURE and whole.confidence > max(topic.confidence for topic in asked)


def _distinct(topics: Iterable[Topic]) -> list[Topic]:
    return list({topic.label: topic for topic in topics}.values())


def _offered(ranking: list[Topic]) -> list[Topic]:
    return [topic for topic in ranking if topic.label.startswith(QUESTIONS)][:NEAREST_OFFERED]
