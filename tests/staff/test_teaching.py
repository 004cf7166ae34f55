"""From questions without an answer to training data: grouped, stripped, confirmed, exported."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from bot.cli import teach
from bot.records import corrections, unanswered
from bot.records.corrections import Correction
from bot.settings import ROOT
from bot.staff.grouping import groups_of
from bot.staff.personal_data import strip
from bot.staff.teaching import RoundTripError, change_for, new_topics_in_yaml, write
from bot.staff.topics import topics
from tests.staff.seeded import fill
from tests.staff.site import NOW, Site

DATA = ROOT / "data" / "nlu"


def correction(topic: str, phrase: str) -> Correction:
    return Correction(phrase, None, None, None, topic, phrase, "confirmed", "ann", NOW, "ann", None)


def known_example() -> tuple[str, str]:
    """A topic and a phrase that the training data hold."""
    found = YAML().load(DATA / "session.yml")["nlu"][0]
    return str(found["intent"]).removeprefix("faq/"), str(found["examples"]).splitlines()[0].removeprefix(
        "- "
    )


def test_questions_of_similar_wording_come_together_and_others_apart() -> None:
    swim = [
        "can i swim after dry needling",
        "is swimming ok tomorrow",
        "a swim in the pool tonight?",
        "SWIMMING??",
    ]
    park = ["is there parking", "where can i park my car"]
    alone = ["are the needles vegan"]
    groups = [set(group.items) for group in groups_of([*swim, *park, *alone], str)]
    assert groups == [set(swim), set(park), set(alone)]


@pytest.mark.parametrize(
    ("text", "left", "found"),
    [
        ("my name is Jane Doe, is soreness normal", "is soreness normal", "name"),
        ("call me on 202-555-0143 about my calf", "call me on about my calf", "number"),
        ("write to jane@example.org please", "write to please", "mail address"),
        ("had it on 11/20/2026 with Dr. Weber", "had it on with", "date"),
        ("i live at 12 Oak Street, can you come", "i live at , can you come", "street"),
        ("MRN 12345 is me", "is me", "record number"),
        ("Lopez here, is it normal", "here, is it normal", "known name"),
    ],
)
def test_personal_data_is_taken_out(text: str, left: str, found: str) -> None:
    stripped = strip(text, ["Maria Lopez"])
    assert stripped.phrase == left
    assert found in stripped.found


@pytest.mark.parametrize(
    "text", ["10/10 yesterday", "I'm Sore all over", "it is a 7 out of 10", "after 48 hours"]
)
def test_what_only_looks_personal_stays(text: str) -> None:
    assert strip(text).phrase == text


def test_the_training_data_survives_a_round_trip_and_grows_by_the_new_lines_alone() -> None:
    learnt = [
        correction(topic.name, f"zebra question number {number}") for number, topic in enumerate(topics())
    ]
    change = change_for(learnt, DATA)
    assert len(change.taught) == len(learnt)
    for file, text in change.files.items():
        before = file.read_text(encoding="utf-8").splitlines()
        added = [line for line in text.splitlines() if "zebra question" in line]
        assert [line for line in text.splitlines() if line not in added] == before
    assert change.diff.count("\n+    - zebra question") == len(learnt)


def test_a_phrase_that_stands_there_already_is_not_written_twice() -> None:
    topic, phrase = known_example()
    change = change_for([correction(topic, f"{phrase.capitalize()}?"), correction(topic, phrase)], DATA)
    assert change.diff == "" and len(change.known) == 2


def test_a_new_topic_waits_for_its_answer_outside_the_training_data() -> None:
    change = change_for([correction("swimming", "can i swim")], DATA)
    assert change.files == {} and list(change.unwritten) == ["swimming"]
    assert "- intent: faq/swimming" in new_topics_in_yaml(change.unwritten)


def test_markup_of_rasa_never_reaches_the_training_data(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text('version: "3.1"\nnlu:\n- intent: faq/x\n  examples: |\n    - one\n')
    write(change_for([correction("x", "[7](score) out of {10}\n- intent: evil")], tmp_path))
    assert (tmp_path / "a.yml").read_text().splitlines()[-1] == "    - 7 (score) out of 10 - intent: evil"


def test_a_file_that_would_change_otherwise_is_refused(tmp_path: Path) -> None:
    text = "nlu:\n- intent: faq/x\n  examples: |\n    - one\n  other:   {a:    1}\n"
    (tmp_path / "a.yml").write_text(text)
    with pytest.raises(RoundTripError, match=r"a\.yml"):
        change_for([correction("x", "two")], tmp_path)


def test_a_group_is_settled_confirmed_and_exported(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(site)
    client = site.person("clinician")
    waiting = [one for one in site.read(unanswered.waiting) if "swim" in one.words]
    form = {"questions": ",".join(one.id for one in waiting), "what": "topic", "topic": "aftercare_exercise"}
    assert (
        client.post("/staff/unanswered", data=form).headers["location"]
        == f"/staff/unanswered?done={len(waiting)}"
    )
    assert not [one for one in site.read(unanswered.waiting) if "swim" in one.words]
    proposed = [one for one in site.read(corrections.of_state, "proposed") if "swim" in one.phrase]
    assert len(proposed) == len(waiting)
    first = proposed[0]
    path = f"/staff/corrections/{first.id}"
    keep = {"phrase": "is swimming in a zebra lake fine", "topic": "aftercare_exercise"}
    assert "Tick that you looked" in client.post(path, data=keep).text
    named = keep | {"phrase": "call 202-555-0143", "looked": "1"}
    assert "There still seems to be a number" in client.post(path, data=named).text
    assert client.post(path, data=keep | {"looked": "1"}).status_code == 303
    data = tmp_path / "nlu"
    data.mkdir()
    for file in DATA.glob("*.yml"):
        (data / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr("bot.staff.topics.DATA", data)
    monkeypatch.setattr("bot.cli.opening.open_current", lambda _: site.database)
    shown = CliRunner().invoke(teach.app, ["export", "--dry-run"])
    assert "+    - is swimming in a zebra lake fine" in shown.output
    done = CliRunner().invoke(teach.app, ["export"])
    assert done.exit_code == 0, done.output
    assert "- is swimming in a zebra lake fine" in (data / "aftercare.yml").read_text(encoding="utf-8")
    assert site.read(corrections.get, first.id).state == "exported"
    assert "No change" in CliRunner().invoke(teach.app, ["export"]).output


def test_a_new_topic_typed_beside_a_chosen_one_settles_nothing(site: Site) -> None:
    fill(site)
    client = site.person("clinician")
    (first, *_) = site.read(unanswered.waiting)
    both = {"questions": first.id, "what": "topic", "topic": "does_it_hurt", "new": "swimming"}
    answer = client.post("/staff/unanswered", data=both)
    assert answer.status_code == 422 and "You typed a new topic too" in answer.text
    assert site.read(unanswered.get, first.id).state == "open"
    client.post("/staff/unanswered", data=both | {"what": "new"})
    assert site.read(unanswered.get, first.id).topic == "swimming"


def test_a_wrong_answer_is_corrected_on_the_transcript(site: Site) -> None:
    ids = fill(site)
    client = site.person("clinician")
    title = next(topic.title for topic in topics() if topic.name == "does_it_hurt")
    answer = client.post("/staff/corrections", data={"message": ids.message, "topic": title})
    assert answer.headers["location"] == "/staff/teaching?done=proposed"
    newest = site.read(corrections.of_state, "proposed")[-1]
    assert (newest.topic, newest.message_id) == ("does_it_hurt", ids.message)
    assert (
        client.post("/staff/corrections", data={"message": ids.message, "topic": "no such"}).status_code
        == 400
    )
