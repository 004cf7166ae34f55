"""`bot backup` and `bot restore`: everything that must not be lost, in one file, and back again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer


def backup(
    file: Annotated[Path, typer.Argument(help="Where the backup goes; must not be there yet.")],
    keys: Annotated[
        Path | None, typer.Option(help="Write the data keys to this file too. Keep it elsewhere.")
    ] = None,
) -> None:
    """Back up the database while everything runs. The keys are never in it: without them nobody can read it."""
    from bot.backup.archive import BackupError
    from bot.backup.making import back_up, save_keys
    from bot.cli.opening import open_current, operator
    from bot.records.database import DatabaseUnavailableError
    from bot.settings import SettingsError, load_settings

    database = open_current(load_settings())
    try:
        manifest = back_up(database, file, actor=operator(), now=datetime.now(UTC))
        if keys is not None:
            save_keys(database.vault.keys, keys)
    except (BackupError, DatabaseUnavailableError) as error:
        raise SettingsError(f"backup: {error}") from error
    typer.echo(f"Wrote {file}: {sum(manifest.rows.values())} rows, {file.stat().st_size / 1e6:.1f} MB.")
    if keys is not None:
        typer.echo(f"Wrote the keys to {keys}. Keep them apart from the backup: together they are readable.")
    else:
        where = "BOT_DATA_KEYS" if not database.vault.keeps_keys else "var/keys/data.json"
        typer.echo(f"The keys ({', '.join(manifest.keys)}) are not in it: keep a copy of {where} elsewhere.")
    typer.echo("clinic.yml, credentials of the SMS provider and trained models are not in it either.")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup made by `bot backup`.")],
    keys: Annotated[
        Path | None, typer.Option(help="The data keys that were saved with it, when they are not here.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Although data is there. SQLite's is put aside.")
    ] = False,
) -> None:
    """Bring an installation back. Stop the processes first; no patient is texted twice afterwards."""
    from bot.backup.archive import BackupError, read_manifest
    from bot.backup.restoring import install_keys, missing_keys, restore
    from bot.cli.opening import operator
    from bot.records.database import DatabaseUnavailableError
    from bot.records.encryption import KEY_FILE, KeysError, open_vault
    from bot.settings import SettingsError, load_settings
    from bot.sms.clock import clock_of

    settings = load_settings()
    now = clock_of(settings)()
    try:
        manifest = read_manifest(file)
        if keys is not None:
            install_keys(keys, settings.keys, now=now, force=force)
        elif not has_keys(settings.keys / KEY_FILE):
            raise BackupError(f"it is sealed with key {', '.join(manifest.keys)}: give --keys FILE")
        vault = open_vault(settings.keys)
        if lacking := missing_keys(manifest.keys, vault.keys):
            raise BackupError(
                f"it is sealed with key {', '.join(lacking)}, not the one here: give --keys FILE"
            )
        done = restore(file, settings.database_url, vault, actor=operator(), now=now, force=force)
    except (BackupError, KeysError, DatabaseUnavailableError) as error:
        raise SettingsError(f"restore: {error}") from error
    typer.echo(
        f"Restored {sum(done.manifest.rows.values())} rows of {done.manifest.made_at:%Y-%m-%d %H:%M} UTC."
    )
    if done.aside is not None:
        typer.echo(f"What was there is in {done.aside}.")
    held = done.held
    typer.echo(
        f"{held.queued + held.in_flight} texts may have gone since: the carrier is asked before any is sent."
    )
    typer.echo(f"{held.unanswered} texts that had no answer yet are alerts for staff.")
    typer.echo(
        "Questions due before now are not asked. Everybody signs in again. Next: docs/operations.md, Restore."
    )


def has_keys(file: Path) -> bool:
    """Whether this installation has data keys, from a file or from the environment."""
    import os

    return file.exists() or bool(os.environ.get("BOT_DATA_KEYS"))
