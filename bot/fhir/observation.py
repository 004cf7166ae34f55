"""One Observation for each score of a report: the whole, and each place that has a score of its own."""

from __future__ import annotations

from typing import Any

from bot.fhir.references import local_time, reference, report_status
from bot.fhir.terms import OBSERVATION_CATEGORY, SCORE_CODES, UCUM, body_site
from bot.records.reports import Area, Report

ASKED = "On a scale of 0 to 10, how sore are you? 0 is not sore, 10 is the worst you can imagine."


def observations(report: Report) -> list[dict[str, Any]]:
    """The Observations of a report; none when it holds no score."""
    details = report.details
    scored = [area for area in details.areas if area.score is not None]
    found = [
        _observation(report, f"{report.id}-area-{number}", area.score, area)
        for number, area in enumerate(scored, start=1)
        if area.score is not None
    ]
    if details.score is not None and not (len(scored) == 1 and scored[0].score == details.score):
        only = details.areas[0] if len(details.areas) == 1 and not scored else None
        found.insert(0, _observation(report, f"{report.id}-score", details.score, only))
    return found


def _observation(report: Report, resource_id: str, score: int, area: Area | None) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "id": resource_id,
        "status": report_status(report, complete="final", partial="preliminary"),
        "category": [
            {"coding": [{"system": OBSERVATION_CATEGORY, "code": "survey", "display": "Survey"}]},
        ],
        "code": {"coding": SCORE_CODES, "text": report.question or ASKED},
        "effectiveDateTime": local_time(report.reported_at, report.zone),
        "issued": local_time(report.amended_at or report.reported_at, report.zone),
        "derivedFrom": [reference("QuestionnaireResponse", report.id)],
        "valueQuantity": {"value": score, "unit": "{score}", "system": UCUM, "code": "{score}"},
    }
    if report.patient_id is not None:
        resource["subject"] = reference("Patient", report.patient_id)
        resource["performer"] = [reference("Patient", report.patient_id)]
    if area is not None:
        resource["bodySite"] = body_site(area.part, area.side)
    return resource
