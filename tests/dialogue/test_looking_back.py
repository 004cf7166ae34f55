"""A patient looks back at the own numbers; a visit code ties a web visitor to the visit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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


async def test_a_visit_code_ties_the_report_to_the_visit(patient, kept_in):
    now = datetime.now(UTC)
    with kept_in.transaction() as session:
        who = patients.create(session, zone="America/New_York", now=now)
        visit, _ = visits.record(
            session, who.id, ended_at=now - timedelta(hours=5), zone="America/New_York", now=now
        )
        code = visits.new_code(session, visit.id, now=now, expires_at=now + timedelta(days=14))
    ana = patient()
    await ana.says("3 in my neck")
    said = await ana.says(code)
    assert "I know your visit" in said and "Anything else" in said
    await ana.says("no")
    assert ana.report().details.session_at == visit.ended_at


async def test_a_wrong_code_is_said_to_be_unknown_and_the_form_goes_on(patient):
    ana = patient()
    await ana.says("3 in my neck")
    said = await ana.says("7KQ2-M4XX")
    assert "do not know that code" in said and "When was" in said
