"""A report can be corrected at any time, taken back, left and gone on with."""

from __future__ import annotations

SAID = "6 out of 10 in my left calf since yesterday, bit of a bruise"


async def test_the_side_is_corrected_after_saving(patient):
    ana = patient(hours=30)
    await ana.says(SAID)
    assert "Changed: 6 out of 10, right calf" in await ana.says("no, right side")
    assert [(area.part, area.side) for area in ana.report().details.areas] == [("calf", "right")]
    assert ana.report().amended_at is not None


async def test_the_score_is_corrected_after_saving(patient):
    ana = patient(hours=30)
    await ana.says(SAID, "actually 5")
    assert ana.report().details.score == 5


async def test_the_place_is_corrected_in_the_middle(patient):
    ana = patient()
    await ana.says("im sore", "6", "left knee")
    assert "When" in await ana.says("sorry, not the knee, the calf")
    assert [area.part for area in ana.report().details.areas] == ["calf"]


async def test_the_score_is_corrected_in_the_middle(patient):
    ana = patient()
    await ana.says("im sore", "6", "left knee", "i meant 4")
    assert ana.report().details.score == 4
    assert "When" in ana.messages[-1]["text"]


async def test_a_correction_that_does_not_say_what_is_asked_back(patient):
    ana = patient(hours=30)
    assert "What should it say" in await ana.says(SAID, "i made a mistake with my score")
    assert "Changed: 3 out of 10" in await ana.says("3")
    assert len(ana.reports()) == 1


async def test_there_is_nothing_to_correct_before_a_report(patient):
    assert "no report" in await patient().says("actually its a 3")


async def test_a_saved_report_is_taken_back(patient):
    ana = patient(hours=30)
    assert "took your report back" in await ana.says(SAID, "undo that")
    assert ana.reports() == ()


async def test_a_report_is_taken_back_in_the_middle_of_it(patient):
    ana = patient()
    await ana.says("im sore", "6", "delete that")
    assert ana.reports() == () and not await ana.form_is_open()
    assert "How sore" in await ana.says("im sore")


async def test_stop_keeps_what_was_said_and_the_report_can_be_gone_on_with(patient):
    ana = patient()
    assert "no more questions" in await ana.says("im sore", "6", "stop")
    assert not await ana.form_is_open() and not ana.report().details.complete
    said = await ana.says("im sore")
    assert "So far: 6 out of 10" in said and "Where" in said
    await ana.says("neck", "yesterday", "no")
    assert ana.report().details.complete


async def test_later_is_taken_up_again_when_the_patient_is_back(patient):
    ana = patient()
    await ana.says("im sore", "6", "ask me later")
    assert not await ana.form_is_open()
    assert "go on with it" in await ana.says("hello")
    assert "Where" in await ana.says("yes")
    assert await ana.form_is_open()


async def test_a_waiting_report_is_offered_once(patient):
    ana = patient()
    await ana.says("im sore", "6", "ask me later", "hello")
    assert "go on with it" not in await ana.says("hello")


async def test_a_new_report_after_a_saved_one_starts_empty(patient):
    ana = patient(hours=30)
    await ana.says(SAID)
    assert "How sore" in await ana.says("im sore")
    await ana.says("2", "neck", "no")
    assert [report.details.score for report in ana.reports()] == [2, 6]


async def test_the_same_message_again_logs_once(patient):
    ana = patient(hours=30)
    await ana.says(SAID, message_id="message-0001")
    again = patient(hours=30)
    again.conversation = ana.conversation
    await again.says(SAID, message_id="message-0001")
    assert len(ana.reports()) == 1
