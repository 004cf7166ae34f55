"""Rasa's training reads once, shares what it read, and learns side by side."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue.rasa_training import train_side_by_side


@pytest.fixture(autouse=True)
def in_place() -> None:
    train_side_by_side()


def example(text: str, intent: str = "faq") -> Message:
    return Message({"text": text, "intent": intent})


def test_an_example_is_told_from_others_by_its_words_and_its_label() -> None:
    one, same = example("does it hurt"), Message({"intent": "faq", "text": "does it hurt"})
    others = [
        example("does it hurt?"),
        example("does it hurt", "greeting"),
        Message({"text": "does it hurt", "intent": "faq", "entities": []}),
    ]
    assert one == same and hash(one) == hash(same)
    assert all(one != other for other in others)
    one.set("intent", "greeting")
    assert one == others[1]


def test_the_files_are_read_once(tmp_path: Path) -> None:
    file = tmp_path / "nlu.yml"
    file.write_text(
        'version: "3.1"\nnlu:\n- intent: greeting\n  examples: |\n    - hi\n    - hello\n', encoding="utf-8"
    )
    importer = RasaFileImporter(training_data_paths=[str(file)])
    assert importer.get_nlu_data("en") is importer.get_nlu_data()
    assert [one.get("text") for one in importer.get_nlu_data().intent_examples] == ["hi", "hello"]


def test_another_training_reads_its_own_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        text = f'version: "3.1"\nnlu:\n- intent: greeting\n  examples: |\n    - hi from {name}\n'
        (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
    read = [
        RasaFileImporter(training_data_paths=[str(tmp_path / f"{name}.yml")]).get_nlu_data()
        for name in ("one", "two")
    ]
    assert [data.intent_examples[0].get("text") for data in read] == ["hi from one", "hi from two"]


def test_joined_files_share_their_examples_without_doubles_and_stay_as_they_were() -> None:
    one = TrainingData([example("does it hurt"), example("is it safe ")], responses={"utter_a": []})
    other = TrainingData([example("does it hurt"), example("what does it cost")], responses={"utter_b": []})
    both = one.merge(other)
    assert [message.get("text") for message in both.training_examples] == [
        "does it hurt",
        "is it safe ",
        "what does it cost",
    ]
    assert both.training_examples[0] is one.training_examples[0]
    assert set(both.responses) == {"utter_a", "utter_b"}
    assert len(one.training_examples) == 2 and set(one.responses) == {"utter_a"}


class Meeting(GraphComponent):
    """Two of these get through only when both are there at once."""

    both = threading.Barrier(2, timeout=20)

    @classmethod
    def create(cls, *about: Any, **more: Any) -> Meeting:
        return cls()

    def train(self) -> bool:
        self.both.wait()
        return True


@pytest.mark.skipif(os.cpu_count() == 1, reason="one core learns one after the other")
def test_what_does_not_need_each_other_learns_side_by_side(tmp_path: Path) -> None:
    nodes = {
        name: SchemaNode({}, Meeting, "create", "train", {}, is_target=True)
        for name in ("topics", "warnings")
    }
    schema = GraphSchema(nodes)
    runner = DaskGraphRunner.create(schema, LocalModelStorage(tmp_path), ExecutionContext(schema))
    assert runner.run() == {"topics": True, "warnings": True}
