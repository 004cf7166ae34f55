"""What is deleted is gone from every table; what must stay stays; what is old enough goes by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records import (
    alerts,
    audit,
    consents,
    inbox,
    messages,
    patients,
    reports,
    retention,
    search,
    tracker,
)
from bot.records.conversations import ConversationRow
from bot.records.database import Database
from bot.records.erasure import LegalHoldError, erase_patient
from bot.records.outbox import OutboxRow
from bot.records.patients import PatientRow
from bot.records.rotation import _columns, _row_key, _sealed_tables, _sealed_values
from bot.records.rows import vault_of
from bot.settings import Retention
from tests.records.scenario import NAME, NOW, PHONE, WORDS, fill

CANARIES = (WORDS, NAME, PHONE)
RULES = Retention(transcripts_days=730, raw_messages_days=30, reports_days=2557)


def _in_the_clear(session: Session) -> list[str]:
    """Every sealed value of the database, opened."""
    found = []
    for table in _sealed_tables():
        for row in session.execute(select(*_columns(table))):
            for name, value in _sealed_values(table, row):
                place = f"{table.name}|{name}|{_row_key(table, row)}"
                found.append(vault_of(session).open(place, value))
    return found


def _canaries(session: Session) -> list[str]:
    return [text for text in _in_the_clear(session) if any(canary in text for canary in CANARIES)]


def _filled(session: Session) -> str:
    """The scenario, its thread tied to its patient; gives the patient's id."""
    fill(session)
    (patient,) = patients.find_by_phone(session, PHONE)
    reports.link(session, reports.recent(session)[0].id, patient.id, None, actor="ann", now=NOW)
    return patient.id


def _erase(session: Session, patient: str) -> int:
    return erase_patient(session, patient, actor="ann", reason="asked for it", now=NOW).rows


def test_after_a_patient_is_erased_no_table_holds_words_name_or_number(database: Database) -> None:
    with database.transaction() as session:
        patient = _filled(session)
        assert len(_canaries(session)) > 20
        assert _erase(session, patient) > 10
    with database.reading() as session:
        assert _canaries(session) == []
        assert "CANARYSECRET" in _in_the_clear(session), "staff are not erased with a patient"


def test_an_erased_patient_leaves_a_tombstone_and_an_audit_entry(database: Database) -> None:
    with database.transaction() as session:
        patient = _filled(session)
        _erase(session, patient)
        assert _erase(session, patient) == 0
        stone = patients.get(session, patient)
        assert stone and (stone.deleted_at, stone.name, stone.phone_hash) == (NOW, None, None)
        assert patients.find_by_phone(session, PHONE) == ()
        (entry, *_) = audit.of_object(session, f"patient:{patient}")
        assert (entry.action, entry.reason) == ("erased", "asked for it")
        assert audit.verify(session) == ()


def test_what_was_done_about_a_warning_sign_stays_without_its_words(database: Database) -> None:
    with database.transaction() as session:
        _erase(session, _filled(session))
        (step, *_) = session.query(alerts.AlertRow)
        alert = alerts.get(session, step.id)
        assert alert and (alert.sign, alert.outcome, alert.words) == ("chest_pain", "called", None)
        kinds = [event.kind for event in alerts.history(session, alert.id)]
        assert kinds == ["opened", "acknowledged", "closed"]


def test_a_stop_outlives_the_patient(database: Database) -> None:
    with database.transaction() as session:
        patient = _filled(session)
        consents.record(
            session, PHONE, "texts", "withdrawn", wording_version="1", actor="sms", now=NOW, patient=patient
        )
        _erase(session, patient)
        found = consents.current(session, vault_of(session).phone_hash(PHONE), "texts")
        assert found and found.state == "withdrawn"


def test_a_message_of_an_erased_patient_that_comes_again_is_still_known(database: Database) -> None:
    with database.transaction() as session:
        _erase(session, _filled(session))
        again, is_new = inbox.receive(session, "sms", "SM1", "thread", WORDS, now=NOW, phone=PHONE)
        assert not is_new and again.body == ""


def test_nothing_of_a_patient_under_legal_hold_is_erased(database: Database) -> None:
    with database.transaction() as session:
        patient = _filled(session)
        session.get_one(PatientRow, patient).legal_hold = True
    with pytest.raises(LegalHoldError), database.transaction() as session:
        _erase(session, patient)
    later = NOW + timedelta(days=9000)
    retention.purge(database, RULES, now=later, actor="system", dry_run=False)
    with database.reading() as session:
        assert len(messages.after(session, "thread")) == 1
        assert len(reports.recent(session)) == 1


def test_of_two_patients_on_one_phone_only_the_ones_own_words_are_erased(database: Database) -> None:
    with database.transaction() as session:
        ids = {}
        for name in ("Ana", "Ben"):
            ids[name] = patients.create(session, zone="UTC", now=NOW, name=name, phone=PHONE).id
            message, _ = inbox.receive(
                session, "sms", name, "thread", f"I am {name}", now=NOW, phone=PHONE, patient=ids[name]
            )
            messages.append(session, "thread", "patient", f"I am {name}", now=NOW, inbox=message.id)
            tracker.append_events(session, "thread", [{"text": f"I am {name}"}], now=NOW)
        _erase(session, ids["Ana"])
        clear = _in_the_clear(session)
        assert not any("Ana" in text for text in clear)
        assert [line.text for line in messages.after(session, "thread")] == ["I am Ben"]
        assert [found.id for found in patients.find_by_phone(session, PHONE)] == [ids["Ben"]]


def test_an_erased_patients_words_are_not_found_by_search_and_nothing_more_is_sent(
    database: Database,
) -> None:
    with database.transaction() as session:
        patient = _filled(session)
        search.index_new_lines(session)
        assert _saying(session, "zebra") == ["thread"]
        _erase(session, patient)
        assert _saying(session, "zebra") == []
        assert [row.state for row in session.query(OutboxRow)] == ["cancelled"]


def _saying(session: Session, word: str) -> list[str]:
    return list(
        session.scalars(select(ConversationRow.id).where(*search.saying(session, word, ConversationRow.id)))
    )


def _purge(database: Database, days: int, *, dry_run: bool = False) -> retention.Purged:
    later = NOW + timedelta(days=days)
    return retention.purge(database, RULES, now=later, actor="system", dry_run=dry_run)


def _settle(database: Database) -> None:
    """Let everything in the scenario be done with."""
    with database.transaction() as session:
        session.query(inbox.InboxRow).update({"state": "answered"})
        session.query(OutboxRow).update({"state": "delivered"})


def test_a_dry_run_counts_and_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        _filled(session)
    _settle(database)
    with database.reading() as session:
        before = sorted(_in_the_clear(session))
    counted = _purge(database, 3000, dry_run=True)
    with database.reading() as session:
        assert sorted(_in_the_clear(session)) == before
    assert counted == _purge(database, 3000)
    assert counted.reports == counted.alerts == 1 and counted.transcripts > 5


def test_things_go_when_their_time_has_come_and_not_before(database: Database) -> None:
    with database.transaction() as session:
        _filled(session)
    _settle(database)
    assert _purge(database, 30) == retention.Purged(0, 0, 0, 0)
    assert _purge(database, 31) == retention.Purged(0, 2, 0, 0)
    assert _purge(database, 31) == retention.Purged(0, 0, 0, 0), "what is empty is not emptied again"
    with database.reading() as session:
        assert len(messages.after(session, "thread")) == 1
    assert _purge(database, 731).transcripts > 3
    with database.reading() as session:
        assert messages.after(session, "thread") == ()
        assert len(reports.recent(session)) == 1
    assert _purge(database, 2558).reports == 1
    with database.reading() as session:
        assert reports.recent(session) == ()
        assert audit.verify(session) == ()


def test_what_is_not_done_with_is_kept_however_old(database: Database) -> None:
    with database.transaction() as session:
        inbox.receive(session, "sms", "SM9", "thread", "still waiting", now=NOW)
    assert _purge(database, 9000) == retention.Purged(0, 0, 0, 0)
