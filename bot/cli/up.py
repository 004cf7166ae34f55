"""`bot up`: start everything and keep it running until Ctrl-C; `bot restart`: restart it one process at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.settings import Settings


def up(
    train: bool = typer.Option(True, help="Train first when something changed."),
    profile: str = typer.Option("", help="single (one of each) or production; else BOT_PROFILE."),
) -> None:
    """Train if needed, start assistants, front doors and workers, and print the addresses."""
    import signal
    import time

    from bot.cli.train import train as train_model
    from bot.processes import listen, processes_of
    from bot.profiles import load_profile
    from bot.running import only_one
    from bot.settings import load_settings
    from bot.supervisor import Supervisor

    started = time.perf_counter()
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # `bot restart` while nothing runs yet
    settings = load_settings()
    wanted = load_profile(settings, profile)
    processes = processes_of(settings, wanted)
    with only_one(settings.var):
        listen(settings, processes)
        if train and wanted.assistants:
            train_model(force=False)
        for line in _prepare(settings, demo_allowed=wanted.name == "single"):
            typer.echo(line)
        Supervisor(processes, settings.var / "logs", typer.echo).run(started)


def restart() -> None:
    """Restart what `bot up` runs, one process at a time: new code is taken, and nobody's message is lost."""
    import os
    import signal

    from bot.running import running_pid
    from bot.settings import SettingsError, load_settings

    pid = running_pid(load_settings().var)
    if pid is None:
        raise SettingsError("nothing runs here; start it with `bot up`")
    os.kill(pid, signal.SIGUSR1)
    typer.echo(f"Process {pid} restarts everything, one process after another, and says so where it runs.")


def _prepare(settings: Settings, demo_allowed: bool) -> list[str]:
    """Bring the database up to date; return what somebody who tries the project wants to know."""
    from bot.records.database import DatabaseUnavailableError, open_database
    from bot.settings import SettingsError
    from bot.staff.demo_account import ensure_demo_account, is_demo

    try:
        database = open_database(settings.database_url)
        database.upgrade()
        demo = ensure_demo_account(database) if demo_allowed and is_demo(settings) else None
        database.close()
    except (DatabaseUnavailableError, OSError) as error:
        raise SettingsError(f"database: {error}") from error
    if demo is None:
        return []
    return [f"Demo account for {settings.public_url}/staff: {demo.login} / {demo.password}"]
