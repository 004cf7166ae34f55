"""`bot keys`: the keys that seal patients' words and numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.records.database import Database

app = typer.Typer(no_args_is_help=True, help="The keys that seal patients' words and numbers.")


@app.command()
def rotate() -> None:
    """Make a new data key and seal everything with it. Processes may go on; run again if interrupted."""
    from bot.records import rotation

    count = _do("rotated keys", rotation.rotate)
    typer.echo(f"{count} values are sealed with the new key.")
    typer.echo("Old keys are kept for backups: `bot keys retire` throws them away.")


@app.command()
def reseal() -> None:
    """Seal everything with the current key: after a new one was put into BOT_DATA_KEYS, the old one beside it."""
    from bot.records import rotation

    typer.echo(f"{_do('resealed', rotation.reseal)} values are sealed with the new key.")


@app.command()
def retire() -> None:
    """Throw old data keys away. Backups made before the rotation can't be read any more."""
    from bot.records import rotation

    typer.echo(f"{_do('retired keys', rotation.retire_old_keys)} old keys are gone.")


def _do(action: str, work: Callable[[Database], int]) -> int:
    """Do something to the keys and note it in the audit; give its count."""
    from bot.cli.opening import open_current, operator
    from bot.records import audit
    from bot.records.encryption import KeysError
    from bot.settings import SettingsError, load_settings

    database = open_current(load_settings())
    try:
        count = work(database)
    except KeysError as error:
        raise SettingsError(str(error)) from error
    now = datetime.now(UTC)
    with database.transaction() as session:
        audit.append(session, operator(), action, "keys", now=now, details={"count": count})
    return count
