"""`bot audit`: who did and read what."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Who did and read what.")


@app.callback()
def _group() -> None:
    """Keep `verify` a command of its own."""


@app.command()
def verify() -> None:
    """Check the chain of the audit: name every altered or missing row; exit 1 when there is one."""
    from bot.cli.opening import open_current
    from bot.records import audit
    from bot.settings import load_settings

    with open_current(load_settings()).reading() as session:
        faults = audit.verify(session)
        newest = audit.newest(session, limit=1)
    for fault in faults:
        typer.echo(f"row {fault.sequence}: {fault.problem}")
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{newest[0].sequence if newest else 0} rows, none altered and none missing.")
