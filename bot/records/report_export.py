"""Soreness reports as flat rows, for JSON and for spreadsheets. FHIR is in `bot/fhir/`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.records import spreadsheet
from bot.records.reports import Report

_LISTS = ("symptoms", "negated_symptoms")


def as_rows(reports: Sequence[Report], *, words: bool) -> list[dict[str, Any]]:
    """A dict for each report, times in UTC; the patients' own words only when asked for."""
    return [_row(report, words) for report in reports]


def to_csv(reports: Sequence[Report], *, words: bool) -> str:
    """The same as CSV, safe to open in a spreadsheet; a header also when there are no reports."""
    rows = [
        row | {"areas": areas_in_words(report)} | {name: "; ".join(row[name]) for name in _LISTS}
        for report, row in zip(reports, as_rows(reports, words=words), strict=True)
    ]
    header = [*_COLUMNS, *(_WORDS if words else ())]
    return spreadsheet.to_csv(header, ([row[name] for name in header] for row in rows))


def areas_in_words(report: Report) -> str:
    """The places of a report, such as "left calf 4; neck"."""
    return "; ".join(
        " ".join(str(word) for word in (area.side, area.part, area.score) if word is not None)
        for area in report.details.areas
    )


_COLUMNS = (
    "report",
    "reported_at",
    "hours_since_session",
    "patient",
    "visit",
    "channel",
    "score",
    "previous_score",
    "areas",
    "symptoms",
    "negated_symptoms",
    "trend",
    "duration_hours",
    "complete",
    "late",
    "amended_at",
    "undone_at",
)
_WORDS = ("onset", "words")


def _row(report: Report, words: bool) -> dict[str, Any]:
    details = report.details
    values: dict[str, Any] = {
        "report": report.id,
        "reported_at": _time(report.reported_at),
        "hours_since_session": _hours(details.session_at, report.reported_at),
        "patient": report.patient_id,
        "visit": report.visit_id,
        "channel": report.channel,
        "score": details.score,
        "previous_score": details.previous_score,
        "areas": [{"part": area.part, "side": area.side, "score": area.score} for area in details.areas],
        "symptoms": list(details.symptoms),
        "negated_symptoms": list(details.negated_symptoms),
        "trend": details.trend,
        "duration_hours": details.duration_hours,
        "complete": details.complete,
        "late": details.late,
        "amended_at": _time(report.amended_at),
        "undone_at": _time(report.undone_at),
        "onset": details.onset,
        "words": details.words,
    }
    return {name: values[name] for name in (*_COLUMNS, *(_WORDS if words else ()))}


def _hours(session_at: datetime | None, reported_at: datetime) -> float | None:
    return None if session_at is None else round((reported_at - session_at).total_seconds() / 3600, 1)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
