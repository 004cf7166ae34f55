"""Questions never learnt from, misspelt, shouted and unpunctuated; and the measures themselves (`bot eval nlu`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pytest
import yaml

from bot.evaluation.nlu import (
    Examples,
    Judged,
    Learnt,
    Remembering,
    at_temperature,
    best_temperature,
    calibration,
    learn,
    read_examples,
)
from bot.evaluation.typos import misspell
from bot.nlu.encoder import load_encoder
from bot.nlu.topic_model import TEMPERATURE
from bot.settings import ROOT

SEED = 20
SOME = 300


@dataclass(frozen=True)
class Exam:
    """A model that learnt data/nlu as ours does, and questions of tests/questions, which nothing has learnt from."""

    learnt: Learnt
    asked: Examples
    clean: Judged

    def right(self, texts: list[str]) -> float:
        """Share right when the first questions are asked in these words."""
        said = self.learnt.judge(Examples(tuple(texts), self.asked.labels[: len(texts)]))
        return float(said.right.mean())

    def clean_right(self, count: int) -> float:
        return float(self.clean.right[:count].mean())


@pytest.fixture(scope="module")
def examples() -> Examples:
    return read_examples(ROOT / "data" / "nlu")


@pytest.fixture(scope="module")
def exam(examples: Examples) -> Exam:
    learnt = learn(Remembering(load_encoder()), examples)
    asked = questions(set(examples.labels))
    return Exam(learnt, asked, learnt.judge(asked))


def questions(labels: set[str]) -> Examples:
    """Messages that ask one thing, need nothing said before, and have one right answer."""
    found = []
    for file in sorted((ROOT / "tests" / "questions").glob("*.yml")):
        for item in yaml.safe_load(file.read_text(encoding="utf-8"))["items"]:
            label = item["topic"] if item["topic"] in labels else f"faq/{item['topic']}"
            if not item.get("also_topics") and not item.get("previous_question"):
                found.append((item["text"], label))
    order = np.random.default_rng(SEED).permutation(len(found))
    return Examples(tuple(found[n][0] for n in order), tuple(found[n][1] for n in order))


def test_four_of_five_questions_never_seen_before_find_their_topic_among_all(exam: Exam) -> None:
    assert len(exam.asked.texts) >= 700
    assert exam.clean_right(len(exam.asked.texts)) >= 0.8


def test_one_word_in_seven_misspelt_costs_at_most_seven_points(exam: Exam) -> None:
    misspelt = exam.right([misspell(text, SEED) for text in exam.asked.texts])
    assert exam.clean_right(len(exam.asked.texts)) - misspelt <= 0.07


def test_shouting_changes_nothing(exam: Exam) -> None:
    shouted = Examples(tuple(text.upper() for text in exam.asked.texts[:SOME]), exam.asked.labels[:SOME])
    assert np.array_equal(exam.learnt.judge(shouted).said, exam.clean.said[:SOME])


def test_without_punctuation_questions_are_understood_nearly_as_well(exam: Exam) -> None:
    bare = [re.sub(r"[^\w\s']", "", text) for text in exam.asked.texts[:SOME]]
    assert exam.clean_right(SOME) - exam.right(bare) <= 0.03


def test_the_same_seed_makes_the_same_typos_and_another_seed_others() -> None:
    text = "how long will my shoulder be sore after the needles come out"
    assert misspell(text, 1, share=0.5) == misspell(text, 1, share=0.5)
    assert len({misspell(text, seed, share=0.5) for seed in range(5)}) > 1


def test_about_as_many_words_are_misspelt_as_asked_for(examples: Examples) -> None:
    words = [word for text in examples.texts[:3000] for word in re.findall(r"[A-Za-z]{2,}", text)]
    changed = sum(misspell(word, SEED) != word for word in set(words)) / len(set(words))
    assert 0.12 <= changed <= 0.17


def test_confidence_that_is_right_as_often_as_it_says_has_no_calibration_error() -> None:
    confidence = np.repeat([0.25, 0.75], 400)
    right = np.concatenate([np.arange(400) % 4 == 0, np.arange(400) % 4 != 0])
    assert calibration(confidence, right).error == pytest.approx(0, abs=1e-9)
    assert calibration(confidence, ~right).error == pytest.approx(0.5)


def test_the_best_temperature_undoes_overconfidence() -> None:
    chance = np.random.default_rng(SEED)
    honest = chance.dirichlet([0.5] * 4, 20_000)
    true = np.array([chance.choice(4, p=row) for row in honest])
    overconfident = at_temperature(honest, TEMPERATURE / 2)
    judged = Judged(tuple("abcd"), Examples((), ()), true, overconfident, np.ones(len(true)))
    assert best_temperature(judged) == pytest.approx(2 * TEMPERATURE, abs=0.1)
