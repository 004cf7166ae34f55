"""A short answer in the middle of a form means what the question makes it mean."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.safety import Context, Tier, assess

E, S, NONE = Tier.EMERGENCY, Tier.SAME_DAY, Tier.NONE


@pytest.mark.parametrize(
    ("question", "answer", "tier"),
    [
        ("Where are you sore?", "chest, 9", E),
        ("Where are you sore?", "chest 2", NONE),
        ("Where are you sore?", "left shoulder", NONE),
        ("Any trouble breathing?", "yes", E),
        ("Any trouble breathing?", "a bit since last night", E),
        ("Any trouble breathing?", "no", NONE),
        ("Any numbness that stays?", "yeah in my hand", S),
        ("Any trouble breathing?", "yes, a lot more when i lie flat or go up to bed at night", E),
        ("Any trouble breathing?", "yeah it's fine thanks, just a stiff neck and a bit tired", NONE),
        ("Are you short of breath?", "no", NONE),
        ("Are you short of breath?", "yes", E),
        ("Are you able to pass urine as usual?", "no", E),
        ("Are you able to pass urine as usual?", "yes, but it hurts and I can't go", E),
        ("Are you able to pass urine as usual?", "yes I'm fine", NONE),
        ("Is your breathing ok?", "no", E),
        ("Is your breathing ok?", "yes", NONE),
        ("Can you move your hand normally?", "no", E),
        ("Where do you feel numb?", "between my legs", E),
        ("Is the soreness easing?", "yes", NONE),
        ("When was your last session?", "3 days ago", NONE),
        ("Would you like to read about chest pain and other warning signs?", "yes", NONE),
        ("On a scale of 0 to 10, how sore are you?", "5", NONE),
        ("On a scale of 0 to 10, how sore are you?", "10", S),
        ("On a scale of 0 to 10, how sore are you?", "6 but im more worried about my breathing", E),
    ],
)
def test_question_and_answer_are_judged_together(question, answer, tier):
    found = assess(answer, Context(question=question))
    assert found.tier is tier, found.signs


def test_the_words_found_are_the_patients_and_not_the_questions():
    (sign, *_) = assess("yes", Context(question="Any trouble breathing?")).signs
    assert (sign.start, sign.end, sign.words) == (0, 3, "yes")


def test_a_seven_is_for_the_same_day_only_when_it_should_have_eased():
    now = datetime(2026, 11, 20, 15, tzinfo=UTC)
    question = "On a scale of 0 to 10, how sore are you?"
    early = Context(question=question, session_at=now - timedelta(hours=20), now=now)
    late = Context(question=question, session_at=now - timedelta(hours=60), now=now)
    assert assess("7", early).tier is NONE
    assert assess("7", late).tier is S


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("temp of 39", S),
        ("102F since last night", S),
        ("temp is 36.8", NONE),
        ("9 on day 4", S),
        ("took 14 paracetamol", E),
        ("took 2 paracetamol", NONE),
        ("bleeding for 25 minutes", E),
        ("im 24 weeks and bleeding", E),
    ],
)
def test_numbers_mean_what_their_unit_makes_them_mean(text, tier):
    assert assess(text).tier is tier, assess(text).signs
