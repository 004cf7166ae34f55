"""The topic model on a small set: it learns, keeps, and knows what it does not know."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.encoder import load_encoder
from bot.nlu.topic_model import TopicModel
from bot.nlu.understanding import is_follow_up, understand

EXAMPLES = {
    label: [question.strip() for question in questions.split("|")]
    for label, questions in {
        "faq/does_it_hurt": "does it hurt | is it painful | will I be in pain | how bad is the pain | is it sore",
        "faq/cost": "how much is it | what is the price | what does a visit cost | price list | is it expensive",
        "faq/aftercare_driving": "can I drive after | is it ok to drive home | driving afterwards | will driving be ok",
        "greeting": "hello | hi there | good morning | hey | hiya",
        "out_of_scope": "who won the game | tell me a joke | what is the weather | write my essay",
    }.items()
}


@pytest.fixture(scope="module")
def model() -> TopicModel:
    texts = [text for group in EXAMPLES.values() for text in group]
    labels = [label for label, group in EXAMPLES.items() for _ in group]
    return TopicModel.fit(load_encoder(), texts, labels)


def test_probabilities_are_probabilities(model: TopicModel) -> None:
    scores = model.score(["does it hurt a lot", "", "zzz"])
    assert np.allclose(scores.probability.sum(axis=1), 1, atol=1e-5)
    assert scores.labels == tuple(sorted(EXAMPLES))


def test_a_new_wording_finds_its_topic(model: TopicModel) -> None:
    assert understand(model, "is this going to be painful").label == "faq/does_it_hurt"


def test_what_was_saved_reads_the_same(model: TopicModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    again = TopicModel.load(load_encoder(), tmp_path)
    texts = ["can i drive", "hello", "cost?"]
    assert np.allclose(model.score(texts).probability, again.score(texts).probability, atol=1e-5)


def test_the_same_data_give_the_same_model(model: TopicModel) -> None:
    texts = [text for group in EXAMPLES.values() for text in group]
    labels = [label for label, group in EXAMPLES.items() for _ in group]
    other = TopicModel.fit(load_encoder(), texts, labels)
    assert np.array_equal(model.score(["hey, price?"]).probability, other.score(["hey, price?"]).probability)


def test_several_questions_are_several_topics_in_order(model: TopicModel) -> None:
    found = understand(model, "how much is it, does it hurt and can i drive home?")
    assert [topic.label for topic in found.topics] == [
        "faq/cost",
        "faq/does_it_hurt",
        "faq/aftercare_driving",
    ]


def test_nonsense_is_unknown(model: TopicModel) -> None:
    found = understand(model, "qwrt blorp zxcv")
    assert found.topics == () and found.label == "unsure"


def test_a_greeting_beside_a_question_is_manners(model: TopicModel) -> None:
    assert understand(model, "hello. can i drive home?").label == "faq/aftercare_driving"


@pytest.mark.parametrize("text", ["and how often?", "what about my knee", "for how long", "why"])
def test_a_follow_up_is_recognised(text: str) -> None:
    assert is_follow_up(text)


def test_a_whole_question_is_no_follow_up() -> None:
    assert not is_follow_up("my physio wants to put needles in my neck and i wonder whether that is safe")
