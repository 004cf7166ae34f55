import pytest

from tests.reading.tables import read, table

ROWS = table("symptoms.yml")


def test_the_table_holds_at_least_100_symptom_phrases():
    assert len(ROWS) >= 100


@pytest.mark.parametrize(("asked", "text", "wanted"), ROWS)
def test_symptoms_and_denied_symptoms_are_read_as_the_table_says(asked, text, wanted):
    reading = read(text, asked)
    found = {one.value for one in reading.other_symptoms} | {
        f"not {one.value}" for one in reading.negated_symptoms
    }
    assert found == (set() if wanted == "-" else set(wanted.split(", ")))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("not too bad", "mild"), ("bit sore", "mild"), ("in agony", "severe"), ("pretty sore", "moderate"),
        ("sore", None),
        ("bit of a bruise", None), ("meh", None), ("killing me", "severe"), ("hardly sore", "mild"),
        ("so so", "moderate"),
    ],
)  # fmt: skip
def test_a_severity_word_is_kept_without_inventing_a_number(text, word):
    reading = read(text)
    assert reading.score is None
    assert (reading.severity_word.value if reading.severity_word else None) == word


@pytest.mark.parametrize(
    ("text", "trend"),
    [
        ("much better", "better"), ("getting worse", "worse"), ("about the same", "same"),
        ("not getting any better", "same"),
        ("no change", "same"), ("8 on monday, 3 now", "better"), ("was a 3 now a 5", "worse"),
        ("worse when i sit", None),
        ("heat makes it better", None), ("will it get better?", None), ("same day", None),
        ("not as sore as yesterday", "better"),
        ("easing off", "better"), ("it was easing but came back", "worse"), ("all gone", "better"),
    ],
)  # fmt: skip
def test_the_trend_is_how_it_moves_and_not_what_it_depends_on(text, trend):
    reading = read(text)
    assert (reading.trend.value if reading.trend else None) == trend


@pytest.mark.parametrize(("asked", "text", "trend"), table("trends.yml"))
def test_the_trend_is_read_as_the_table_says(asked, text, trend):
    reading = read(text, asked)
    assert (reading.trend.value if reading.trend else None) == trend
