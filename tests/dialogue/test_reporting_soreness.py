"""What a patient says about soreness becomes a report: in one sentence or step by step, on both channels."""

from __future__ import annotations

import pytest

ONE_SENTENCE = "about a 6 outta ten in my left calf since yesterday, bit of a bruise"


async def test_one_sentence_is_stored_whole_and_read_back(patient):
    ana = patient(hours=30)
    said = await ana.says(ONE_SENTENCE)
    details = ana.report().details
    assert (details.score, details.complete) == (6, True)
    assert [(area.part, area.side, area.score) for area in details.areas] == [("calf", "left", 6)]
    assert details.symptoms == ("bruising",)
    assert details.onset_at is not None
    assert "Saved: 6 out of 10, left calf" in said and "bruising" in said
    assert "usually gone by 3" in said and not await ana.form_is_open()


async def test_step_by_step_asks_one_thing_at_a_time_in_order(patient):
    ana = patient()
    await ana.says("im sore")
    assert ana.kinds() == ["scale"] and len(ana.messages) == 1
    assert [b["title"] for b in ana.messages[0]["buttons"]][:11] == [str(n) for n in range(11)]
    assert "Where is it sore" in await ana.says("6")
    assert ana.kinds() == ["body_map"]
    assert "When was your session" in await ana.says("left calf")
    assert "Anything else" in await ana.says("yesterday")
    assert "Saved: 6 out of 10, left calf, session on" in await ana.says("no")
    assert ana.report().details.complete


async def test_a_partial_report_is_stored_as_it_grows(patient):
    ana = patient()
    await ana.says("im sore", "6")
    assert (ana.report().details.score, ana.report().details.complete) == (6, False)
    await ana.says("left calf")
    assert ana.report().details.areas[0].part == "calf"
    assert len(ana.reports()) == 1


async def test_asks_only_for_what_the_first_message_left_out(patient):
    ana = patient(hours=20)
    assert "Anything else" in await ana.says("5/10 in my neck")
    assert "Saved" in await ana.says("nope, thanks")
    assert (ana.report().details.score, ana.report().details.areas[0].part) == (5, "neck")


async def test_a_paired_part_without_a_side_is_asked_for_the_side_once(patient):
    ana = patient(hours=20)
    assert "left, right or both" in await ana.says("4 out of 10 in my shoulder")
    assert [b["title"] for b in ana.messages[-1]["buttons"]] == ["Left", "Right", "Both"]
    await ana.says("right", "no")
    assert ana.report().details.areas[0].side == "right"


async def test_two_areas_stay_two_with_their_own_scores(patient):
    ana = patient(hours=20)
    said = await ana.says("neck 4 shoulder 2", "no")
    assert [(area.part, area.score) for area in ana.report().details.areas] == [("neck", 4), ("shoulder", 2)]
    assert ana.report().details.score == 4
    assert "neck 4/10, shoulder 2/10" in said


async def test_no_soreness_is_a_report_too_and_asks_neither_where_nor_when(patient):
    ana = patient()
    await ana.says("im sore", "0")
    assert "Good to hear" in await ana.says("no")
    assert ana.report().details.score == 0


async def test_a_session_that_the_clinic_knows_is_not_asked_for(patient):
    ana = patient(hours=20)
    await ana.says("im sore", "3", "neck")
    assert "Anything else" in ana.messages[-1]["text"]
    assert ana.report().details.session_at is not None


async def test_an_unknown_session_is_asked_for_and_the_day_shown_back(patient):
    ana = patient()
    assert "When was your session" in await ana.says("3 in my neck")
    assert "session on" in await ana.says("2 days ago", "no")


async def test_skip_never_forces_a_number(patient):
    ana = patient(hours=20)
    await ana.says("im sore")
    assert "Where" in await ana.says("i dont do numbers")
    await ana.says("left calf", "no")
    assert ana.report().details.score is None and ana.report().details.complete


async def test_skipping_everything_stores_nothing(patient):
    ana = patient()
    said = await ana.says("im sore", "skip", "skip", "skip", "skip")
    assert "saved nothing" in said and ana.reports() == ()


@pytest.mark.parametrize(
    ("answer", "words"),
    [("eleven", "0 to 10"), ("5 out of 5", "scale from 0 to 10"), ("pretty bad", "number")],
)
async def test_what_is_no_score_is_asked_back_with_the_reason(patient, answer, words):
    ana = patient()
    await ana.says("im sore")
    assert words in await ana.says(answer)
    assert await ana.form_is_open() and await ana.slot("score") is None


async def test_an_answer_that_nobody_can_read_is_asked_back_twice_and_then_kept_for_staff(patient):
    ana = patient(hours=20)
    await ana.says("im sore", "eleven", "meh")
    assert ana.kinds() == ["scale"]
    assert "Where" in await ana.says("purple")
    await ana.says("left calf", "no")
    report = ana.report()
    assert report.details.score is None and "purple" in report.details.words
    assert ("soreness_unread", "routine") in ana.tasks()


async def test_a_bare_number_out_of_the_blue_is_asked_about_before_it_counts(patient):
    ana = patient()
    assert "Do you mean that you are 6 out of 10" in await ana.says("6")
    assert ana.reports() == ()
    await ana.says("yes")
    assert ana.report().details.score == 6


async def test_a_bare_number_that_was_meant_otherwise_is_forgotten(patient):
    ana = patient()
    assert "How sore" in await ana.says("6", "no")
    assert ana.reports() == ()


async def test_a_bare_number_answers_a_prompt(patient):
    ana = patient("sms", hours=20, prompt="01prompt")
    assert "Where" in await ana.says("6")
    assert ana.report().details.score == 6


async def test_by_text_there_are_no_buttons_and_each_message_is_short(patient):
    ben = patient("sms", hours=20)
    for text in ("sore", "6", "left calf", "no"):
        await ben.says(text)
        for message in ben.messages:
            assert message["buttons"] == [] and len(message["text"]) <= 306
            assert message["text"].isascii() and "**" not in message["text"] and "](" not in message["text"]
    assert "Saved: 6/10, left calf" in ben.messages[0]["text"]


async def test_free_words_at_the_end_are_kept(patient):
    ana = patient(hours=20)
    await ana.says("3 in my neck", "my therapist said to tell you about the ladder")
    assert "ladder" in ana.report().details.words and ana.report().details.complete


async def test_a_bare_yes_to_anything_else_is_asked_what(patient):
    ana = patient(hours=20)
    assert "What else" in await ana.says("3 in my neck", "yes")
    await ana.says("slept badly")
    assert "trouble sleeping" in ana.report().details.symptoms


async def test_a_report_in_spanish_is_kept_beside_the_words_that_only_english_is_understood(patient):
    ana = patient(hours=30)
    said = await ana.says("me duele un 6 el hombro")
    assert "I only work in English" in said and "left, right or both" in said
    assert ana.report().details.score == 6
    await ana.says("derecho")
    assert [(area.part, area.side) for area in ana.report().details.areas] == [("shoulder", "right")]


async def test_spanish_that_reports_no_score_is_no_report(patient):
    ana = patient(hours=30)
    said = await ana.says("me duele mucho el hombro")
    assert "I only work in English" in said and not ana.reports() and not await ana.form_is_open()


async def test_a_little_swelling_on_day_2_is_told_to_the_clinic_and_growing_swelling_is_a_call_today(patient):
    ana, ben = patient(hours=48), patient(hours=48)
    said = await ana.says("3 in my right shoulder, a little swelling, session 2 days ago")
    assert "Please tell the clinic about this when it suits you" in said
    assert ana.report().details.symptoms == ("swelling",)
    said = await ben.says("3 in my right shoulder, a little swelling since yesterday and it's getting bigger")
    assert "today" in said.lower() and "when it suits you" not in said
