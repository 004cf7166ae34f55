"""`bot db`: the tables of the database and their version."""

from __future__ import annotations

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
