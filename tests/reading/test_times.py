from datetime import UTC, datetime

import pytest

from bot.reading import read_report
from tests.reading.tables import NOW, ZONE, read, table

ROWS = table("times.yml")


def told(text, asked):
    reading = read(text, asked)
    found = [
        (f"{role} {when.words}", when.at)
        for role, when in (("session", reading.session), ("onset", reading.onset))
        if when
    ]
    return found + ([(f"lasted {reading.duration.value}", None)] if reading.duration else [])


def test_the_table_holds_at_least_100_times():
    assert len(ROWS) >= 100


@pytest.mark.parametrize(("asked", "text", "wanted"), ROWS)
def test_the_time_is_read_as_the_table_says(asked, text, wanted):
    found = told(text, asked)
    expected = [] if wanted == "-" else [one.partition(" = ")[::2] for one in wanted.split("; ")]
    assert [words for words, _ in found] == [words for words, _ in expected]
    for (_, at), (_, moment) in zip(found, expected, strict=True):
        if moment:
            assert at.isoformat()[: len(moment)] == moment


def test_a_time_is_told_in_the_patients_zone():
    reading = read_report("yesterday at 3pm", "session", now=NOW, zone="Australia/Sydney")
    assert reading.session.at.isoformat() == "2026-11-20T15:00:00+11:00"


def test_a_slashed_date_follows_the_zone_and_an_impossible_one_is_turned_round():
    def day(text, zone):
        return read_report(text, "session", now=NOW, zone=zone).session.at.date().isoformat()

    assert day("11/10/2026", "America/New_York") == "2026-11-10"
    assert day("11/10/2026", "Europe/London") == "2026-10-11"
    assert day("14/11/2026", "America/New_York") == "2026-11-14"


def test_the_next_morning_counts_from_the_known_session():
    session_at = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
    reading = read_report("it came on the next morning", now=NOW, zone=ZONE, session_at=session_at)
    assert reading.onset.at.isoformat()[:16] == "2026-11-19T09:00"


def test_no_time_lies_in_the_future():
    for asked, text, _ in ROWS:
        reading = read(text, asked)
        assert all(when.at is None or when.at <= NOW for when in (reading.session, reading.onset) if when), (
            text
        )


def test_a_naive_now_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        read_report("6", now=datetime(2026, 11, 20), zone=ZONE)
