"""Rules and second net together, on messages that neither was written for (tests/safety/blind8.yml)."""

from __future__ import annotations

from bot.dialogue.talk import warning_judge
from bot.evaluation.redflags import evaluate_redflags
from bot.settings import ROOT


def test_a_stranger_s_warnings_are_caught_and_few_harmless_messages_are_called_one(assistant):
    found = evaluate_redflags(ROOT / "tests" / "safety" / "blind8.yml", warning_judge(assistant)).figures
    assert found["emergency_recall"] >= 0.95
    assert found["same_day_recall"] >= 0.95
    assert found["emergency_as_same_day"] == 0
    assert found["false_alarms"] <= 0.05
