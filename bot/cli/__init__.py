"""`bot`: the command line. One file a group of commands; heavy imports stay inside the commands."""

from __future__ import annotations

import sys

import typer

from bot.cli import (
    alerts,
    answers,
    ask,
    audit,
    backup,
    db,
    doctor,
    evaluate,
    keys,
    purge,
    reports,
    sms,
    staff,
    teach,
    train,
    up,
    visits,
)
from bot.settings import SettingsError

_app = typer.Typer(
    name="bot",
    help="An assistant that answers patients' questions about dry needling and follows up on soreness.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_app.command()(up.up)
_app.command()(up.restart)
_app.command()(train.train)
_app.command()(ask.ask)
_app.command()(ask.chat)
_app.command()(doctor.doctor)
_app.command()(purge.purge)
_app.command()(backup.backup)
_app.command()(backup.restore)
_app.add_typer(evaluate.app, name="eval")
_app.add_typer(answers.app, name="answers")
_app.add_typer(alerts.app, name="alerts")
_app.add_typer(reports.app, name="reports")
_app.add_typer(staff.app, name="staff")
_app.add_typer(audit.app, name="audit")
_app.add_typer(teach.app, name="teach")
_app.add_typer(keys.app, name="keys")
_app.add_typer(db.app, name="db")
_app.add_typer(visits.app, name="visits")
_app.add_typer(sms.app, name="sms")


def app() -> None:
    """Run the command line; a mistake that somebody can mend is one line and exit code 2."""
    try:
        _app()
    except SettingsError as error:
        typer.echo(f"bot: {error}", err=True)
        sys.exit(2)
