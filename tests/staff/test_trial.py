"""`bot teach try`: what confirmed phrases would change, before anybody adopts them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from bot.cli import teach
from bot.evaluation.change import compare
from bot.evaluation.nlu import Examples
from bot.nlu.encoder import load_encoder
from bot.records import corrections
from bot.settings import ROOT, SettingsError
from bot.staff import trial
from tests.staff.site import NOW, Site
from tests.staff.test_teaching import known_example

TOPICS = ("faq/cost", "faq/who_performs")
COSTS = (
    "how much is it", "what do you charge", "price of a session", "what does one visit cost", "is it expensive",
    "how much money for needling", "what are your fees", "cost per appointment", "what would i pay",
    "your prices please",
)  # fmt: skip
PEOPLE = (
    "who does the needling", "is it done by a doctor", "does a physio do it", "who will treat me", "is he a therapist",
    "which person puts the needles in", "will a nurse do it", "who is the practitioner",
    "is she a doctor", "who does it",
)  # fmt: skip
FEW = Examples(COSTS + PEOPLE, (TOPICS[0],) * len(COSTS) + (TOPICS[1],) * len(PEOPLE))


@pytest.fixture
def _keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """These made-up examples stay out of the vectors that trainings share."""
    for module in ("bot.nlu.topic_model", "bot.evaluation.nlu"):
        monkeypatch.setattr(f"{module}.kept_layers", lambda encoder, texts: encoder.layers(list(texts)))


@pytest.mark.usefixtures("_keeps_nothing")
def test_no_phrases_change_nothing_and_every_example_is_held_out_once() -> None:
    found = compare(FEW, Examples((), ()), load_encoder())
    assert (found.examples, found.gained, found.lost) == (20, (), ())
    assert found.before == found.after > 0.8


@pytest.mark.usefixtures("_keeps_nothing")
def test_phrases_of_a_wrong_topic_show_as_questions_that_go_wrong() -> None:
    told: list[str] = []
    wrong = Examples(tuple(f"{text} please" for text in COSTS) * 3, (TOPICS[1],) * len(COSTS) * 3)
    found = compare(FEW, wrong, load_encoder(), say=told.append)
    assert found.after < found.before
    assert TOPICS in {(one.topic, one.after) for one in found.lost}
    assert len(told) == 4  # two folds, each without and with


class Machine:
    """Stands for the processes of a trial: notes what is run, answers as told."""

    def __init__(self, missed_before: list[str], missed_after: list[str]) -> None:
        self.missed = {"before": missed_before, "after": missed_after}
        self.commands: list[tuple[str, ...]] = []

    def __call__(self, house: Path, *command: str, is_heard: bool = False) -> str:
        where = "before" if house == ROOT else "after"
        self.commands.append((where, *command[2:4]))
        if "bot.evaluation.change" in command:
            (phrase,) = json.loads(Path(command[2]).read_text())
            assert phrase == {"text": "does the zebra scanner beep", "topic": "cost"}
            moved = {"text": "what do i pay", "topic": "faq/cost", "before": "faq/risks", "after": "faq/cost"}
            found = {"examples": 1000, "before": 0.84, "after": 0.85, "gained": [moved], "lost": []}
            return json.dumps(found)
        if "train" in command:
            grown = (house / "data" / "nlu" / "money.yml") if house != ROOT else None
            files = list((house / "data" / "nlu").glob("*.yml"))
            taught = any("- does the zebra scanner beep" in file.read_text("utf-8") for file in files)
            assert taught == (house != ROOT), grown
            return ""
        items = yaml.safe_load(Path(command[4]).read_text("utf-8"))["items"]
        misses = [one for one in items if one["id"] in self.missed[where]]
        return json.dumps({"figures": {"items": len(items)}, "misses": misses})


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "questions.yml"
    items: list[dict[str, Any]] = [
        {"id": f"q{number}", "text": f"question {number}", "topic": "cost"} for number in range(4)
    ]
    file.write_text(yaml.safe_dump({"items": items}))
    return file


def tried(
    site: Site, machine: Machine, monkeypatch: pytest.MonkeyPatch, *options: str, phrase: str = ""
) -> Any:
    with site.database.transaction() as session:
        one = corrections.propose(session, "cost", "x", actor="ann", now=NOW)
        corrections.confirm(session, one.id, phrase or "does the zebra scanner beep", "cost", actor="ann")
    monkeypatch.setattr(trial, "_run", machine)
    monkeypatch.setattr("bot.cli.opening.open_current", lambda _: site.database)
    return CliRunner().invoke(teach.app, ["try", *options])


def test_a_trial_shows_the_change_the_shares_and_whether_the_phrases_are_answered(
    site: Site, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(["q1", "q2", "taught-0"], ["q2"])
    done = tried(site, machine, monkeypatch, "--questions", str(questions))
    assert done.exit_code == 0, done.output
    for words in (
        "+    - does the zebra scanner beep",
        "1,000 examples of data/nlu, each held out once: 84.00% right now, 85.00% with the change",
        "what do i pay  (faq/risks -> faq/cost)",
        "4 questions of questions.yml: 50.00% right now, 75.00% with the change",
        "answered (now no): does the zebra scanner beep",
        "Training a copy with the change",
    ):
        assert words in done.output, done.output
    trained = [where for where, *command in machine.commands if command[0] == "train"]
    assert trained == ["before", "after"]


def test_a_trial_that_loses_a_realistic_question_fails(
    site: Site, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = tried(site, Machine([], ["q0", "taught-0"]), monkeypatch, "--questions", str(questions))
    assert done.exit_code == 1
    assert "right only now:\n    question 0" in done.output
    assert "STILL NOT (now yes): does the zebra scanner beep" in done.output


def test_a_quick_trial_trains_no_second_model(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine([], [])
    done = tried(site, machine, monkeypatch, "--quick")
    assert done.exit_code == 0 and "84.00% right now" in done.output
    assert len(machine.commands) == 1


def test_with_nothing_new_nothing_is_trained(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine([], [])
    assert "Nothing new is confirmed" in tried(site, machine, monkeypatch, phrase=known_example()[1]).output
    assert machine.commands == []


def test_a_process_that_fails_is_named_with_its_last_words() -> None:
    with pytest.raises(SettingsError, match="failed in the trial: boom"):
        trial._run(ROOT, "-c", "import sys; sys.exit('first\\nboom')")
