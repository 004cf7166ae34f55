from pathlib import Path

import pytest

from bot.evaluation.soreness import BARS, evaluate_soreness

HERE = Path(__file__).parent
SETS = ("reports_blind.yml", "reports_blind_2.yml", "reports_blind_3.yml", "reports_blind_4.yml")


@pytest.mark.parametrize("name", SETS)
def test_every_bar_is_reached_on_reports_written_without_a_look_at_the_reader(name):
    result = evaluate_soreness(HERE / name)
    assert result.overall["silent_wrong_scores"] == 0, str(result)
    assert result.overall["bars_reached"], str(result)


def test_in_hard_voices_no_score_is_silently_wrong_at_most_one_in_twenty_is_asked_again_and_the_rest_is_read():
    result = evaluate_soreness(HERE / "reports_voices.yml")
    assert result.overall["silent_wrong_scores"] == 0, str(result)
    assert result.per_field["score"].exact >= 0.95, str(result)
    for name in ("body_parts", "when"):
        assert result.per_field[name].exact >= BARS[name], str(result)
    for name in ("other_symptoms", "negated_symptoms"):
        assert (result.per_field[name].f1 or 0) >= BARS[name], str(result)


@pytest.mark.parametrize(("name", "scores"), [("reports_blind_5.yml", 0.9), ("reports_blind_6.yml", 0.97)])
def test_of_a_stranger_s_reports_none_is_silently_wrong_and_nearly_all_scores_are_read(name, scores):
    result = evaluate_soreness(HERE / name)
    assert result.overall["silent_wrong_scores"] == 0, str(result)
    assert result.per_field["score"].exact >= scores, str(result)
