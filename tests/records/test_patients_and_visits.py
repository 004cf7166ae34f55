"""Who was treated and when, and the code that a patient types."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records import consents, followups, outbox, patients, rows, staff, visits
from bot.records.database import Database
from bot.records.visits import normalise_code
from tests.records.scenario import NOW, PHONE

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LATER = NOW + timedelta(days=14)


def _codes(database: Database, count: int) -> list[str]:
    with database.transaction() as session:
        patient = patients.create(session, zone="UTC", now=NOW).id
        visit = visits.record(session, patient, ended_at=NOW, zone="UTC", now=NOW)[0].id
        return [visits.new_code(session, visit, now=NOW, expires_at=LATER) for _ in range(count)]


def test_a_visit_code_leads_to_its_visit_however_it_is_typed(database: Database) -> None:
    (code,) = _codes(database, 1)
    with database.reading() as session:
        for typed in (code, code.lower(), code.replace("-", ""), f" {code[:2]} {code[2:]} ", f"{code}."):
            assert visits.find_by_code(session, typed, now=NOW) is not None


def test_an_expired_visit_code_leads_nowhere(database: Database) -> None:
    (code,) = _codes(database, 1)
    with database.reading() as session:
        assert visits.find_by_code(session, code, now=LATER) is None


def test_every_single_mistake_in_a_visit_code_is_noticed(sqlite_database: Database) -> None:
    for code in _codes(sqlite_database, 20):
        letters = code.replace("-", "")
        assert normalise_code(letters) == letters
        wrong = {
            letters[:place] + other + letters[place + 1 :]
            for place in range(8)
            for other in LETTERS
            if other != letters[place]
        }
        swapped = {
            letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :] for place in range(7)
        } - {letters}
        assert [typed for typed in wrong | swapped if normalise_code(typed)] == []


@given(st.text())
def test_any_text_may_be_typed_for_a_visit_code(typed: str) -> None:
    code = normalise_code(typed)
    assert code is None or len(code) == 8


def test_visit_codes_are_not_in_the_database_readably(database: Database) -> None:
    (code,) = _codes(database, 1)
    with database.reading() as session:
        (row,) = session.query(visits.VisitCodeRow)
    assert code.replace("-", "") not in f"{row.code_hash}{row.visit_id}"


def test_a_visit_that_comes_again_from_the_clinics_system_is_stored_once(database: Database) -> None:
    with database.transaction() as session:
        patient = patients.create(session, zone="UTC", now=NOW, external_id="P1").id
        for is_first in (True, False):
            visit, is_new = visits.record(
                session, patient, ended_at=NOW, zone="UTC", now=NOW, areas=("calf",), external_id="V1"
            )
            assert is_new is is_first
        assert visits.of_patient(session, patient) == (visit,)
        visits.cancel(session, visit.id)
        assert visits.of_patient(session, patient) == ()
        assert patients.find_by_external_id(session, "P1").id == patient


def test_a_step_of_a_visit_is_planned_once_and_found_when_it_is_due(database: Database) -> None:
    with database.transaction() as session:
        patient = patients.create(session, zone="UTC", now=NOW).id
        visit = visits.record(session, patient, ended_at=NOW, zone="UTC", now=NOW)[0].id
        due = NOW + timedelta(hours=3)
        for is_first in (True, False):
            planned = followups.plan(
                session, visit, "hours3", due_at=due, expires_at=LATER, plan_version=1, now=NOW
            )
            assert planned is is_first
        assert followups.due(session, now=NOW) == ()
        (step,) = followups.due(session, now=due)
        followups.mark(session, step.id, "queued", now=due)
        assert followups.due(session, now=due) == ()
        assert [found.state for found in followups.of_visit(session, visit)] == ["queued"]


def test_the_newest_consent_counts_for_everybody_on_the_number(database: Database) -> None:
    with database.transaction() as session:
        for state in ("asked", "granted", "withdrawn"):
            last = consents.record(
                session,
                PHONE,
                "texts",
                state,
                wording_version="2026-11",
                actor="sms",
                now=NOW,
                evidence=state,
            )
        hashed = last.phone_hash
        assert consents.current(session, hashed, "texts") == last
        assert consents.current(session, hashed, "other") is None
        assert [row.state for row in consents.history(session, hashed)] == ["asked", "granted", "withdrawn"]


def test_a_text_is_queued_once_a_key_and_a_callback_is_kept_once(database: Database) -> None:
    with database.transaction() as session:
        first, is_new = outbox.enqueue(session, "reply:1:0", PHONE, "six", kind="reply", priority=1, now=NOW)
        again, again_new = outbox.enqueue(session, "reply:1:0", PHONE, "?", kind="reply", priority=1, now=NOW)
        assert (again, is_new, again_new, first.phone) == (first, True, False, PHONE)
        assert outbox.add_event(session, "SM1", "delivered", now=NOW)
        assert not outbox.add_event(session, "SM1", "delivered", now=NOW)
        assert outbox.add_event(session, "SM1", "undelivered", now=NOW, error_code="30003")


def test_a_staff_session_is_found_by_its_token_until_it_is_revoked(database: Database) -> None:
    with database.transaction() as session:
        ann = staff.create(session, " Ann@Clinic.example ", "Ann", "clinician", now=NOW, totp_secret="ABC")
        assert staff.find_by_login(session, "ann@clinic.EXAMPLE") == ann == staff.get(session, ann.id)
        staff.open_session(session, ann.id, "token", now=NOW, expires_at=LATER)
        staff.touch_session(session, "token", now=LATER)
        assert (found := staff.find_session(session, "token")) and found.last_seen == LATER
        assert found.token_hash != "token" and staff.find_session(session, "other") is None
        staff.revoke_all(session, ann.id, now=NOW)
        assert (found := staff.find_session(session, "token")) and found.revoked_at == NOW


def test_a_stop_counts_although_the_clock_was_set_back_an_hour(database: Database) -> None:
    hashed = database.vault.phone_hash(PHONE)
    for state, hours in (("granted", 0), ("withdrawn", -1)):
        with database.transaction() as session:
            rows._last_id = 0  # another process, whose ids follow its own clock
            now = NOW + timedelta(hours=hours)
            with _clock(now):
                consents.record(session, PHONE, "texts", state, wording_version="1", actor="sms", now=now)
    with database.reading() as session:
        found = consents.current(session, hashed, "texts")
    assert found and found.state == "withdrawn"


def test_consents_written_from_eight_sides_at_once_are_all_kept_in_one_order(database: Database) -> None:
    def write(number: int) -> None:
        with database.transaction() as session:
            consents.record(
                session, PHONE, "texts", "granted", wording_version=str(number), actor="sms", now=NOW
            )

    threads = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        found = consents.history(session, database.vault.phone_hash(PHONE))
    assert sorted(consent.wording_version for consent in found) == [str(number) for number in range(8)]


@contextmanager
def _clock(now: datetime) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows.time, "time_ns", lambda: int(now.timestamp() * 1e9))
        yield
