"""Nobody is told "saved" before it is, nothing is doubled, and the next message carries on."""

from __future__ import annotations

import pytest

from bot.dialogue import reporting
from bot.records.database import DatabaseUnavailableError


def lost() -> None:
    raise DatabaseUnavailableError("sqlite:///bot.db: disk I/O error")


@pytest.fixture
def break_database(kept_in, monkeypatch):
    """Lose the database until the returned function mends it."""

    def break_it():
        monkeypatch.setattr(reporting, "open_reports", lost)
        return lambda: monkeypatch.setattr(reporting, "open_reports", lambda: kept_in)

    return break_it


async def test_in_mid_form_it_apologises_and_the_next_message_carries_on(patient, break_database):
    ana = patient(hours=20)
    await ana.says("im sore", "4")
    mend = break_database()
    said = await ana.says("left calf")
    assert "something went wrong" in said and "Where" in said
    mend()
    assert "Anything else" in await ana.says("left calf")
    await ana.says("no")
    assert (ana.report().details.score, ana.report().details.areas[0].part) == (4, "calf")


async def test_at_the_last_answer_nothing_is_called_saved(patient, break_database):
    ana = patient(hours=20)
    await ana.says("4 in my neck")
    mend = break_database()
    said = await ana.says("no")
    assert "Saved" not in said and "something went wrong" in said
    mend()
    assert "Saved" in await ana.says("no")
    assert ana.report().details.complete


async def test_at_the_first_message_nothing_is_called_saved(patient, break_database):
    ana = patient(hours=20)
    mend = break_database()
    said = await ana.says("4 in my left calf, bit of a bruise")
    assert "Saved" not in said and "something went wrong" in said
    mend()
    assert "Saved" in await ana.says("4 in my left calf, bit of a bruise")
    assert len(ana.reports()) == 1


async def test_a_failed_undo_is_not_called_undone(patient, break_database):
    ana = patient(hours=20)
    await ana.says("4 in my neck", "no")
    mend = break_database()
    assert "took your report back" not in await ana.says("undo that")
    mend()
    assert "took your report back" in await ana.says("undo that")


async def test_the_urgent_words_go_out_without_a_database(patient, break_database):
    ana = patient(hours=20)
    await ana.says("im sore")
    break_database()
    await ana.says("its a 5 and i cant catch my breath")
    assert ana.kinds() == ["urgent"]
