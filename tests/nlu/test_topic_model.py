"""The topic model on a small set: it learns, keeps, and knows what it does not know."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.encoder import load_encoder
from bot.nlu.follow_up import asks_the_same_again
from bot.nlu.topic_model import TopicModel
from bot.nlu.understanding import understand

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


@pytest.mark.parametrize("text", ["for how long", "why", "is that normal?", "and on my neck?", "for my son"])
def test_a_follow_up_without_a_subject_asks_the_same_again(text: str) -> None:
    assert asks_the_same_again(text)


@pytest.mark.parametrize("text", ["and swimming?", "how much is it", "what about the pool", ""])
def test_one_that_names_a_subject_does_not(text: str) -> None:
    assert not asks_the_same_again(text)


@pytest.mark.parametrize(
    "text", ["and on my neck?", "even in the calf", "how bad", "is that normal?", "how so"]
)
def test_what_asks_the_same_again_keeps_the_topic_and_the_question(model: TopicModel, text: str) -> None:
    found = understand(model, text, "can i drive after")
    assert found.label == "faq/aftercare_driving"
    assert found.question == "can i drive after"


@pytest.mark.parametrize("text", ["how much is it", "and the price?"])
def test_a_question_of_its_own_leaves_the_one_before(model: TopicModel, text: str) -> None:
    found = understand(model, text, "can i drive after")
    assert found.label == "faq/cost"
    assert found.question == text


def test_a_greeting_is_no_follow_up(model: TopicModel) -> None:
    assert understand(model, "hello", "can i drive after").label == "greeting"


def test_a_long_message_is_no_follow_up(model: TopicModel) -> None:
    text = "my physio wants to put needles in my neck and i wonder whether that is safe"
    assert understand(model, text, "can i drive after") == understand(model, text)
