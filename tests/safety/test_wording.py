"""The fixed words: number first, short, plain, honest."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.safety import Assessment, SignFound, Tier, assess, urgent_text
from bot.safety.judge import rules
from bot.safety.wording import WORDING, group_of, is_open, wording
from bot.settings import load_settings

CLINIC = load_settings().clinic
_, SIGNS = rules()
GSM_7 = set(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà\n\r"
)
ZONE = ZoneInfo("America/New_York")


def _assessment(*signs: str) -> Assessment:
    found = [sign for sign in SIGNS if sign.name in signs]
    tier = max((sign.tier for sign in found), key=lambda tier: tier.urgency)
    return Assessment(tier, tuple(SignFound(sign.name, sign.tier, 0, 1, "x") for sign in found), 1.0)


ALL = [_assessment(sign.name) for sign in SIGNS] + [_assessment("self_harm", "overdose")]


@pytest.mark.parametrize("assessment", ALL, ids=group_of)
def test_a_text_names_a_number_within_its_first_60_characters(assessment):
    text = urgent_text(assessment, "sms", CLINIC)
    numbers = ("911", "988", "(800) 222-1222", "(202) 555-0143", "pregnancy care team")
    assert any(number in text[:60] for number in numbers), text


@pytest.mark.parametrize("assessment", ALL, ids=group_of)
@pytest.mark.parametrize("now", [None, datetime(2026, 11, 22, 3, tzinfo=ZONE)], ids=["any time", "closed"])
def test_a_text_is_at_most_two_gsm_7_segments(assessment, now):
    text = urgent_text(assessment, "sms", CLINIC, now)
    assert set(text) <= GSM_7
    assert len(text) <= 2 * 153


@pytest.mark.parametrize("assessment", ALL, ids=group_of)
def test_the_words_are_two_sentences_at_reading_grade_five(assessment):
    text = urgent_text(assessment, "sms", CLINIC)
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", text) if part]
    assert len(sentences) <= 2
    assert _grade(text, len(sentences)) <= 5.0, (round(_grade(text, len(sentences)), 1), text)


@pytest.mark.parametrize("assessment", ALL, ids=group_of)
@pytest.mark.parametrize("channel", ["web", "sms"])
def test_they_say_what_is_speaking_and_never_that_somebody_watches(assessment, channel):
    text = urgent_text(assessment, channel, CLINIC).lower()
    assert "automated assistant" in text
    assert not re.search(
        r"\b(watching|monitor|we are looking|a nurse is|someone will|we will call|normal)\b", text
    )


@pytest.mark.parametrize("assessment", ALL, ids=group_of)
def test_numbers_on_the_web_are_links_that_dial(assessment):
    assert re.search(r"\[[^\]]+\]\(tel:\+?\d+\)", urgent_text(assessment, "web", CLINIC))


def test_emergencies_name_the_emergency_number_of_the_clinics_country():
    text = urgent_text(assess("I cant breathe"), "web", CLINIC)
    assert text.startswith("Call [911](tel:911) now")


def test_self_harm_is_answered_with_the_crisis_line_kindly_and_without_education():
    text = urgent_text(assess("i want to end my life"), "sms", CLINIC)
    assert text.startswith("Call or text 988 now")
    assert "911" in text
    assert "needl" not in text


def test_a_crisis_line_without_texts_is_not_offered_for_texts():
    calls_only = CLINIC.model_copy(
        update={"emergency": CLINIC.emergency.model_copy(update={"crisis_line_takes_texts": False})}
    )
    assert "or text" not in urgent_text(assess("i want to end my life"), "sms", calls_only)


def test_an_overdose_on_purpose_is_an_emergency_first():
    text = urgent_text(_assessment("self_harm", "overdose"), "sms", CLINIC)
    assert text.startswith("Call 911 now") and "988" in text


def test_the_most_urgent_sign_chooses_the_words():
    assert group_of(_assessment("rash", "stroke")) == "stroke"


def test_outside_hours_the_words_say_that_the_clinic_is_closed():
    sunday, monday = datetime(2026, 11, 22, 11, tzinfo=ZONE), datetime(2026, 11, 23, 11, tzinfo=ZONE)
    infection = _assessment("infection")
    assert "We are closed now" in urgent_text(infection, "sms", CLINIC, sunday)
    assert "If we are closed" in urgent_text(infection, "sms", CLINIC, monday)
    assert is_open(CLINIC, monday) and not is_open(CLINIC, sunday)


def test_there_are_no_urgent_words_when_nothing_was_found():
    with pytest.raises(ValueError, match="no sign"):
        urgent_text(assess("hello"), "web", CLINIC)


def test_every_group_of_words_is_used_by_a_sign():
    assert set(wording()) == {sign.words for sign in SIGNS} | {"overdose_on_purpose"}


def test_a_same_day_text_says_what_would_make_it_an_emergency():
    same_day = [sign for sign in SIGNS if sign.tier is Tier.SAME_DAY]
    assert same_day
    for sign in same_day:
        assert "911" in urgent_text(_assessment(sign.name), "sms", CLINIC), sign.name


def test_every_text_names_the_rows_of_the_fact_sheet_that_it_speaks_for():
    rows = {
        group: entry["rows"]
        for group, entry in yaml.safe_load(WORDING.read_text(encoding="utf-8"))["groups"].items()
    }
    assert all(sign.row in rows[sign.words] for sign in SIGNS)
    assert all(1 <= row <= 30 for named in rows.values() for row in named)


@pytest.mark.parametrize("assessment", ALL, ids=group_of)
def test_no_text_names_what_the_fact_sheet_has_no_row_for(assessment):
    assert not re.search(r"epipen|sips|your back", urgent_text(assessment, "sms", CLINIC), re.IGNORECASE)


def _grade(text: str, sentences: int) -> float:
    """Flesch-Kincaid grade; the fixed phrase and numbers aside, as docs/clinical-facts.md part 23 allows."""
    words = re.findall(r"[A-Za-z']+", text.replace("automated assistant", "robot"))
    syllables = sum(
        max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$|es$|ed$", "", word.lower())))) for word in words
    )
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
