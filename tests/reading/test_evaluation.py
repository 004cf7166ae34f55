import json
import subprocess
import sys

import yaml

from bot.evaluation.soreness import evaluate_soreness

SET = "tests/eval/soreness_reports.yml"


def small_set(tmp_path, **expected):
    item = {
        "id": "x1",
        "text": "6/10 left calf since tues, no bruising",
        "expected": expected,
        "tags": ["sms_style"],
    }
    path = tmp_path / "set.yml"
    path.write_text(yaml.safe_dump({"items": [item]}))
    return evaluate_soreness(path)


def test_every_bar_is_reached_on_the_given_set():
    assert evaluate_soreness(SET).overall["bars_reached"], str(evaluate_soreness(SET))


def test_a_right_reading_is_counted_right_in_every_field(tmp_path):
    result = small_set(
        tmp_path,
        score=6,
        body_parts=[{"part": "calf", "side": "left"}],
        when="tuesday",
        negated_symptoms=["bruise"],
    )
    assert result.misses == ()
    assert result.overall["all_right"] == 1


def test_a_wrong_score_is_counted_as_silently_wrong_and_said_in_words(tmp_path):
    result = small_set(
        tmp_path,
        score=5,
        body_parts=[{"part": "calf", "side": "left"}],
        when="tues",
        negated_symptoms=["bruise"],
    )
    assert result.overall["silent_wrong_scores"] == 1
    assert not result.overall["bars_reached"]
    assert "score should be 5, read 6" in str(result)


def test_a_wrong_side_a_wrong_day_and_a_missed_denial_are_errors(tmp_path):
    result = small_set(
        tmp_path,
        score=6,
        body_parts=[{"part": "calf", "side": "right"}],
        when="monday",
        negated_symptoms=["numbness"],
    )
    assert {miss.field for miss in result.misses} == {"body_parts", "when", "negated_symptoms"}


def test_the_result_is_plain_data(tmp_path):
    data = json.loads(json.dumps(small_set(tmp_path, score=6).as_json()))
    assert set(data) == {"overall", "per_field", "per_tag", "misses"}


def test_importing_the_reading_room_loads_neither_spacy_nor_dateparser_nor_rasa_nor_the_database():
    loaded = subprocess.run(
        [sys.executable, "-c", "import bot.reading, bot.reading.opt_out, sys; print(' '.join(sys.modules))"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert not {"spacy", "dateparser", "rasa", "sqlalchemy"} & set(loaded)
