"""The same words are a warning or none, by how they are said."""

import pytest

from bot.safety import Tier, assess

DENIED = [
    "no chest pain",
    "no chest pain, no trouble breathing, just sore",
    "havent had any numbness",
    "i dont have a fever",
    "no fever, chills or redness",
    "chest pain? no",
    "not suicidal, just fed up with my boss",
    "bruised but no swelling, no numbness and no fever",
]
STANDS_BESIDE_A_DENIAL = [
    "no chest pain but i cant take a deep breath",
    "no i cant breathe properly",
    "not sure if it matters but my chest is tight",
    "dont want to be a bother but im struggling to breathe",
    "no better, chest still hurts",
    "i havent slept, my chest hurts so much",
    "never had chest pain like this before",
]
ASKED = [
    "can it collapse a lung?",
    "what if i faint during it",
    "should i worry about a stroke?",
    "how likely is nerve damage and numbness",
    "is fainting a common side effect?",
    "what are the signs of an infection with pus",
    "im scared ill pass out",
    "saw on the news a player's lung collapsed",
]
ASKED_ABOUT_SOMETHING_REAL = [
    "is it bad that i still cant catch my breath?",
    "can it cause chest pain? ive had it since tuesday",
    "should i be worried that my chest feels tight",
    "is it normal my chest hurts when i breathe in",
    "could this be a heart attack?",
    "chest pain, is that common?",
    "can you help my chest hurts",
    "can you get me help dad has collapsed and wont wake up",
    "what are the signs of a collapsed lung because i cant breathe",
]
OVER_OR_LONG_AGO = [
    "i had a stroke 5 years ago",
    "passed out at a blood test as a kid",
    "arm felt numb for ten minutes, gone now",
    "my heart was pounding before the needles but fine now",
    "my wife fainted at hers last year",
    "my friend had a collapsed lung from acupuncture",
]
NOT_REALLY_OVER = [
    "i had a stroke 5 years ago and now my arm has gone weak and my speech is slurred",
    "the numbness went away but keeps coming back in my hand",
    "chest pain wasnt there before the needling",
]
IDIOMS = [
    "it took my breath away how quickly it worked",
    "my back is killing me",
    "dying to try it",
    "the bill nearly gave me a heart attack",
    "need to get this off my chest, your parking is awful",
    "peed myself laughing",
    "passed out on the sofa by nine",
    "shoot me a text",
]


@pytest.mark.parametrize("text", DENIED + ASKED + OVER_OR_LONG_AGO + IDIOMS)
def test_no_alert_is_raised_for_what_is_denied_asked_over_or_an_idiom(text):
    assert not assess(text).is_alert, assess(text).signs


@pytest.mark.parametrize("text", STANDS_BESIDE_A_DENIAL + ASKED_ABOUT_SOMETHING_REAL)
def test_a_real_sign_stands_beside_denials_and_inside_questions(text):
    assert assess(text).tier is Tier.EMERGENCY, assess(text)


@pytest.mark.parametrize("text", NOT_REALLY_OVER)
def test_what_is_not_really_over_still_counts(text):
    assert assess(text).is_alert


@pytest.mark.parametrize(
    "cause", ["probably wind", "just anxiety i think", "must have slept funny", "its only a cold"]
)
def test_an_emergency_is_one_whatever_the_patient_thinks_caused_it(cause):
    assert assess(f"cant get a full breath, {cause}").tier is Tier.EMERGENCY


def test_somebody_close_in_the_present_counts_as_the_patient_does():
    assert assess("my mum cant breathe").tier is Tier.EMERGENCY
    assert assess("hes slurring his words").tier is Tier.EMERGENCY
