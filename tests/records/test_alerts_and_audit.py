"""Alerts are never lost and never deleted; the audit chain names whatever was tampered with."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.records import alerts, audit, inbox
from bot.records.database import Database
from bot.records.encryption import Keys, Vault
from tests.records.scenario import NOW


@pytest.fixture
def message(database: Database) -> str:
    with database.transaction() as session:
        return inbox.receive(session, "web", "1", "thread", "short of breath", now=NOW)[0].id


def test_a_message_opens_one_alert_a_sign_however_often_it_is_assessed(
    database: Database, message: str
) -> None:
    with database.transaction() as session:
        first, is_new = alerts.open_alert(
            session, "breathless", "emergency", now=NOW, inbox=message, words="x"
        )
        again, again_new = alerts.open_alert(session, "breathless", "emergency", now=NOW, inbox=message)
        _, other_new = alerts.open_alert(session, "chest_pain", "emergency", now=NOW, inbox=message)
        assert (again, is_new, again_new, other_new) == (first, True, False, True)


def test_an_alerts_whole_life_is_kept(database: Database, message: str) -> None:
    later = NOW + timedelta(minutes=20)
    with database.transaction() as session:
        alert, _ = alerts.open_alert(
            session, "breathless", "emergency", now=NOW, inbox=message, next_escalation_at=later
        )
        assert alerts.due_for_escalation(session, now=NOW) == ()
        assert len(alerts.due_for_escalation(session, now=later)) == 1
        alerts.escalate(session, alert.id, to="on call", now=later, next_at=later + timedelta(minutes=30))
        taken = alerts.acknowledge(session, alert.id, actor="ann", now=later)
        assert alerts.acknowledge(session, alert.id, actor="ben", now=later).acknowledged_by == "ann"
        assert taken.next_escalation_at is None
        alerts.close(session, alert.id, actor="ann", outcome="sent_to_emergency", note="called", now=later)
        with pytest.raises(alerts.AlertClosedError):
            alerts.acknowledge(session, alert.id, actor="ben", now=later)
        kinds = [step.kind for step in alerts.history(session, alert.id)]
    assert kinds == ["opened", "escalated", "acknowledged", "closed"]


def test_emergencies_come_first_then_the_oldest(database: Database, message: str) -> None:
    with database.transaction() as session:
        for sign, tier, minutes in (("a", "routine", 0), ("b", "emergency", 2), ("c", "emergency", 1)):
            when = NOW + timedelta(minutes=minutes)
            alerts.open_alert(session, sign, tier, now=when, inbox=message)
        assert [alert.sign for alert in alerts.unacknowledged(session)] == ["c", "b", "a"]


def _act(database: Database, count: int = 5) -> None:
    for number in range(count):
        with database.transaction() as session:
            audit.append(session, "ann", "read", f"conversation:{number}", now=NOW, details={"lines": number})


def _faults(database: Database) -> list[tuple[int, str]]:
    with database.reading() as session:
        return [(fault.sequence, fault.problem) for fault in audit.verify(session)]


def test_an_untouched_chain_has_no_fault(database: Database) -> None:
    assert _faults(database) == []
    _act(database)
    assert _faults(database) == []


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'ben'",
        "action = 'wrote'",
        "object = 'conversation:9'",
        "reason = 'x'",
        "patient_id = 'x'",
        "details = '{}'",
        "at = '2026-01-01 00:00:00'",
        "hash = 'x'",
    ],
)
def test_an_altered_row_is_named(database: Database, change: str) -> None:
    _act(database)
    with database.transaction() as session:
        session.execute(text(f"update audit set {change} where sequence = 3"))
    assert _faults(database)[0][0] == 3


def test_a_removed_row_is_named(database: Database) -> None:
    _act(database)
    with database.transaction() as session:
        session.execute(text("delete from audit where sequence = 3"))
    assert _faults(database) == [(4, "row 3 before it is missing")]


def test_rows_cut_off_at_the_end_are_missed(database: Database) -> None:
    _act(database)
    with database.transaction() as session:
        session.execute(text("delete from audit where sequence >= 4"))
    assert _faults(database) == [(5, "rows 4 to 5 at the end are missing or altered")]


def test_a_chain_cut_off_with_its_head_set_back_is_noticed(database: Database) -> None:
    _act(database)
    with database.transaction() as session:
        session.execute(text("delete from audit where sequence >= 4"))
        session.execute(
            text("update audit_head set sequence = 3, hash = (select hash from audit where sequence = 3)")
        )
    assert _faults(database) == [(3, "the end of the chain was altered")]


def test_a_chain_emptied_with_its_head_is_not_taken_for_whole(database: Database) -> None:
    _act(database)
    with database.transaction() as session:
        session.execute(text("delete from audit_head"))
    assert _faults(database) == [(5, "the end of the chain is missing")]


def test_a_chain_cannot_be_forged_without_the_installations_key(database: Database) -> None:
    _act(database)
    forger = Database(database.engine, Vault(Keys.generate()))
    with forger.transaction() as session:
        session.execute(text("delete from audit"))
        session.execute(text("delete from audit_head"))
    _act(forger)
    assert _faults(database)[0][0] == 1


def test_eight_writers_make_one_chain(database: Database) -> None:
    threads = [threading.Thread(target=_act, args=[database]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _faults(database) == []
    with database.reading() as session:
        assert [entry.sequence for entry in audit.newest(session)] == list(range(40, 0, -1))
        assert len(audit.of_object(session, "conversation:0")) == 8
