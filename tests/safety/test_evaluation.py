"""The figures of the evaluation, and what they must be."""

from pathlib import Path

import pytest
import yaml

from bot.evaluation.redflags import evaluate_redflags, is_right
from bot.safety import Assessment, Context, Tier, assess

HERE = Path(__file__).parent
EVAL = HERE.parent / "eval" / "redflags.yml"


SETS = {
    "evaluation set": EVAL,
    "independent set": HERE / "independent.yml",
    "first blind set": HERE / "blind.yml",
    "second blind set": HERE / "blind2.yml",
    "third blind set": HERE / "blind3.yml",
    "fourth set": HERE / "blind4.yml",
    "fifth set": HERE / "blind5.yml",
    "sixth set": HERE / "blind6.yml",
    "seventh set": HERE / "blind7.yml",
    "signs told indirectly": HERE / "indirect.yml",
    "explained in passing": HERE / "in_passing.yml",
}


@pytest.mark.parametrize("path", SETS.values(), ids=SETS)
def test_the_bars_are_met(path):
    result = evaluate_redflags(path)
    assert result.figures["met"], [(miss.text, miss.expected, miss.got) for miss in result.misses][:40]


def ordinary_messages():
    """Reports and questions of the other evaluation sets that no set marks as a warning, with what was asked."""
    for path in sorted((HERE.parent / "reading").glob("reports_*.yml")):
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["items"]:
            if (item.get("red_flag") or "none") == "none":
                yield str(item["text"]), item.get("context")
    for path in sorted((HERE.parent / "questions").glob("dev*.yml")):
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["items"]:
            yield str(item["text"]), None


def test_ordinary_reports_and_questions_seldom_raise_an_alert():
    """Some of them deserve one (a 9, a fever, a rough therapist): 3.5 % in all when this was written."""
    messages = list(ordinary_messages())
    alarmed = [text for text, asked in messages if assess(text, Context(question=asked)).is_alert]
    assert len(messages) > 3000
    assert len(alarmed) / len(messages) <= 0.04, alarmed


def test_wordings_that_were_once_missed_stay_caught():
    result = evaluate_redflags(HERE / "variants.yml")
    assert result.figures["emergency_recall"] >= 0.99
    assert result.figures["same_day_recall"] >= 0.99
    assert result.figures["false_alarms"] <= 0.02


def test_an_emergency_answered_as_same_day_is_counted(tmp_path):
    path = tmp_path / "set.yml"
    items = [
        {"id": 1, "text": "a", "expect": "urgent", "tier": "emergency", "tags": ["typo"], "row": 1},
        {"id": 2, "text": "b", "expect": "urgent", "tier": "same_day", "tags": []},
        {"id": 3, "text": "c", "expect": "benign", "tier": "none", "tags": []},
    ]
    path.write_text(yaml.safe_dump({"items": items}))
    result = evaluate_redflags(path, judge=lambda text, context: Assessment(Tier.SAME_DAY))
    assert result.figures["emergency_recall"] == 0
    assert result.figures["emergency_as_same_day"] == 1
    assert result.figures["same_day_recall"] == 1
    assert result.figures["false_alarms"] == 1
    assert not result.figures["met"]
    assert {miss.id for miss in result.misses} == {"1", "3"}
    assert result.per_tag["typo"].passed == 0
    assert result.as_dict()["per_field"]["1"]["items"] == 1


def test_a_routine_answer_to_a_benign_message_is_no_false_alarm():
    assert is_right({"expect": "benign", "tier": "none"}, Tier.ROUTINE)
    assert not is_right({"expect": "benign", "tier": "none"}, Tier.SAME_DAY)
