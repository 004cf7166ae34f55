"""`bot up`: start everything and keep it running until Ctrl-C."""

from __future__ import annotations

import typer


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
    Supervisor(processes_of(settings), say=typer.echo).run(started)
