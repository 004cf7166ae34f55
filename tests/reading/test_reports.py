from pathlib import Path

import pytest

from bot.evaluation.soreness import evaluate_soreness

HERE = Path(__file__).parent
SETS = ("reports_blind.yml", "reports_blind_2.yml", "reports_blind_3.yml", "reports_blind_4.yml")


@pytest.mark.parametrize("name", SETS)
def test_every_bar_is_reached_on_reports_written_without_a_look_at_the_reader(name):
    result = evaluate_soreness(HERE / name)
    assert result.overall["silent_wrong_scores"] == 0, str(result)
    assert result.overall["bars_reached"], str(result)
