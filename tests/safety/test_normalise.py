"""However the letters come, the words are read, and their place in the original is kept."""

import pytest

from bot.safety import Tier, assess
from bot.safety.judge import rules
from bot.safety.normalise import fold

LEXICON, _ = rules()


@pytest.mark.parametrize(
    "written",
    [
        "CANT BREATHE",
        "can’t breathe",
        "cant breeeeathe",
        "cnt brethe",
        "cantbreathe",
        "ｃａｎｔ ｂｒｅａｔｈｅ",
        "саnt brеаthe",  # Cyrillic letters among them
        "c\u0301a\u0300nt b\u0308reathe",
        "can\u200bt brea\u200dthe",
        "can not breathe",
        "🫁 cant breathe 😭😭",
        "cant br3athe",
    ],
)
def test_a_cry_for_air_is_read_in_any_spelling(written):
    assert assess(written).tier is Tier.EMERGENCY


def test_the_patients_own_words_are_kept_exactly():
    text = "Hi! 😊 So… I CAN\u2019T  breéathe  properly, help"
    for sign in assess(text).signs:
        assert sign.words == text[sign.start : sign.end]
    assert "CAN\u2019T" in assess(text).signs[0].words


def test_every_folded_character_knows_where_it_came_from():
    folded, origins = fold("Ünïcode ﬁne\u200b 🩸")
    assert len(folded) == len(origins)
    assert origins == sorted(origins)


@pytest.mark.parametrize("written", ["my heart's racing", "my breathing's bad", "dad's chest's hurting"])
def test_a_short_is_after_a_symptom_is_read(written):
    assert assess(written).tier is Tier.EMERGENCY


@pytest.mark.parametrize(
    ("written", "meant"),
    [("haed", "head"), ("neelded", "needled"), ("adn", "and"), ("cehst", "chest"), ("woludnt", "wont")],
)
def test_letters_in_the_wrong_order_are_put_right_first(written, meant):
    assert LEXICON.understand(written).words == (meant,)


def test_a_slip_that_may_mean_several_words_is_read_as_each_of_them():
    understood = LEXICON.understand("chet")
    assert "chest" in (*understood.words, *understood.others)


@pytest.mark.parametrize("word", ["chess", "breast", "thumb", "number", "heath", "beard", "painting"])
def test_a_real_word_is_not_corrected_into_a_warning_word(word):
    assert LEXICON.understand(word).words == (word,)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("dizzyness", "dizziness"),
        ("swoln", "swollen"),
        ("numbnes", "numbness"),
        ("unconcious", "unconscious"),
    ],
)
def test_a_slip_is_forgiven(written, meant):
    assert LEXICON.understand(written)[0] == (meant,)


def test_a_corrected_word_makes_the_assessment_less_sure():
    assert (
        assess("numbnes in my hand since monday").confidence
        < assess("numbness in my hand since monday").confidence
    )


def test_the_list_of_real_words_is_the_dictionarys():
    from bot.safety.real_words import common_words
    from bot.safety.spelling import REAL_WORDS

    assert REAL_WORDS.read_text(encoding="utf-8").split() == common_words()
