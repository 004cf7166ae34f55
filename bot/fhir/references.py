"""How resources of one export name each other, their times and their status."""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.records.reports import Report

_NAMES = uuid.UUID("4d0d6b7e-6f0c-4f0e-9a53-2f2c5b0c4f61")  # any constant: the same row, the same address


def full_url(kind: str, row: str) -> str:
    """The address of a resource in a Bundle: the same in every export of the same row."""
    return uuid.uuid5(_NAMES, f"{kind}/{row}").urn


def reference(kind: str, row: str) -> dict[str, str]:
    """A Reference to a resource of the same Bundle."""
    return {"reference": full_url(kind, row), "type": kind}


def local_time(moment: datetime, zone: str | None) -> str:
    """A FHIR instant with the offset of the patient's zone, UTC when none is known."""
    return moment.astimezone(ZoneInfo(zone or "UTC")).isoformat(timespec="milliseconds")


def report_status(report: Report, *, complete: str, partial: str) -> str:
    """A report's status, in the words of the resource that asks."""
    if report.undone_at is not None:
        return "entered-in-error"
    if not report.details.complete:
        return partial
    return "amended" if report.amended_at is not None else complete
