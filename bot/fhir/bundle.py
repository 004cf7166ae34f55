"""Reports and their patients as one FHIR Bundle, checked before it leaves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.fhir.observation import observations
from bot.fhir.questionnaire import questionnaire, response
from bot.fhir.references import full_url, local_time
from bot.fhir.rules import problems
from bot.fhir.terms import OWN
from bot.records.patients import Patient
from bot.records.reports import Report


class ExportError(Exception):
    """A resource breaks our own rules and was not exported; the message names it."""


def bundle_of(
    reports: Iterable[Report], patients: Iterable[Patient], *, now: datetime, names: bool = False
) -> dict[str, Any]:
    """A Bundle (type collection) of reports with their patients and the questionnaire.

    Patients go without a name unless `names` is set; phone numbers are never exported.
    Raises ExportError when a resource breaks our rules.
    """
    resources = [questionnaire()]
    resources += [_patient(patient, names) for patient in patients]
    for report in reports:
        resources += [response(report), *observations(report)]
    for resource in resources:
        for problem in problems(resource):
            raise ExportError(f"{resource['resourceType']}/{resource['id']}: {problem}")
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": local_time(now, None),
        "entry": [
            {"fullUrl": full_url(resource["resourceType"], resource["id"]), "resource": resource}
            for resource in resources
        ],
    }


def _patient(patient: Patient, names: bool) -> dict[str, Any]:
    identifiers = [{"system": f"{OWN}:patients", "value": patient.id}]
    if patient.external_id:
        identifiers.append({"system": f"{OWN}:clinic-patients", "value": patient.external_id})
    resource: dict[str, Any] = {"resourceType": "Patient", "id": patient.id, "identifier": identifiers}
    if names and patient.name:
        resource["name"] = [{"text": patient.name}]
    return resource
