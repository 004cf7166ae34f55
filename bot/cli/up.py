"""`bot up`: start everything and keep it running until Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.settings import Settings


def up(
    train: bool = typer.Option(True, help="Train first when something changed."),
) -> None:
    """Train if needed, start the assistant, the front door and the worker, and print the addresses."""
    import time

    from bot.cli.train import train as train_model
    from bot.settings import load_settings
    from bot.supervisor import Supervisor, processes_of, require_free_ports

    started = time.perf_counter()
    settings = load_settings()
    require_free_ports(settings)
    if train:
        train_model(force=False)
    for line in _prepare(settings):
        typer.echo(line)
    Supervisor(processes_of(settings), settings.var / "logs", typer.echo).run(started)


def _prepare(settings: Settings) -> list[str]:
    """Bring the database up to date; return what somebody who tries the project wants to know."""
    from bot.records.database import DatabaseUnavailableError, open_database
    from bot.settings import SettingsError
    from bot.staff.demo_account import ensure_demo_account, is_demo

    try:
        database = open_database(settings.database_url)
        database.upgrade()
        demo = ensure_demo_account(database) if is_demo(settings) else None
        database.close()
    except (DatabaseUnavailableError, OSError) as error:
        raise SettingsError(f"database: {error}") from error
    if demo is None:
        return []
    return [f"Demo account for {settings.public_url}/staff: {demo.login} / {demo.password}"]
