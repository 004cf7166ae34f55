"""Searching sealed words, and filters that say what they do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from bot.records import (
    conversation_queue,
    conversations,
    erasure,
    inbox,
    messages,
    patients,
    reviews,
    search,
    transcripts,
    turns,
)
from bot.records.conversation_queue import Criteria
from bot.records.database import Database
from bot.records.search import SearchWordRow, stems
from bot.staff.filters import read_filter

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def say(
    database: Database, thread: str, words: str, *, minutes: float = 0, patient: str | None = None
) -> None:
    at = NOW + timedelta(minutes=minutes)
    with database.transaction() as session:
        conversations.ensure(session, thread, "web", now=at, patient=patient)
        heard, _ = inbox.receive(session, "web", f"{thread}:{words}", thread, words, now=at, patient=patient)
        messages.append(session, thread, "patient", words, now=at, inbox=heard.id)


def found(database: Database, words: str) -> list[str]:
    with database.transaction() as session:
        search.index_new_lines(session)
    with database.reading() as session:
        return [one.id for one in conversation_queue.page(session, Criteria(words=words))]


def test_a_word_is_found_in_any_of_its_forms_whatever_its_case_and_accents(database: Database) -> None:
    say(database, "a", "My left calf is SWOLLEN and swelling more")
    say(database, "b", "does it hurt", minutes=1)
    assert found(database, "swell") == ["a"]
    assert found(database, "swells") == ["a"]
    assert found(database, "CÁLF") == ["a"]
    assert found(database, "bicycle") == []


def test_all_words_must_be_said_in_a_conversation_by_whichever_side(database: Database) -> None:
    say(database, "a", "calf hurts")
    with database.transaction() as session:
        messages.append(session, "a", "assistant", "Please use a cold pack", now=NOW)
    say(database, "b", "calf is fine", minutes=1)
    assert found(database, "calf cold") == ["a"]
    assert found(database, "calf") == ["b", "a"]


def test_the_index_holds_no_word_that_could_be_read(sqlite_database: Database) -> None:
    say(sqlite_database, "a", "zebra canary")
    found(sqlite_database, "x")
    with sqlite_database.engine.connect() as connection:
        dump = "".join(str(row) for row in connection.execute(text("select * from search_words")))
    assert dump and "zebra" not in dump and "canar" not in dump


def test_erased_words_leave_the_index_too(database: Database) -> None:
    with database.transaction() as session:
        patient = patients.create(session, zone="America/New_York", now=NOW).id
    say(database, "a", "zebra canary", patient=patient)
    assert found(database, "zebra") == ["a"]
    with database.transaction() as session:
        erasure.erase_patient(session, patient, actor="ann", reason="asked for it", now=NOW)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SearchWordRow)) == 0


def test_indexing_again_adds_nothing_and_goes_on_where_it_stopped(database: Database) -> None:
    for number in range(7):
        say(database, f"t{number}", f"number{number} word")
    with database.transaction() as session:
        assert [search.index_new_lines(session, limit=3) for _ in range(4)] == [3, 3, 1, 0]
        assert not search.is_behind(session)
        count = session.scalar(select(func.count()).select_from(SearchWordRow))
    assert found(database, "number6") == ["t6"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SearchWordRow)) == count


def test_a_common_word_is_found_as_a_rare_one_is(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        say(database, f"t{number}", "calf" if number % 2 else "calf hurts", minutes=number)
    rare = {words: found(database, words) for words in ("calf", "calf hurts", "hurts", "swim")}
    monkeypatch.setattr(search, "RARE", 0)
    assert rare["calf hurts"] == ["t4", "t2", "t0"] and len(rare["calf"]) == 6
    assert {words: found(database, words) for words in rare} == rare
    for listed in (0, 100):
        monkeypatch.setattr(search, "LISTED", listed)
        with database.reading() as session:
            counts = {words: conversation_queue.count(session, Criteria(words=words)) for words in rare}
        assert counts == {words: len(ids) for words, ids in rare.items()}


def test_tags_are_offered_once_each_by_name(database: Database) -> None:
    with database.reading() as session:
        assert transcripts.tags_in_use(session) == ()
    for number in range(5):
        say(database, f"t{number}", "calf")
        with database.transaction() as session:
            reviews.tag(session, f"t{number}", f"tag{2 - number % 3}", actor="ann", now=NOW)
    with database.reading() as session:
        assert transcripts.tags_in_use(session) == ("tag0", "tag1", "tag2")
        assert transcripts.tags_in_use(session, 2) == ("tag0", "tag1")


def test_stems_join_forms_and_keep_short_words() -> None:
    assert stems("swimming swims swim") == stems("swim")
    assert stems("needles needle needled") == stems("needle")
    assert stems("it is ok") == {"it", "is", "ok"}


def test_a_conversation_keeps_its_lowest_confidence_and_a_topic_is_found_by_its_bare_name(
    database: Database,
) -> None:
    say(database, "a", "calf")
    for number, confidence in enumerate((0.8, 0.4, None, 0.9)):
        with database.transaction() as session:
            turns.record(session, "a", f"m{number}", now=NOW, confidence=confidence)
            conversations.add_topics(session, "a", ("faq/cost",))
    with database.transaction() as session:
        turns.record(session, "a", "m0", now=NOW, confidence=0.1)  # told of twice: the first one stands
    with database.reading() as session:

        def asked(typed: str) -> list[str]:
            criteria = read_filter(typed, zone="America/New_York").criteria
            return [one.id for one in conversation_queue.page(session, criteria)]

        assert [asked("conf:<0.5"), asked("conf:<0.4"), asked("conf:>=0.4")] == [["a"], [], ["a"]]
        assert [asked("topic:cost"), asked("topic:faq/cost"), asked("topic:costs")] == [["a"], ["a"], []]


def test_next_and_previous_follow_the_list_without_gaps(database: Database) -> None:
    for number in range(9):
        say(database, f"t{number}", "hello", minutes=number // 2)  # several at the same moment
    with database.reading() as session:
        listed = conversation_queue.page(session, Criteria(state="new"))
        walked = [listed[0]]
        while (step := conversation_queue.next_after(session, Criteria(state="new"), walked[-1])) is not None:
            walked.append(step)
        assert walked == list(listed)
        back = [walked[-1]]
        while (step := conversation_queue.previous_to(session, Criteria(state="new"), back[-1])) is not None:
            back.append(step)
        assert back == list(reversed(listed))
        assert (
            conversation_queue.count(session, Criteria(state="new"))
            == 9
            == conversation_queue.count_new(session)
        )


@pytest.mark.parametrize(
    ("typed", "sentence", "criteria"),
    [
        ("", "all conversations", Criteria()),
        ("is:new", "not reviewed yet", Criteria(state="new")),
        ("channel:sms", "by text message", Criteria(channel="sms")),
        ("conf:<0.5", "understood with less than 50 %", Criteria(confidence_below=0.5)),
        ("conf:>=0.9", "understood with 90 % or more", Criteria(confidence_from=0.9)),
        ("has:alert", "with an alert", Criteria(has=("alert",))),
        ("region:lower_back", "with a report of the lower back", Criteria(regions=("lower_back",))),
        ("topic:does_it_hurt", "about does it hurt", Criteria(topics=("does_it_hurt",))),
        ("assigned:me", "assigned to me", Criteria(assigned_to="ann")),
        ("before:2026-11-01", "before 1 November 2026", None),
        ("swelling calf", "saying “swelling”, saying “calf”", Criteria(words="swelling calf")),
        ("colour:red", "“colour:red” is not a filter", Criteria()),
        ("conf:low", "“conf:low” is not a filter", Criteria()),
        ("before:yesterday", "“before:yesterday” is not a filter", Criteria()),
    ],
)  # fmt: skip
def test_every_filter_has_a_sentence(typed: str, sentence: str, criteria: Criteria | None) -> None:
    read = read_filter(typed, zone="America/New_York", me="ann")
    assert read.sentence == sentence
    assert criteria is None or read.criteria == criteria


def test_taking_a_filter_away_leaves_the_others() -> None:
    read = read_filter('is:new channel:sms "sore calf"', zone="America/New_York")
    assert read.without(read.terms[1]) == 'is:new "sore calf"'
    assert read_filter(read.typed, zone="America/New_York") == read


def test_every_filter_runs_on_both_databases(database: Database) -> None:
    say(database, "a", "calf")
    with database.transaction() as session:
        search.index_new_lines(session)
    for typed in (
        "is:new", "is:reviewed", "channel:web", "patient:x", "topic:x", "tag:x", "region:calf", "has:alert", "has:note",
        "has:report",
        "assigned:me", "conf:<0.5", "conf:>=0.5", "before:2026-11-01", "since:2026-11-01", "on:2026-11-20", "calf",
    ):  # fmt: skip
        criteria = read_filter(typed, zone="America/New_York", me="ann").criteria
        with database.reading() as session:
            listed = conversation_queue.page(session, criteria)
            assert conversation_queue.count(session, criteria) == len(listed)
