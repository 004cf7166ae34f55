"""`bot db`: the tables of the database and their version."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The tables of the database and their version.")


@app.command()
def upgrade() -> None:
    """Bring the tables to the newest version; every start does it too. Take a backup first."""
    from bot.cli.opening import open_current
    from bot.records.database import newest_version
    from bot.settings import load_settings

    open_current(load_settings())
    typer.echo(f"The tables are at version {newest_version()}.")


@app.command()
def restored(
    as_of: Annotated[
        datetime, typer.Argument(help="What the database is a copy of, in UTC: 2026-11-20T02:00")
    ],
) -> None:
    """Say that PostgreSQL's own tools brought the database back: nothing is texted twice. Before any process starts."""
    from bot.cli.opening import open_current, operator
    from bot.records.restored import make_safe
    from bot.settings import load_settings

    made_at, now = as_of.replace(tzinfo=UTC), datetime.now(UTC)
    if made_at > now:
        raise typer.BadParameter("is in the future", param_hint="AS_OF")
    with open_current(load_settings()).transaction() as session:
        held = make_safe(session, made_at=made_at, now=now, actor=operator())
    typer.echo(
        f"{held.queued + held.in_flight} texts may have gone since: the carrier is asked before any is sent."
    )
    typer.echo(f"{held.unanswered} texts that had no answer yet are alerts for staff.")


@app.command()
def status() -> None:
    """Say which database it is, its version, and what an upgrade would do; exit 1 when one is due."""
    from bot.records.database import DatabaseUnavailableError, newest_version, open_database, shown
    from bot.records.encryption import KeysError
    from bot.records.versions import pending, version_of
    from bot.settings import SettingsError, load_settings

    try:
        database = open_database(load_settings().database_url)
        found = version_of(database)
    except (DatabaseUnavailableError, KeysError) as error:
        raise SettingsError(str(error)) from error
    typer.echo(
        f"{shown(database.engine.url)}: tables at version {found or 'none'}, newest {newest_version()}"
    )
    steps = pending(found)
    for version, title in steps:
        typer.echo(f"  to do: {version} {title}")
    if steps:
        typer.echo("Run `bot db upgrade`.")
        raise typer.Exit(1)
