"""`bot alerts`: what waits for a person, without the staff site. Every look is written to the audit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    from bot.records.alerts import Alert
    from bot.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Warning signs and soreness tasks that wait for a person.")
OUTCOMES = "called, sent_to_emergency, appointment, not_a_concern or could_not_reach"


@app.command(name="list")
def list_alerts(
    words: Annotated[bool, typer.Option("--words", help="With the patients' own words.")] = False,
) -> None:
    """List what waits, emergencies first, with who is told next."""
    from bot.cli.opening import open_current, operator
    from bot.records import alert_queue, audit
    from bot.settings import load_settings

    settings, now = load_settings(), datetime.now(UTC)
    with open_current(settings).transaction() as session:
        found = [*alert_queue.unsettled(session, "signs"), *alert_queue.unsettled(session, "soreness")]
        details = {"alerts": [alert.id for alert in found], "words": words}
        audit.append(session, operator(), "listed", "alerts", now=now, details=details)
    for alert in found:
        typer.echo(_line(alert, settings, now, words))
    if not found:
        typer.echo("Nothing waits.")


@app.command()
def acknowledge(alert: str) -> None:
    """Say that you take care of an alert: nobody else is told any more."""
    from bot.records import alerts

    def act(session: Any, found: Alert, who: str, now: datetime) -> None:
        done = alerts.acknowledge(session, found.id, actor=who, now=now)
        typer.echo(f"Acknowledged by {done.acknowledged_by}.")

    _act_on(alert, "acknowledged", act)


@app.command()
def close(
    alert: str,
    outcome: Annotated[str, typer.Option(help=OUTCOMES)],
    note: Annotated[str, typer.Option(help="What was done.")],
) -> None:
    """Close an alert with an outcome and a note; it stays readable."""
    from bot.records import alerts

    if outcome not in OUTCOMES.replace(" or ", ", ").split(", "):
        raise typer.BadParameter(f"choose {OUTCOMES}", param_hint="--outcome")
    if len(note.strip()) < 3:
        raise typer.BadParameter("write what was done", param_hint="--note")

    def act(session: Any, found: Alert, who: str, now: datetime) -> None:
        alerts.close(session, found.id, actor=who, outcome=outcome, note=note.strip(), now=now)
        typer.echo("Closed.")

    _act_on(alert, "closed", act)


def _act_on(named: str, action: str, act: Any) -> None:
    from bot.cli.opening import open_current, operator
    from bot.records import alerts, audit
    from bot.settings import load_settings

    now = datetime.now(UTC)
    with open_current(load_settings()).transaction() as session:
        found = alerts.get(session, named)
        if found is None:
            raise typer.BadParameter(f"no alert {named!r}; `bot alerts list` shows them")
        try:
            act(session, found, operator(), now)
        except alerts.AlertClosedError as error:
            raise typer.BadParameter(str(error)) from None
        audit.append(session, operator(), action, f"alert:{found.id}", now=now, patient=found.patient_id)


def _line(alert: Alert, settings: Settings, now: datetime, words: bool) -> str:
    opened = alert.opened_at.astimezone(ZoneInfo(settings.clinic.time_zone))
    minutes = int((now - alert.opened_at).total_seconds() // 60)
    steps = settings.clinic.alerting.steps
    if alert.state == "acknowledged":
        state = f"acknowledged by {alert.acknowledged_by}"
    elif alert.next_escalation_at is not None and alert.escalation_step < len(steps):
        step = steps[alert.escalation_step]
        state = f"open {minutes} min, next told: {step.name} ({step.after_minutes} min)"
    else:
        state = f"open {minutes} min, everybody was told"
    line = f"{alert.id}  {alert.tier:9}  {alert.sign}  {opened:%Y-%m-%d %H:%M}  {state}"
    return f"{line}\n    {alert.words}" if words and alert.words else line
