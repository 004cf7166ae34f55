"""`bot keys`: the keys that seal patients' words and numbers."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

app = typer.Typer(no_args_is_help=True, help="The keys that seal patients' words and numbers.")


@app.command()
def rotate() -> None:
    """Make a new data key and seal everything with it. Processes may go on; run again if interrupted."""
    from bot.cli.opening import open_current, operator
    from bot.records import audit, rotation
    from bot.records.encryption import KeysError
    from bot.settings import SettingsError, load_settings

    database = open_current(load_settings())
    try:
        count = rotation.rotate(database)
    except KeysError as error:
        raise SettingsError(str(error)) from error
    now = datetime.now(UTC)
    with database.transaction() as session:
        audit.append(session, operator(), "rotated keys", "keys", now=now, details={"values": count})
    typer.echo(f"{count} values are sealed with the new key {database.vault.keys.current}.")
    typer.echo("Old keys are kept for backups: `bot keys retire` throws them away.")


@app.command()
def retire() -> None:
    """Throw old data keys away. Backups made before the rotation can't be read any more."""
    from bot.cli.opening import open_current, operator
    from bot.records import audit, rotation
    from bot.records.encryption import KeysError
    from bot.settings import SettingsError, load_settings

    database = open_current(load_settings())
    try:
        count = rotation.retire_old_keys(database)
    except KeysError as error:
        raise SettingsError(str(error)) from error
    now = datetime.now(UTC)
    with database.transaction() as session:
        audit.append(session, operator(), "retired keys", "keys", now=now, details={"keys": count})
    typer.echo(f"{count} old keys are gone.")
