"""Sessions from other systems: a CSV file, a JSON body, a FHIR R4 bundle. Each gives sessions and errors by place.

Reading changes nothing; `store` records what was read, once however often it is read.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.followups.sessions import Recorded, SessionError, SessionGiven, check, record_session
from bot.records.database import Database
from bot.settings import Clinic


class SessionBody(BaseModel):
    """A session that took place. The same `id` again changes it: another time moves what is still to be asked."""

    model_config = ConfigDict(extra="forbid")

    phone: str = Field(max_length=32, description="As people write it, or E.164.")
    ended_at: datetime = Field(description="ISO 8601; without an offset it is in `zone`.")
    id: str | None = Field(
        default=None, max_length=64, description="The session's id in the clinic's system."
    )
    patient_id: str | None = Field(default=None, max_length=64, description="The patient's id there.")
    first_name: str = Field(default="", max_length=40)
    zone: str | None = Field(default=None, description="IANA zone of the patient; the clinic's by default.")
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    areas: tuple[str, ...] = Field(default=(), description="Body parts as in data/body_parts.yml.")
    therapist: str | None = Field(default=None, max_length=80)
    consent: Literal["none", "asked", "written"] = Field(
        default="asked", description="written: signed at the clinic; asked: we ask by text; none: no texts."
    )


@dataclass(frozen=True)
class Problem:
    """Something that can't be read: where ("line 3"), and what is wrong with which field."""

    where: str
    what: str


@dataclass(frozen=True)
class Read:
    """What a file or body holds."""

    sessions: tuple[tuple[str, SessionGiven], ...]
    problems: tuple[Problem, ...]


def from_json(body: Any, clinic: Clinic, where: str = "body") -> Read:
    """One session as the REST endpoint takes it."""
    return _read([(where, body)], clinic)


def from_csv(text: str, clinic: Clinic) -> Read:
    """A file with a header line of the field names; `areas` are parted by `;`."""
    rows: list[tuple[str, Any]] = []
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), restkey="too_many_columns")
    for row in reader:
        given: dict[str, Any] = {name.strip(): _cell(value) for name, value in row.items() if name}
        given = {name: value for name, value in given.items() if value not in ("", None)}
        if "areas" in given:
            given["areas"] = [area.strip() for area in str(given["areas"]).split(";") if area.strip()]
        if given:
            given.setdefault("id", _row_id(given))
            rows.append((f"line {reader.line_num}", given))
    return _read(rows, clinic)


def from_fhir(bundle: Any, clinic: Clinic) -> Read:
    """A FHIR R4 bundle: finished `Encounter`s and fulfilled `Appointment`s with their `Patient`s."""
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        return Read((), (Problem("bundle", "resourceType: is not Bundle"),))
    entries = [entry for entry in bundle.get("entry") or [] if isinstance(entry, dict)]
    people: dict[str, dict[str, Any]] = {}
    for entry in entries:
        resource = entry.get("resource") or {}
        if resource.get("resourceType") == "Patient":
            people[f"Patient/{resource.get('id')}"] = resource
            people[str(entry.get("fullUrl"))] = resource
    rows: list[tuple[str, Any]] = []
    problems: list[Problem] = []
    for number, entry in enumerate(entries, start=1):
        resource = entry.get("resource") or {}
        told = _encounter(resource)
        if told is None:
            continue
        reference, ended = told
        where = f"entry {number}"
        person = people.get(reference)
        if person is None:
            problems.append(Problem(where, f"the bundle does not hold {reference or 'its patient'}"))
            continue
        numbers = [
            one.get("value") for one in person.get("telecom") or [] if one.get("system") in ("phone", "sms")
        ]
        given = next(
            (name.get("given", [""])[0] for name in person.get("name") or [] if name.get("given")), ""
        )
        rows.append((where, {
            "phone": numbers[0] if numbers else "", "ended_at": ended, "first_name": given,
            "id": f"{resource['resourceType']}/{resource.get('id')}", "patient_id": f"Patient/{person.get('id')}",
        }))  # fmt: skip
    read = _read(rows, clinic)
    return Read(read.sessions, (*problems, *read.problems))


def store(
    database: Database, read: Read, clinic: Clinic, *, actor: str, now: datetime
) -> tuple[list[Recorded], list[Problem]]:
    """Record sessions, each in a transaction of its own; what can't be recorded is told by its place."""
    recorded, problems = [], list(read.problems)
    for where, given in read.sessions:
        try:
            with database.transaction() as session:
                recorded.append(record_session(session, given, clinic, actor=actor, now=now))
        except SessionError as error:
            problems.append(Problem(where, str(error)))
    return recorded, problems


def _read(rows: list[tuple[str, Any]], clinic: Clinic) -> Read:
    sessions, problems = [], []
    for where, row in rows:
        try:
            given = _given(SessionBody.model_validate(row), clinic)
            check(given, clinic)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"]) or "row"
            problems.append(Problem(where, f"{field}: {first['msg']}"))
        except SessionError as error:
            problems.append(Problem(where, str(error)))
        else:
            sessions.append((where, given))
    return Read(tuple(sessions), tuple(problems))


def _given(body: SessionBody, clinic: Clinic) -> SessionGiven:
    ended = body.ended_at
    if ended.tzinfo is None:
        zone = body.zone or clinic.time_zone
        if zone not in available_timezones():
            raise SessionError(f"zone: {zone!r} is not an IANA zone such as America/New_York")
        ended = ended.replace(tzinfo=ZoneInfo(zone))
    return SessionGiven(**{**body.model_dump(), "ended_at": ended})


def _cell(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _row_id(given: dict[str, Any]) -> str:
    """An id for a row that brings none: the same patient and time is the same session."""
    key = "|".join(str(given.get(name, "")) for name in ("patient_id", "phone", "first_name", "ended_at"))
    return "csv:" + hashlib.sha256(key.encode()).hexdigest()[:32]


def _encounter(resource: dict[str, Any]) -> tuple[str, str] | None:
    """The patient's reference and the end of a session that took place; None for anything else."""
    if resource.get("resourceType") == "Encounter" and resource.get("status") == "finished":
        return (resource.get("subject") or {}).get("reference", ""), (resource.get("period") or {}).get(
            "end", ""
        )
    if resource.get("resourceType") == "Appointment" and resource.get("status") == "fulfilled":
        actors = [(one.get("actor") or {}).get("reference", "") for one in resource.get("participant") or []]
        return next((one for one in actors if "Patient/" in one or one.startswith("urn:")), ""), resource.get(
            "end", ""
        )
    return None
