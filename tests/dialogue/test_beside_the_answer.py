"""What patients say beside the answer that was asked for: it is answered, or taken, and the form goes on."""

from __future__ import annotations


async def test_a_report_that_asks_whether_that_is_normal_is_taken_and_answered(patient):
    ana = patient(hours=20)
    said = await ana.says("6 in my neck, is that normal?")
    assert ana.messages[0]["custom"]["topic"] == "soreness_normal"
    assert "Anything else" in said
    assert (ana.report().details.score, ana.report().details.areas[0].part) == (6, "neck")


async def test_whoever_asks_what_a_question_is_for_is_told_and_asked_again(patient):
    ana = patient()
    said = await ana.says("im sore", "why do you ask?")
    assert "You do not have to answer" in said and "How sore" in said
    assert await ana.slot("score") is None


async def test_a_score_that_was_skipped_and_is_told_later_is_taken(patient):
    ana = patient(hours=20)
    assert "Where" in await ana.says("im sore", "dunno", "like a 5 maybe")
    assert ana.report().details.score == 5


async def test_going_on_after_a_bare_number_says_that_it_was_a_score(patient):
    ana = patient(hours=20)
    assert "Anything else" in await ana.says("4", "neck")
    assert (ana.report().details.score, ana.report().details.areas[0].part) == (4, "neck")


async def test_the_answer_itself_goes_on_with_a_report_that_was_offered(patient):
    ana = patient(hours=20)
    await ana.says("im sore", "9")
    assert "Anything else" in await ana.says("neck")
    assert (ana.report().details.score, ana.report().details.areas[0].part) == (9, "neck")


async def test_where_the_needles_went_is_no_question(patient):
    ana = patient(hours=20)
    said = await ana.says("im sore", "3", "where the needles went")
    assert "did not get the place" in said and len(ana.messages) == 1


async def test_in_the_middle_is_that_ok_is_answered_and_the_question_comes_again(patient):
    ana = patient(hours=20)
    said = await ana.says("5 in my neck", "is that ok?")
    assert ana.messages[0]["custom"]["topic"] == "soreness_normal" and "Anything else" in said
    assert await ana.form_is_open()


async def test_nothing_is_an_answer_and_no_complaint(patient):
    ana = patient(hours=20)
    assert "Saved" in await ana.says("5 in my neck", "nothing")


async def test_it_depends_is_asked_back_and_not_looked_up(patient):
    ana = patient(hours=20)
    assert "did not get the number" in await ana.says("im sore", "it depends")
    assert ana.kinds() == ["scale"]


async def test_a_bare_number_corrects_the_report_that_was_just_read_back(patient):
    ana = patient(hours=20)
    assert "Changed: 4 out of 10" in await ana.says("3 in my neck", "no", "4 actually")


async def test_a_wish_for_a_person_beside_a_report_is_not_lost(patient):
    ana = patient(hours=20)
    said = await ana.says("2/10 soreness in my neck, can I talk to a person please")
    assert "call" in said.lower() and "555-0143" in said
    assert ana.report().details.score == 2


async def test_in_the_middle_whether_something_is_ok_to_do_is_a_question_of_its_own(patient):
    ana = patient(hours=20)
    await ana.says("5 in my neck", "is it ok to take a shower tonight?")
    assert ana.messages[0]["custom"]["topic"] == "aftercare_shower"
    assert await ana.form_is_open()
