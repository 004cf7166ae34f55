"""Whatever comes in the middle of a report: a question is answered, a warning sign goes first, and nothing is lost."""

from __future__ import annotations

import pytest

# Each leads to one question of the form.
UNTIL = {
    "score": ["im sore"],
    "where": ["im sore", "4"],
    "when": ["im sore", "4", "left calf"],
    "anything_else": ["im sore", "4", "left calf", "yesterday"],
}
ASKS = {"score": "How sore", "where": "Where", "when": "When was", "anything_else": "Anything else"}
EMERGENCY = "i cant catch my breath"
SAME_DAY = "the spot is hot and red and theres pus coming out"
LOOKS_LIKE = "can dry needling collapse a lung?"
IDIOM = "the price took my breath away"


@pytest.mark.parametrize("slot", UNTIL)
async def test_a_question_is_answered_and_then_the_form_asks_again(patient, slot):
    ana = patient()
    await ana.says(*UNTIL[slot])
    said = await ana.says("can I shower after the session?")
    assert ana.messages[0]["custom"]["topic"] == "aftercare_shower"
    assert ASKS[slot] in said and await ana.form_is_open()


@pytest.mark.parametrize("slot", UNTIL)
async def test_an_emergency_goes_first_and_closes_the_form(patient, slot):
    ana = patient()
    await ana.says(*UNTIL[slot])
    said = await ana.says(EMERGENCY)
    assert ana.kinds() == ["urgent"] and "911" in said
    assert ana.messages[0]["custom"]["tier"] == "emergency"
    assert not await ana.form_is_open()


@pytest.mark.parametrize("slot", ["score", "where", "when"])
async def test_a_same_day_sign_goes_first_and_then_the_report_is_offered(patient, slot):
    ana = patient()
    await ana.says(*UNTIL[slot])
    said = await ana.says(SAME_DAY)
    assert ana.kinds()[0] == "urgent" and ana.messages[0]["custom"]["tier"] == "same_day"
    assert "go on with it now" in said and not await ana.form_is_open()
    assert ASKS[slot] in await ana.says("yes")


async def test_a_same_day_sign_as_the_last_answer_goes_first_and_the_report_is_saved(patient):
    ana = patient()
    said = await ana.says(*UNTIL["anything_else"], SAME_DAY)
    assert ana.kinds()[0] == "urgent" and "Saved: 4 out of 10" in said
    assert ana.report().details.complete and "discharge" in ana.report().details.symptoms


@pytest.mark.parametrize("slot", UNTIL)
@pytest.mark.parametrize("text", [LOOKS_LIKE, IDIOM])
async def test_a_look_alike_is_no_alarm(patient, slot, text):
    ana = patient()
    await ana.says(*UNTIL[slot])
    await ana.says(text)
    assert "urgent" not in ana.kinds()


@pytest.mark.parametrize("slot", UNTIL)
async def test_thoughts_of_self_harm_get_their_own_words_and_nothing_else(patient, slot):
    ana = patient()
    await ana.says(*UNTIL[slot])
    said = await ana.says("i want to kill myself")
    assert ana.kinds() == ["urgent"] and "988" in said and "report" not in said


async def test_after_an_emergency_the_form_never_goes_on_by_itself_but_is_offered_later(patient):
    ana = patient()
    await ana.says("im sore", "4", EMERGENCY)
    assert "Where" not in await ana.says("ok")
    assert "go on with it now" in await ana.says("hello")
    assert "Where" in await ana.says("yes")
    assert ana.report().details.score == 4


async def test_what_a_same_day_message_reports_is_kept(patient):
    ana = patient(hours=20)
    await ana.says("its a 5 in my left calf and the spot is hot and red with pus")
    assert ana.kinds()[0] == "urgent"
    assert (ana.report().details.score, ana.report().details.areas[0].part) == (5, "calf")


async def test_a_high_score_gets_the_urgent_words_first_and_goes_on_with_a_yes(patient):
    ana = patient(hours=20)
    said = await ana.says("im sore", "9")
    assert ana.kinds()[0] == "urgent" and "9 out of 10" in said
    await ana.says("yes", "neck", "no")
    assert ana.report().details.complete and "Please call the clinic today" in ana.messages[-1]["text"]


async def test_an_answer_with_a_question_is_taken_and_answered(patient):
    ana = patient()
    await ana.says("neck 4")
    said = await ana.says("2 days ago, and can I shower?")
    assert ana.messages[0]["custom"]["topic"] == "aftercare_shower"
    assert "Anything else" in said


async def test_an_answer_after_urgent_words_is_no_answer_to_them(patient):
    ana = patient()
    await ana.says(EMERGENCY)
    await ana.says("just a little red mark where the needle was")
    assert "urgent" not in ana.kinds()


async def test_thanks_in_the_middle_does_not_lose_the_form(patient):
    ana = patient()
    said = await ana.says("im sore", "4", "thanks")
    assert "Where" in said and await ana.form_is_open()
