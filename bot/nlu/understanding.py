"""What a patient asks: one topic, several, a follow-up to the last answer, or something unknown. Pure: no Rasa.

A message is scored whole and in parts (bot/nlu/parts.py). Parts that each clearly ask something of their own give
several topics, in order. A follow-up such as "and how often?" is read together with the question before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

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

_FOLLOW_UP = re.compile(
    r"^(?:and|but|what about|how about|what if|so|or|ok(?:ay)? (?:and|but)|also|then|even|same (?:for|with)|why|really"
    r"|for how long|how long|how often|how many|how much|how soon|how bad|when|till|until|where|who|which|the ones?"
    r"|with|without|(?:is|does|will|can) (?:it|that)|is this|after that|before that"
    r"|what (?:is|are|does|do|did|would) (?:it|that|this|those|these|they))\b",
    re.IGNORECASE,
)
# "And for my knee?" asks the same again of something else, "is that ok?" asks about what was said.
_SAME_QUESTION = re.compile(
    r"^(?:(?:and|but|or|so|same|what about|how about) (?:for|with|in) (?!how\b)"
    r"|(?:is|was) (?:it|that|this) (?:ok|okay|normal|all right|alright|fine|safe|bad|allowed)\W*$)",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(r"\b(?:it|that|this|those|these|he|she|they|them|him|her|one)\b")
_LONGEST_FOLLOW_UP = 9  # words
_VERY_SHORT = 5  # words: "the gel kind?" leans on the question before it, however it starts
PLAIN_BY_ITSELF = 0.93  # "and shoulders?" needs no question before it
WEIGHT_ALONE = 0.6  # of a follow-up's own words, beside those words with the question before them
WEIGHT_OF_ANOTHER_CASE = 0.25  # the same for "and for my knee?", unless the question was of a condition too
CONDITIONS = "faq/conditions_"


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
    if len(pieces) == 1:
        pieces = []
    texts = [text, *(piece.text for piece in pieces), *(_with_story(pieces, i) for i in range(len(pieces)))]
    scores = model.score(texts)
    whole, similarity = scores.probability[0], float(scores.similarity.max())
    alone = _ranking(scores.labels, whole)[0]
    leans = previous_question is not None and is_follow_up(text)
    if leans and (similarity < KNOWN or not _stands_alone(text, alone)):
        together = model.score([f"{previous_question} {text}"])
        whole = _with_context(text, scores.labels, whole, together.probability[0])
        similarity = max(similarity, float(together.similarity.max()))
    ranking = _ranking(scores.labels, whole)
    said = [_best(scores, n + 1, n + 1 + len(pieces), piece) for n, piece in enumerate(pieces)]
    topics = _topics(ranking[0], pieces, said) if similarity >= KNOWN else ()
    return Understanding(topics, tuple(_offered(ranking)), similarity)


def is_follow_up(text: str) -> bool:
    """Whether a text may lean on the question before it: very short, or short and starting as such questions do."""
    words = len(text.split())
    return words <= _VERY_SHORT or (words <= _LONGEST_FOLLOW_UP and bool(_FOLLOW_UP.match(text)))


def _with_context(text: str, labels: Sequence[str], alone: np.ndarray, together: np.ndarray) -> np.ndarray:
    """Mix what a follow-up says by itself with what it says after the question before it."""
    said, meant = (_ranking(labels, read)[0] for read in (alone, together))
    of_conditions = said.label.startswith(CONDITIONS) and meant.label.startswith(CONDITIONS)
    if _SAME_QUESTION.match(text) and not of_conditions and meant.label != REPORT:
        weight = WEIGHT_OF_ANOTHER_CASE
    else:
        weight = 1.0 if _is_plain(said) else WEIGHT_ALONE
    mixed = alone**weight * together ** (1 - weight)
    return mixed / mixed.sum()


def _stands_alone(text: str, said: Topic) -> bool:
    """Whether the question before it would change nothing: reading both costs as much as reading the text."""
    return _is_plain(said) and not _SAME_QUESTION.match(text)


def _is_plain(said: Topic) -> bool:
    return said.confidence >= (VERY_SURE if said.label in ABOUT_THE_ANSWER else PLAIN_BY_ITSELF)


def _ranking(labels: Sequence[str], probability: np.ndarray) -> list[Topic]:
    order = np.argsort(-probability)[:10]
    return [Topic(labels[index], float(probability[index])) for index in order]


def _with_story(pieces: Sequence[Part], index: int) -> str:
    """Return a part with what was told before it, when it points there: "my dad has a pacemaker. can he have it"."""
    piece = pieces[index]
    told = [before.text for before in pieces[:index] if not before.asks]
    points = (
        piece.asks
        and told
        and _POINTS_BACK.search(piece.text)
        and len(piece.text.split()) <= _LONGEST_FOLLOW_UP
    )
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
    return [topic for topic in ranking if topic.label.startswith("faq/")][:NEAREST_OFFERED]
