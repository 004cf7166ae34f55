"""The lines of a conversation: a cursor that never misses one, whoever writes at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import NoResultFound

from bot.records import conversations, messages, reviews, tracker, turns, unanswered
from bot.records.database import Database
from bot.records.rows import sealed_values
from bot.records.tracker import TrackerEventRow
from tests.records.scenario import NOW


@pytest.fixture
def thread(database: Database) -> str:
    with database.transaction() as session:
        conversations.ensure(session, "thread", "web", now=NOW)
    return "thread"


def test_a_reader_gets_what_came_after_its_cursor(database: Database, thread: str) -> None:
    with database.transaction() as session:
        for text in ("hello", "hi there", "bye"):
            messages.append(session, thread, "assistant", text, now=NOW)
    with database.reading() as session:
        assert [line.text for line in messages.after(session, thread, 1)] == ["hi there", "bye"]
        assert messages.after(session, thread, 3) == ()
        assert messages.after(session, "another", 0) == ()


def test_buttons_and_sources_come_back_as_they_were(database: Database, thread: str) -> None:
    payload = {"buttons": [{"title": "Sí", "payload": "/faq/soreness"}], "custom": {"kind": "answer"}}
    with database.transaction() as session:
        messages.append(
            session, thread, "assistant", "x", now=NOW, payload=payload, answer="utter_faq/soreness"
        )
    with database.reading() as session:
        (line,) = messages.after(session, thread)
    assert (line.payload, line.answer) == (payload, "utter_faq/soreness")


def test_a_reply_written_again_is_there_once(database: Database, thread: str) -> None:
    with database.transaction() as session:
        first = messages.append(session, thread, "assistant", "six", now=NOW, key="reply:1:0")
    with database.transaction() as session:
        assert messages.append(session, thread, "assistant", "six", now=NOW, key="reply:1:0") == first
        assert len(messages.after(session, thread)) == 1


def test_an_unknown_conversation_takes_no_line(database: Database) -> None:
    with pytest.raises(NoResultFound), database.transaction() as session:
        messages.append(session, "nobody", "assistant", "x", now=NOW)


def test_positions_have_no_gap_and_no_reader_misses_a_line_while_eight_write(
    database: Database, thread: str
) -> None:
    seen: list[int] = []
    finished = threading.Event()

    def write(number: int) -> None:
        for count in range(10):
            with database.transaction() as session:
                messages.append(session, thread, "assistant", f"{number}/{count}", now=NOW)

    def follow() -> None:
        last_round = False
        while not last_round:
            last_round = finished.is_set()
            with database.reading() as session:
                seen.extend(
                    line.position for line in messages.after(session, thread, seen[-1] if seen else 0)
                )

    reader = threading.Thread(target=follow)
    writers = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for one in (reader, *writers):
        one.start()
    for one in writers:
        one.join()
    finished.set()
    reader.join()
    assert seen == list(range(1, 81))


def test_a_message_has_one_turn_however_often_it_is_recorded(database: Database, thread: str) -> None:
    with database.transaction() as session:
        assert turns.record(
            session, thread, "m1", now=NOW, intent="faq", confidence=0.9, topics=("soreness",)
        )
        assert not turns.record(session, thread, "m1", now=NOW, intent="other")
        found = turns.by_message(session, "m1")
    assert found and (found.intent, found.topics) == ("faq", ["soreness"])


def test_the_tracker_store_reads_back_the_last_events_in_order(database: Database) -> None:
    events = [
        {"event": "user", "text": f"text {n}", "parse_data": {"intent": {"name": "faq"}}} for n in range(9)
    ]
    with database.transaction() as session:
        assert tracker.append_events(session, "thread", events[:5], now=NOW) == 5
        assert tracker.append_events(session, "thread", [], now=NOW) == 5
        assert tracker.append_events(session, "thread", events[5:], now=NOW) == 9
    with database.reading() as session:
        assert tracker.read_events(session, "thread") == events
        assert tracker.read_events(session, "thread", 3) == events[-3:]
        assert tracker.read_events(session, "nobody") == []
        assert tracker.conversation_ids(session) == ["thread"]


def test_topics_and_tags_count_once(database: Database, thread: str) -> None:
    with database.transaction() as session:
        conversations.add_topics(session, thread, ("soreness", "cost", "soreness"))
        conversations.add_topics(session, thread, ("cost",))
        assert conversations.topics(session, thread) == ("cost", "soreness")
        assert reviews.tag(session, thread, "follow up", actor="ann", now=NOW)
        assert not reviews.tag(session, thread, "follow up", actor="ben", now=NOW)
        reviews.untag(session, thread, "follow up")
        assert reviews.tags(session, thread) == ()


def test_a_review_and_its_undoing_both_stay(database: Database, thread: str) -> None:
    with database.transaction() as session:
        reviews.mark_reviewed(session, thread, actor="ann", now=NOW)
        reviews.undo_review(session, thread, actor="ann", now=NOW)
        assert [act.kind for act in reviews.history(session, thread)] == ["reviewed", "undone"]
        found = conversations.get(session, thread)
    assert found and found.reviewed_at is None


def test_a_conversation_is_reviewed_once_and_whoever_was_slower_hears_it(
    database: Database, thread: str
) -> None:
    at_once = threading.Barrier(2)

    def review(actor: str) -> bool:
        at_once.wait()
        with database.transaction() as session:
            return reviews.mark_reviewed(session, thread, actor=actor, now=NOW)

    with ThreadPoolExecutor(2) as people:
        done = dict(zip(("ann", "ben"), people.map(review, ("ann", "ben")), strict=True))
    assert sorted(done.values()) == [False, True]
    with database.reading() as session:
        (act,) = reviews.history(session, thread)
        assert done[act.actor] and reviews.reviewer(session, thread) == act.actor


def test_an_unanswered_question_waits_until_staff_settle_it(database: Database, thread: str) -> None:
    with database.transaction() as session:
        assert unanswered.note(session, thread, "m1", "can I go scuba diving", now=NOW)
        assert not unanswered.note(session, thread, "m1", "can I go scuba diving", now=NOW)
        (question,) = unanswered.waiting(session)
        unanswered.settle(session, question.id, "answered", actor="ann", now=NOW, topic="faq/swimming")
        assert unanswered.waiting(session) == ()


def test_events_kept_one_by_one_by_earlier_versions_are_read_with_those_of_today(database: Database) -> None:
    events = [{"event": "user", "text": f"text {n}"} for n in range(9)]
    with database.transaction() as session:
        for number, event in enumerate(events[:4]):
            row = {"conversation_id": "thread", "sequence": number, "type": "user", "data": event, "at": NOW}
            session.execute(insert(TrackerEventRow), sealed_values(session, TrackerEventRow, row))
        assert tracker.append_events(session, "thread", events[4:], now=NOW) == 9
    with database.reading() as session:
        assert tracker.read_events(session, "thread") == events
        for last in range(1, 9):
            assert tracker.read_events(session, "thread", last) == events[-last:]
