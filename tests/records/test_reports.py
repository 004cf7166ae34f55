"""Soreness reports: one a message, corrected without forgetting, taken back without vanishing."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.records import conversations, patients, reports, visits
from bot.records.database import Database
from bot.records.report_rows import ReportChangeRow
from bot.records.reports import Area, Details
from bot.records.rows import AppendOnlyError, value_of
from tests.records.scenario import NOW

SORE = Details(
    score=4,
    areas=(Area("neck", None, 4, "45048000"), Area("shoulder", "left", 2)),
    symptoms=("bruise",),
    negated_symptoms=("fever",),
    words="neck 4 shoulder 2, bruise, no fever",
    session_at=NOW - timedelta(hours=20),
    complete=True,
)


def test_what_was_reported_comes_back_whole(database: Database) -> None:
    with database.transaction() as session:
        stored, is_new = reports.record_report(session, "m1", SORE, channel="web", now=NOW)
    with database.reading() as session:
        assert is_new and reports.get(session, stored.id) == stored == reports.by_source(session, "m1")
    assert stored.details == SORE


def test_a_message_tried_again_logs_no_second_report(database: Database) -> None:
    with database.transaction() as session:
        first, _ = reports.record_report(session, "m1", SORE, channel="web", now=NOW)
    with database.transaction() as session:
        again, is_new = reports.record_report(session, "m1", Details(score=9), channel="web", now=NOW)
        assert (again, is_new) == (first, False)
        assert len(reports.recent(session)) == 1


def test_a_correction_keeps_what_stood_before(database: Database) -> None:
    with database.transaction() as session:
        stored, _ = reports.record_report(session, "m1", SORE, channel="web", now=NOW)
        right = Details(score=4, areas=(Area("shoulder", "right", 4),))
        changed = reports.amend(session, stored.id, right, actor="patient", now=NOW, inbox="m2")
        assert changed.details == right
        (kept,) = session.query(ReportChangeRow)
        before = value_of(session, kept, "before")
    assert before["details"]["areas"][1]["side"] == "left"
    assert json.dumps(before)


def test_a_correction_tried_again_changes_nothing_more(database: Database) -> None:
    with database.transaction() as session:
        stored, _ = reports.record_report(session, "m1", SORE, channel="web", now=NOW)
        reports.amend(session, stored.id, Details(score=5), actor="patient", now=NOW, inbox="m2")
        reports.amend(session, stored.id, Details(score=6), actor="patient", now=NOW, inbox="m3")
        again = reports.amend(session, stored.id, Details(score=5), actor="patient", now=NOW, inbox="m2")
    assert again.details.score == 6


def test_a_report_taken_back_counts_no_more_but_is_still_there(database: Database) -> None:
    with database.transaction() as session:
        stored, _ = reports.record_report(session, "m1", SORE, channel="web", now=NOW)
        reports.undo(session, stored.id, actor="patient", now=NOW, inbox="m2")
        reports.undo(session, stored.id, actor="patient", now=NOW, inbox="m2")
        assert reports.recent(session) == ()
        assert (found := reports.get(session, stored.id)) and found.undone_at == NOW
        assert session.query(ReportChangeRow).count() == 1


def test_a_late_correction_of_a_report_taken_back_does_not_bring_it_back(database: Database) -> None:
    with database.transaction() as session:
        stored, _ = reports.record_report(session, "m1", SORE, channel="web", now=NOW)
        reports.undo(session, stored.id, actor="patient", now=NOW, inbox="m2")
        reports.amend(session, stored.id, Details(score=1), actor="patient", now=NOW, inbox="m3")
        assert reports.recent(session) == ()


@pytest.mark.parametrize("score", [-1, 11, 17])
def test_the_database_refuses_a_score_that_is_not_on_the_scale(database: Database, score: int) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        reports.record_report(session, "m1", Details(score=score), channel="web", now=NOW)
    with pytest.raises(IntegrityError), database.transaction() as session:
        areas = (Area("neck", None, score),)
        reports.record_report(session, "m1", Details(areas=areas), channel="web", now=NOW)


def test_reports_are_found_by_whose_and_when(database: Database) -> None:
    with database.transaction() as session:
        patient = patients.create(session, zone="UTC", now=NOW).id
        visit = visits.record(session, patient, ended_at=NOW, zone="UTC", now=NOW)[0].id
        conversations.ensure(session, "thread", "web", now=NOW)
        for hours in range(4):
            reports.record_report(
                session,
                f"m{hours}",
                Details(score=hours),
                channel="web",
                now=NOW + timedelta(hours=hours),
                conversation="thread",
            )
        reports.link(session, reports.by_source(session, "m3").id, patient, visit, actor="ann", now=NOW)

        def scores(**wanted: object) -> list[int | None]:
            return [found.details.score for found in reports.recent(session, **wanted)]  # type: ignore[arg-type]

        assert scores(patient=patient) == scores(visit=visit) == [3]
        assert scores(conversation="thread") == [3, 2, 1, 0]
        assert scores(since=NOW + timedelta(hours=1), until=NOW + timedelta(hours=3)) == [2, 1]
        assert scores(limit=1) == [3]
        assert scores(patient="nobody") == []


def test_the_history_of_a_report_cannot_be_rewritten(database: Database) -> None:
    with database.transaction() as session:
        stored, _ = reports.record_report(session, "m1", SORE, channel="web", now=NOW)
        reports.undo(session, stored.id, actor="patient", now=NOW)
    with pytest.raises(AppendOnlyError), database.transaction() as session:
        session.query(ReportChangeRow).one().actor = "nobody"
    with pytest.raises(AppendOnlyError), database.transaction() as session:
        session.delete(session.query(ReportChangeRow).one())
