"""Soreness reports: those of nobody yet, to be tied to a patient, and all of them as CSV."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.records import patients, reports, visits
from bot.records.report_export import to_csv
from bot.staff.act import Act
from bot.staff.timeline import in_words


def show(act: Act) -> Response:
    """Reports, newest first; `which=unlinked` those of no patient."""
    unlinked = act.query("which") == "unlinked"
    return _page(act, unlinked, "")


def link(act: Act) -> Response:
    """Tie a report to a patient by the clinic's own number, and to the visit before it."""
    report = reports.get(act.session, act.part("report"))
    if report is None:
        raise HTTPException(404)
    named = act.field("patient")
    patient = patients.get(act.session, named) or patients.find_by_external_id(act.session, named)
    if patient is None or patient.deleted_at is not None:
        return _page(act, True, "No patient has that number.")
    before = [one for one in visits.of_patient(act.session, patient.id) if one.ended_at <= report.reported_at]
    visit = before[0].id if before else None
    reports.link(act.session, report.id, patient.id, visit, actor=act.staff.id, now=act.now)
    act.note("report linked", f"report:{report.id}", patient.id)
    return act.go("/staff/reports", which="unlinked")


def export(act: Act) -> Response:
    """All reports as CSV, without words and names, safe to open in a spreadsheet."""
    found = reports.recent(act.session, undone=True, limit=100_000)
    act.note("exported", "reports", reports=len(found), kind="csv")
    name = f"soreness-reports-{act.now:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(to_csv(found, words=False), media_type="text/csv; charset=utf-8", headers=headers)


def _page(act: Act, unlinked: bool, problem: str) -> Response:
    found = reports.recent(act.session, unlinked=unlinked, limit=100)
    if found:
        act.note("listed", "reports", reports=len(found))
    return act.page(
        "reports.html",
        422 if problem else 200,
        found=[(report, in_words(report)) for report in found],
        unlinked=unlinked,
        problem=problem,
    )
