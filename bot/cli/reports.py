"""`bot reports`: what patients reported, as a list, CSV, JSON or FHIR. Every look is written to the audit."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    from bot.records.patients import Patient
    from bot.records.reports import Report

app = typer.Typer(help="What patients reported: a list, CSV, JSON or FHIR.")


@app.callback(invoke_without_command=True)
def reports(
    patient: Annotated[str | None, typer.Option(help="Of one patient: our id or the clinic's own.")] = None,
    since: Annotated[datetime | None, typer.Option(help="From this day on, in the clinic's zone.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Before this day.")] = None,
    area: Annotated[str | None, typer.Option(help="Naming a body part, such as calf.")] = None,
    score_from: Annotated[int | None, typer.Option(min=0, max=10, help="This score or more.")] = None,
    unlinked: Annotated[bool, typer.Option("--unlinked", help="Only those of no patient yet.")] = False,
    undone: Annotated[bool, typer.Option("--undone", help="Those taken back too.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 1000,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV, safe to open in a spreadsheet.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON.")] = False,
    as_fhir: Annotated[bool, typer.Option("--fhir", help="A FHIR R4 Bundle, words included.")] = False,
    words: Annotated[bool, typer.Option("--words", help="With the patients' own words (CSV, JSON).")] = False,
    names: Annotated[bool, typer.Option("--names", help="With the patients' names (FHIR).")] = False,
    out: Annotated[Path | None, typer.Option(help="Write to a file, readable by you alone.")] = None,
) -> None:
    """List what patients reported, newest first."""
    from bot.cli.opening import open_current, operator
    from bot.records import audit
    from bot.records import reports as stored
    from bot.records.report_export import as_rows, to_csv
    from bot.settings import load_settings

    if as_csv + as_json + as_fhir > 1:
        raise typer.BadParameter("choose one of --csv, --json and --fhir")
    settings = load_settings()
    zone = ZoneInfo(settings.clinic.time_zone)
    with open_current(settings).transaction() as session:
        found = stored.recent(
            session,
            patient=_patient_id(session, patient),
            since=since and since.replace(tzinfo=zone),
            until=until and until.replace(tzinfo=zone),
            part=area,
            score_from=score_from,
            unlinked=unlinked,
            undone=undone,
            limit=limit,
        )
        people = _patients(session, found)
        how = "fhir" if as_fhir else "json" if as_json else "csv" if as_csv else "list"
        details = {"reports": len(found), "as": how, "words": words or as_fhir, "names": names}
        now = datetime.now(UTC)
        audit.append(session, operator(), "exported", "reports", now=now, patient=patient, details=details)
    if as_fhir:
        from bot.fhir.bundle import bundle_of

        text = json.dumps(bundle_of(found, people, now=now, names=names), ensure_ascii=False, indent=1) + "\n"
    elif as_json:
        text = json.dumps(as_rows(found, words=words), ensure_ascii=False, indent=1) + "\n"
    elif as_csv:
        text = to_csv(found, words=words)
    else:
        text = "".join(_line(report, zone) for report in found) or "No reports.\n"
    _write(text, out)


def _patient_id(session: Any, named: str | None) -> str | None:
    from bot.records import patients

    if named is None:
        return None
    known = patients.get(session, named) or patients.find_by_external_id(session, named)
    if known is None:
        raise typer.BadParameter(f"no patient {named!r}", param_hint="--patient")
    return known.id


def _patients(session: Any, found: tuple[Report, ...]) -> list[Patient]:
    from bot.records import patients

    ids = dict.fromkeys(report.patient_id for report in found if report.patient_id is not None)
    return [person for one in ids if (person := patients.get(session, one)) is not None]


def _line(report: Report, zone: ZoneInfo) -> str:
    from bot.records.report_export import areas_in_words

    when = report.reported_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    score = "-" if report.details.score is None else str(report.details.score)
    marks = [
        mark
        for mark, is_so in (
            ("partial", not report.details.complete),
            ("late", report.details.late),
            ("corrected", report.amended_at is not None),
            ("taken back", report.undone_at is not None),
        )
        if is_so
    ]
    parts = [
        when,
        f"{score:>2}/10",
        report.patient_id or "anonymous",
        areas_in_words(report),
        ", ".join(marks),
    ]
    return "  ".join(part for part in parts if part) + "\n"


def _write(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text, nl=False)
        return
    out.touch(mode=0o600)
    out.write_text(text, encoding="utf-8", newline="")
