"""`bot visits`: sessions by hand or from a file of the clinic's system; each plans its follow-up questions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.followups.imports import Read
    from bot.settings import Settings

app = typer.Typer(help="Sessions: add one, or import a CSV file or a FHIR bundle.", no_args_is_help=True)


@app.command()
def add(
    phone: Annotated[str, typer.Argument(help="The patient's phone.")],
    ended: Annotated[str | None, typer.Option(help="When it ended, such as 2026-11-20T15:00; now.")] = None,
    name: Annotated[str, typer.Option(help="First name.")] = "",
    consent: Annotated[str, typer.Option(help="written, asked (by text) or none.")] = "asked",
    session_id: Annotated[str | None, typer.Option("--id", help="The session's id in your system.")] = None,
    patient: Annotated[str | None, typer.Option(help="The patient's id in your system.")] = None,
    zone: Annotated[str | None, typer.Option(help="The patient's IANA zone; the clinic's.")] = None,
    area: Annotated[list[str] | None, typer.Option(help="A treated body part; may repeat.")] = None,
) -> None:
    """Record a session that took place and plan its questions."""
    from bot.followups.imports import from_json
    from bot.settings import load_settings
    from bot.sms.clock import clock_of

    settings = load_settings()
    given = {
        "phone": phone, "ended_at": ended or clock_of(settings)().isoformat(), "first_name": name, "id": session_id,
        "patient_id": patient, "zone": zone, "areas": area or [], "consent": consent,
    }  # fmt: skip
    _store(settings, from_json(given, settings.clinic, "session"), dry_run=False)


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A .csv file or a FHIR bundle (.json).")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check only.")] = False,
) -> None:
    """Import sessions; the same file again changes nothing. A row that can't be read is told by its line."""
    from bot.followups.imports import Problem, Read, from_csv, from_fhir
    from bot.settings import load_settings

    settings = load_settings()
    try:
        text = file.read_text(encoding="utf-8-sig")
        read = (
            from_fhir(json.loads(text), settings.clinic)
            if file.suffix == ".json"
            else from_csv(text, settings.clinic)
        )
    except (UnicodeDecodeError, ValueError) as error:
        read = Read((), (Problem(file.name, f"can't be read ({type(error).__name__})"),))
    _store(settings, read, dry_run=dry_run)


@app.command()
def cancel(session_id: Annotated[str, typer.Argument(help="The session's id, yours or ours.")]) -> None:
    """Say that a session did not take place: nothing more is asked about it."""
    from bot.cli.opening import open_current, operator
    from bot.followups.sessions import cancel_session
    from bot.records import audit, visits
    from bot.settings import load_settings

    database = open_current(load_settings())
    now = datetime.now(UTC)
    with database.transaction() as session:
        visit = visits.find_by_external_id(session, session_id) or visits.get(session, session_id)
        if visit is None:
            typer.echo(f"bot: no session has the id {session_id}", err=True)
            raise typer.Exit(2)
        cancel_session(session, visit.id, now=now)
        audit.append(session, operator(), "cancelled", f"visit:{visit.id}", now=now, patient=visit.patient_id)
    typer.echo("Cancelled.")


def _store(settings: Settings, read: Read, *, dry_run: bool) -> None:
    from bot.cli.opening import open_current, operator
    from bot.followups.imports import store
    from bot.sms.clock import clock_of

    problems = list(read.problems)
    if dry_run:
        typer.echo(f"{len(read.sessions)} sessions can be imported; nothing was changed.")
    else:
        now = clock_of(settings)()
        done, problems = store(open_current(settings), read, settings.clinic, actor=operator(), now=now)
        counts = {change: sum(one.change == change for one in done) for change in ("new", "moved", "same")}
        planned = sum(one.steps for one in done)
        told = f"{counts['new']} new, {counts['moved']} moved, {counts['same']} known already"
        typer.echo(f"{told}; {planned} questions planned.")
    for problem in problems:
        typer.echo(f"{problem.where}: {problem.what}", err=True)
    if problems:
        raise typer.Exit(1)
