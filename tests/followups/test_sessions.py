"""Where sessions come from: each is recorded once, plans its questions, and moves or ends with the clinic's word."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.followups import api
from bot.followups.imports import Read, from_csv, from_fhir, store
from bot.followups.sessions import SessionError
from bot.records import followups, patients, visits
from bot.records.database import Database
from bot.sms import consent
from bot.web.app import create_app
from tests.sms.practice import ANA, CARRIER_TOKEN, CLINIC, QUICK, Clock, Practice, at, open_practice
from tests.web.assistant import TOKEN
from tests.web.conftest import settings_for

NOW = at("2026-11-20 12:00")


@pytest.fixture(autouse=True)
def _tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_INTERNAL_TOKEN", TOKEN)
    monkeypatch.setenv("BOT_CARRIER_TOKEN", CARRIER_TOKEN)
    monkeypatch.setenv("BOT_CLINIC_TOKEN", "clinic-token")


@pytest.fixture
async def practice(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Practice]:
    async with open_practice(sqlite_database, tmp_path) as opened:
        yield opened


CSV = """id,patient_id,phone,first_name,ended_at,areas,consent
v1,p1,(202) 555-0143,Ana,2026-11-20T10:00,calf;neck,written
v2,p2,202-555-0144,Ben,2026-11-20 11:00,,asked
v3,p3,555-0145,Cem,2026-11-20T10:00,,written
v4,p4,202-555-0146,Dora,yesterday,,written
v5,p5,202-555-0147,Eva,2026-11-20T10:00,antenna,written
v6,p6,202-555-0148,Fay,2026-11-20T10:00,,perhaps
"""


def test_a_csv_file_is_read_and_its_mistakes_are_told_by_line() -> None:
    read = from_csv(CSV, CLINIC)
    assert [where for where, _ in read.sessions] == ["line 2", "line 3"]
    assert [(problem.where, problem.what.partition(":")[0]) for problem in read.problems] == [
        ("line 4", "phone"), ("line 5", "ended_at"), ("line 6", "areas"), ("line 7", "consent"),
    ]  # fmt: skip
    (_, ana), _ = read.sessions
    assert ana.ended_at == at("2026-11-20 10:00") and ana.areas == ("calf", "neck")


def test_the_same_file_again_changes_nothing(database: Database) -> None:
    read = from_csv(CSV, QUICK)
    first, _ = store(database, read, QUICK, actor="test", now=NOW)
    again, _ = store(database, read, QUICK, actor="test", now=NOW + timedelta(hours=1))
    assert [one.change for one in first] == ["new", "new"] and [one.change for one in again] == [
        "same",
        "same",
    ]
    assert [one.visit.id for one in first] == [one.visit.id for one in again]


def test_rows_without_ids_are_known_again_by_patient_and_time(sqlite_database: Database) -> None:
    text = "phone,first_name,ended_at\n202-555-0143,Ana,2026-11-20T10:00\n202-555-0143,Ben,2026-11-20T10:00\n"
    for change in ("new", "same"):
        done, _ = store(sqlite_database, from_csv(text, QUICK), QUICK, actor="test", now=NOW)
        assert [one.change for one in done] == [change, change]
    with sqlite_database.reading() as session:
        assert [one.name for one in patients.find_by_phone(session, ANA)] == ["Ana", "Ben"]


@pytest.mark.parametrize(
    "text", ["", "\n", "phone\n", "a,b\n1,2\n", "phone,ended_at\n\x00,1\n", "phone,ended_at,x\n1,2,3,4,5\n"]
)
def test_a_file_that_is_none_gives_problems_and_no_sessions(text: str) -> None:
    assert from_csv(text, CLINIC).sessions == ()


BUNDLE: dict[str, Any] = {"resourceType": "Bundle", "type": "collection", "entry": [
    {"resource": {"resourceType": "Patient", "id": "p1", "name": [{"given": ["Ana"], "family": "Q"}],
                  "telecom": [{"system": "email", "value": "x"}, {"system": "phone", "value": "+12025550143"}]}},
    {"resource": {"resourceType": "Encounter", "id": "e1", "status": "finished", "subject": {"reference": "Patient/p1"},
                  "period": {"start": "2026-11-20T09:00:00-05:00", "end": "2026-11-20T10:00:00-05:00"}}},
    {"resource": {"resourceType": "Appointment", "id": "a1", "status": "fulfilled", "end": "2026-11-19T10:00:00-05:00",
                  "participant": [{"actor": {"reference": "Practitioner/x"}}, {"actor": {"reference": "Patient/p1"}}]}},
    {"resource": {"resourceType": "Appointment", "id": "a2", "status": "booked", "end": "2026-11-29T10:00:00-05:00",
                  "participant": [{"actor": {"reference": "Patient/p1"}}]}},
    {"resource": {"resourceType": "Encounter", "id": "e2", "status": "finished", "subject": {"reference": "Patient/p9"},
                  "period": {"end": "2026-11-20T10:00:00-05:00"}}},
]}  # fmt: skip


def test_a_fhir_bundle_gives_the_sessions_that_took_place() -> None:
    read = from_fhir(BUNDLE, CLINIC)
    assert [(given.id, given.first_name) for _, given in read.sessions] == [
        ("Encounter/e1", "Ana"), ("Appointment/a1", "Ana"),
    ]  # fmt: skip
    assert [problem.where for problem in read.problems] == ["entry 5"]
    assert from_fhir({"resourceType": "Patient"}, CLINIC) == Read((), from_fhir({}, CLINIC).problems)


async def test_a_session_that_moves_takes_its_questions_along(practice: Practice) -> None:
    first = practice.session(id="v1")
    moved = practice.session(ended="2026-11-20 11:30", id="v1")
    assert moved.change == "moved" and moved.visit.id == first.visit.id
    with practice.database.reading() as session:
        due = {step.step: step.due_at for step in followups.of_visit(session, moved.visit.id)}
    assert abs(due["hours3"] - at("2026-11-20 14:30")) == timedelta()


async def test_another_patients_session_id_is_refused(practice: Practice) -> None:
    practice.session(id="v1")
    with pytest.raises(SessionError, match="another patient"):
        practice.session("+12025550199", "Eva", id="v1")


async def test_a_file_never_undoes_a_stop(practice: Practice) -> None:
    practice.session(id="v1")
    await practice.says(ANA, "please stop texting me")
    practice.session(id="v2", ended="2026-11-20 09:00", consent="written")
    with practice.database.reading() as session:
        assert consent.state_of(session, practice.database.vault.phone_hash(ANA)) == "withdrawn"


async def test_not_more_than_one_question_a_day_and_three_a_week(practice: Practice) -> None:
    for day in range(20, 24):
        practice.session(id=f"v{day}", ended=f"2026-11-{day} 10:00")
    asked: list[Any] = []
    for day in range(20, 28):
        before = len(practice.reads())
        await practice.until(f"2026-11-{day} 23:00")
        new = [text for text in practice.reads()[before:] if "0 is none" in text]
        asked.append(len(new))
    assert max(asked) == 1 and sum(asked) >= 4
    assert all(sum(asked[start : start + 7]) <= 3 for start in range(len(asked)))


async def test_after_three_days_of_outage_nothing_stale_is_asked(practice: Practice) -> None:
    recorded = practice.session()
    practice.clock.now += timedelta(days=3, hours=2)  # nobody worked meanwhile
    await practice.run()
    assert practice.steps(recorded)["hours3"] == "expired" and practice.steps(recorded)["day1"] == "expired"
    assert len(practice.reads()) <= 1


@pytest.fixture
async def system(tmp_path: Path, sqlite_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The clinic's own system in front of the door."""
    settings = settings_for(tmp_path, "http://127.0.0.1:1")
    app = create_app(settings, database=sqlite_database, clock=Clock(NOW), rooms=(api.routes,))
    transport = httpx.ASGITransport(app)
    headers = {"Authorization": "Bearer clinic-token"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="https://c.example.org", headers=headers) as client,
    ):
        yield client


GIVEN = {"phone": "(202) 555-0143", "ended_at": "2026-11-20T10:00", "first_name": "Ana", "id": "v1"}


async def test_the_clinics_system_records_changes_and_cancels_a_session(
    system: httpx.AsyncClient, sqlite_database: Database
) -> None:
    first = await system.post("/api/sessions", json=GIVEN)
    assert (first.status_code, first.json()["change"]) == (201, "new")
    again = await system.post("/api/sessions", json=GIVEN)
    assert (again.status_code, again.json()["change"]) == (200, "same")
    moved = await system.post("/api/sessions", json={**GIVEN, "ended_at": "2026-11-20T11:00"})
    assert moved.json()["change"] == "moved"
    assert (await system.delete("/api/sessions/v1")).status_code == 204
    assert (await system.delete("/api/sessions/unknown")).status_code == 404
    with sqlite_database.reading() as session:
        visit = visits.find_by_external_id(session, "v1")
        assert visit is not None and visit.state == "cancelled"
        assert {step.state for step in followups.of_visit(session, visit.id)} == {"cancelled"}


@pytest.mark.parametrize(
    ("body", "field"),
    [({**GIVEN, "phone": "1"}, "phone"), ({**GIVEN, "zone": "Mars/Base"}, "zone"), ({"phone": ANA}, "ended_at"),
     ({**GIVEN, "surprise": 1}, "surprise"), ({**GIVEN, "areas": ["antenna"]}, "areas"), ([], "body"), ("x", "body")],
)  # fmt: skip
async def test_a_wrong_field_is_named(system: httpx.AsyncClient, body: Any, field: str) -> None:
    response = await system.post("/api/sessions", json=body)
    assert response.status_code == 422
    assert field == "body" or field in response.json()["error"]["message"]


async def test_without_the_token_nothing_is_told_or_taken(system: httpx.AsyncClient) -> None:
    for token in ("", "Bearer wrong", "Bearer clinic-tokenX"):
        for call in (system.post("/api/sessions", json=GIVEN, headers={"Authorization": token}),
                     system.delete("/api/sessions/v1", headers={"Authorization": token})):  # fmt: skip
            assert (await call).status_code == 401
    assert json.loads((await system.get("/api/openapi.json")).text)["paths"].keys() == {
        "/api/sessions", "/api/sessions/{id}",
    }  # fmt: skip
