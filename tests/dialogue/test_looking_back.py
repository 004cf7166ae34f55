"""A patient looks back at the own numbers; a visit code ties a web visitor to the visit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.dialogue import reporting
from bot.records import patients, visits


async def test_without_reports_it_says_that_there_are_none(patient):
    assert "If you see none" in await patient().says("show my soreness scores")


async def test_own_scores_come_in_words_and_as_a_curve(patient, monkeypatch):
    ana = patient(hours=20)
    await ana.says("6 in my neck", "no")
    monkeypatch.setattr(reporting, "utc_now", lambda: datetime.now(UTC) + timedelta(hours=24))
    await ana.says("3 in my neck", "no")
    said = await ana.says("show my soreness scores")
    assert ": 6," in said and ": 3" in said and "going down" in said
    assert ana.kinds() == ["curve"] and ana.messages[0]["custom"]["svg"].startswith("<svg")


async def test_by_text_the_scores_come_in_words_only(patient):
    ben = patient("sms", hours=20)
    await ben.says("6 in my neck", "no", "show my soreness scores")
    assert "svg" not in ben.messages[0]["custom"] and ": 6" in ben.messages[0]["text"]


async def test_another_patients_scores_are_never_shown(patient):
    await patient(hours=20).says("6 in my neck", "no")
    assert "If you see none" in await patient(hours=20).says("show my soreness scores")


@pytest.fixture
def visit_with_code(kept_in):
    """Give a visit of five hours ago and a code for it that is good for so many days."""

    def make(days: float):
        now = datetime.now(UTC)
        with kept_in.transaction() as session:
            who = patients.create(session, zone="America/New_York", now=now)
            visit, _ = visits.record(
                session, who.id, ended_at=now - timedelta(hours=5), zone="America/New_York", now=now
            )
            return visit, visits.new_code(session, visit.id, now=now, expires_at=now + timedelta(days=days))

    return make


async def test_a_visit_code_ties_the_report_to_the_visit(patient, visit_with_code):
    visit, code = visit_with_code(days=14)
    ana = patient()
    await ana.says("3 in my neck")
    said = await ana.says(code)
    assert "I know your visit" in said and "Anything else" in said
    await ana.says("no")
    assert ana.report().details.session_at == visit.ended_at


async def test_an_expired_code_is_as_good_as_none_and_the_form_goes_on(patient, visit_with_code):
    _, code = visit_with_code(days=-1)
    ana = patient()
    await ana.says("3 in my neck")
    said = await ana.says(code)
    assert "do not know that code" in said and "When was" in said
    assert ana.report().details.session_at is None


async def test_after_five_wrong_codes_the_right_one_is_not_taken_in_this_conversation(
    patient, visit_with_code
):
    _, code = visit_with_code(days=14)
    ana = patient()
    await ana.says("3 in my neck", *["7KQ2-M4XX"] * 5)
    assert "do not know that code" in await ana.says(code)


async def test_a_wrong_code_is_said_to_be_unknown_and_the_form_goes_on(patient):
    ana = patient()
    await ana.says("3 in my neck")
    said = await ana.says("7KQ2-M4XX")
    assert "do not know that code" in said and "When was" in said
