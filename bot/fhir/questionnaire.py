"""What is asked after a session (Questionnaire) and what was answered (QuestionnaireResponse)."""

from __future__ import annotations

from typing import Any

from bot.fhir.observation import ASKED
from bot.fhir.references import local_time, reference, report_status
from bot.fhir.terms import OWN, QUESTIONNAIRE, UCUM, body_site
from bot.records.reports import Report

_QUESTIONS = [
    ("score", ASKED, "integer", False),
    ("previous-score", "What was it before?", "integer", False),
    ("area", "Where is it sore?", "group", True),
    ("area/part", "Body part", "open-choice", False),
    ("area/score", "How sore is it there, 0 to 10?", "integer", False),
    ("symptom", "What else did you notice?", "string", True),
    ("no-symptom", "What did you say was not there?", "string", True),
    ("session", "When did the session end?", "dateTime", False),
    ("onset", "When did the soreness start?", "string", False),
    ("duration", "How long has it lasted?", "quantity", False),
    ("trend", "Is it getting better or worse?", "string", False),
    ("words", "In your own words", "text", False),
]
_TEXTS = {link: text for link, text, _, _ in _QUESTIONS}


def questionnaire() -> dict[str, Any]:
    """The Questionnaire that responses point to."""
    url, _, version = QUESTIONNAIRE.partition("|")
    return {
        "resourceType": "Questionnaire",
        "id": "soreness",
        "url": url,
        "version": version,
        "name": "SorenessAfterDryNeedling",
        "title": "Soreness after dry needling",
        "status": "active",
        "subjectType": ["Patient"],
        "item": [_question(*entry) for entry in _QUESTIONS if "/" not in entry[0]],
    }


def response(report: Report) -> dict[str, Any]:
    """What one report answered; questions that were not answered are left out."""
    resource: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        "id": report.id,
        "identifier": {"system": f"{OWN}:reports", "value": report.id},
        "questionnaire": QUESTIONNAIRE,
        "status": report_status(report, complete="completed", partial="in-progress"),
        "authored": local_time(report.amended_at or report.reported_at, report.zone),
    }
    if report.patient_id is not None:
        patient = reference("Patient", report.patient_id)
        resource |= {"subject": patient, "author": patient, "source": patient}
    items = _items(report)
    if items:
        resource["item"] = items
    return resource


def _question(link: str, text: str, kind: str, repeats: bool) -> dict[str, Any]:
    item: dict[str, Any] = {"linkId": link, "text": text, "type": kind}
    if repeats:
        item["repeats"] = True
    inner = [_question(*entry) for entry in _QUESTIONS if entry[0].startswith(f"{link}/")]
    if inner:
        item["item"] = inner
    return item


def _items(report: Report) -> list[dict[str, Any]]:
    details = report.details
    session = [local_time(details.session_at, report.zone)] if details.session_at else []
    duration = details.duration_hours
    hours = {"value": duration, "unit": "hours", "system": UCUM, "code": "h"}
    found = [
        _answer("score", "valueInteger", details.score, asked=report.question),
        _answer("previous-score", "valueInteger", details.previous_score),
        *(_area(area.part, area.side, area.score) for area in details.areas),
        _answer("symptom", "valueString", *details.symptoms),
        _answer("no-symptom", "valueString", *details.negated_symptoms),
        _answer("session", "valueDateTime", *session),
        _answer("onset", "valueString", details.onset),
        _answer("duration", "valueQuantity", hours if duration is not None else None),
        _answer("trend", "valueString", details.trend),
        _answer("words", "valueString", details.words),
    ]
    return [item for item in found if item is not None]


def _area(part: str, side: str | None, score: int | None) -> dict[str, Any]:
    site = body_site(part, side)
    coding = site["coding"][0] | {"display": site["text"]}
    inner = [_answer("area/part", "valueCoding", coding), _answer("area/score", "valueInteger", score)]
    return {"linkId": "area", "text": _TEXTS["area"], "item": [item for item in inner if item is not None]}


def _answer(link: str, kind: str, *values: Any, asked: str | None = None) -> dict[str, Any] | None:
    given = [value for value in values if value is not None and str(value).strip()]
    if not given:
        return None
    return {"linkId": link, "text": asked or _TEXTS[link], "answer": [{kind: value} for value in given]}
