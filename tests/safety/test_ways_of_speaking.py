"""The same words are a warning or none, by how they are said."""

import pytest

from bot.safety import Context, Tier, assess

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
    "what should i do if my chest hurts afterwards",
    "if a spot goes red and hot should i come in",
    "i get seizures, can i have needling",
    "could dry needling affect my breathing",
    "should i breathe in or out when the needle goes in",
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
    "my chest is tight, should i still come in tomorrow",
    "im short of breath, should i wait or come in?",
    "cough and blood, is it ok to have the session",
    "my arm is numb and my face is droopy would needling help",
    "what can i take for this chest pain",
    "can i drive with double vision",
    "will the chest pain go away",
    "i saw the news about the player and my chest feels tight",
]
OVER_OR_LONG_AGO = [
    "i had a stroke 5 years ago",
    "passed out at a blood test as a kid",
    "arm felt numb for ten minutes, gone now",
    "my heart was pounding before the needles but fine now",
    "my wife fainted at hers last year",
    "my friend had a collapsed lung from acupuncture",
    "fainted once in church years ago, never since",
    "fingers tingled on the way home but normal by dinner",
]
NOT_REALLY_OVER = [
    "i had a stroke 5 years ago and now my arm has gone weak and my speech is slurred",
    "the numbness went away but keeps coming back in my hand",
    "chest pain wasnt there before the needling",
    "my groin went numb like at the dentist",
    "i always get headaches but this one is the worst ever",
    "after my run i was fine but now i cant breathe",
    "had a few drinks but my speech is slurred and my arm is weak",
    "i have asthma but my inhaler isnt helping",
    "im epileptic and had a seizure in the car after the appointment",
]
SAID_TO_BE_WELL = [
    "chest is A1, breathing no bother, just the shoulder ache",
    "Breathing's grand, chest is grand, only the usual ache in the arm",
    "swallowing fine, tongue fine, just tired",
]
WELL_ONLY_SOMETIMES = [
    "breathing is fine until i lie down, then i cant breathe",
    "breathing was fine this morning, now i cant get a breath",
    "leg is grand but my chest is tight",
    "my chest is not fine",
]
A_NUMBER_OF_SOMETHING_ELSE = [
    "9/11, easy to remember. about 3pm",
    "9 times out of 10 i forget the exercises",
    "4 but a 10 for the pain of finding a parking space",
    "10 out of 10 for the staff",
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
    "breathed a sigh of relief when it was over",
    "had a lump in my throat, so happy with the result",
    "do i need to take my pants off",
]
NAMED_AND_NOT_HAD = [
    "i take 6 tablets every morning for blood pressure",
    "took two ibuprofen at 10",
    "took ibuprofen 400",
    "i carry an epipen for bee stings",
    "watch straps give me a rash",
    "shivering, your waiting room is freezing",
]


@pytest.mark.parametrize("text", DENIED + ASKED + OVER_OR_LONG_AGO + IDIOMS + NAMED_AND_NOT_HAD)
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


@pytest.mark.parametrize("text", SAID_TO_BE_WELL + A_NUMBER_OF_SOMETHING_ELSE)
def test_a_part_that_is_well_and_a_number_of_something_else_raise_no_alert(text):
    assert not assess(text).is_alert, assess(text)


@pytest.mark.parametrize("text", WELL_ONLY_SOMETIMES)
def test_a_part_that_is_well_only_sometimes_is_not_well(text):
    assert assess(text).tier is Tier.EMERGENCY, assess(text)


@pytest.mark.parametrize(
    "text",
    [
        "my phone wont wake up, can you email me",
        "the dog is wheezing so we are off to the vet",
        "a guy at the gym told me they left a needle in his cousin",
        "my laptop is having a seizure, what time am i in",
    ],
)
def test_a_thing_an_animal_and_hearsay_are_no_patient(text):
    assert not assess(text).is_alert, assess(text)


@pytest.mark.parametrize(
    "text",
    [
        "passed out in my car and wont wake up",
        "my coworker just told me she wants to die",
        "a man told me i collapsed on the pavement",
        "on the phone my dad was slurring his words",
    ],
)
def test_a_patient_beside_a_thing_or_a_teller_is_one(text):
    assert assess(text).is_alert, assess(text)


@pytest.mark.parametrize(
    "text",
    ["mon was a 4, tues 6, today 8", "day 1 was a 3, day 2 a 4, now day 4 and im at 8"],
)
def test_scores_that_rise_by_the_day_are_a_sign_and_falling_ones_are_none(text):
    assert assess(text).tier is Tier.SAME_DAY
    assert not assess("it was 8 monday, 5 tuesday, 3 today").is_alert


@pytest.mark.parametrize(
    "text",
    [
        "theres pink froth when i cough. should i wait til monday to see my gp",
        "can i still come in thurs? ive had chest tightness on and off all day",
        "is a pulse of 140 normal after dry needling? been like it all evening",
    ],
)
def test_asking_whether_to_wait_or_come_takes_nothing_back(text):
    assert assess(text).tier is Tier.EMERGENCY


@pytest.mark.parametrize("score", range(7))
@pytest.mark.parametrize(
    "written", ["{}/10", "{} / 10", "{} out of 10", "{} out of ten", "a {} of 10", "{} over 10"]
)
def test_the_ten_of_a_score_out_of_ten_is_no_score(written, score):
    asked = Context(question="0-10, how sore are you today?")
    assert not assess(written.format(score), asked).is_alert
    assert assess("10/10", asked).is_alert


@pytest.mark.parametrize(
    "text",
    [
        "neck 3, taxes 10",
        "turned 9 patients today and back is only 3",
        "aisle 9, 4 only when i reach",
        "cloud 9, pain 1",
    ],
)
def test_beside_a_low_score_a_number_of_something_else_is_none(text):
    assert not assess(text, Context(question="0-10, how sore are you today?")).is_alert


@pytest.mark.parametrize(
    "text",
    [
        "left 4, right 9",
        "neck 3, back 9",
        "3 in the neck and 9 in the calf",
        "was 3 yesterday, 9 today",
        "9, both knees 2",
    ],
)
def test_beside_a_low_score_a_high_one_of_another_place_or_time_still_counts(text):
    assert assess(text, Context(question="0-10, how sore are you today?")).is_alert


def test_a_score_beside_painkillers_is_no_count_of_tablets():
    for text in ("pain is 3 out of 10 today, tylenol helped", "6 last night, took two tylenol, 3 now"):
        assert not assess(text).is_alert
    assert assess("took 10 tylenol last night").tier is Tier.EMERGENCY


def test_a_number_that_answers_when_is_a_time_and_not_a_score():
    asked = Context(question="When did the soreness start?")
    assert not assess("about 9 last night, few hours after", asked).is_alert
    assert assess("about 9 this morning", Context(question="How sore are you, 0 to 10?")).is_alert


@pytest.mark.parametrize(
    "text",
    [
        "chest pain when i breathe, i went for a run yesterday",
        "coughing up blood i have false teeth",
        "struggling for air sat on the sofa, i did parkrun on saturday with no bother",
        "short of breath. my back pain is gone now",
        "cant breathe properly, never had it before my session",
        "numb between my legs, had surgery years ago",
        "i want to kill myself, lost my dad last year",
        "used to be a nurse, crushing chest pain down my arm",
        "my friend drove me, passed out twice on the way",
        "would you ring me back short of breath here",
        "i read the leaflet and i am numb between my legs",
    ],
)
def test_what_is_said_in_passing_takes_no_emergency_back(text):
    assert assess(text).tier is Tier.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "was laughing so hard at his joke i couldnt breathe",
        "bad cramps in my stomach, its my period",
        "legs are like jelly, did leg day yesterday",
        "i was out of breath when i ran for the bus",
        "had a stroke, years ago",
        "headaches every weekend, can you treat that",
        "would hives be possible, im allergic to nickel",
    ],
)
def test_what_explains_a_sign_in_its_own_statement_still_does(text):
    assert not assess(text).is_alert
