"""`bot train`: make the assistant's model."""

from __future__ import annotations

import time

import typer


def train(force: bool = typer.Option(False, help="Train even when nothing changed.")) -> None:
    """Train the assistant; skipped when nothing changed since the last training."""
    from bot.dialogue import training

    started = time.perf_counter()
    typer.echo("Training (about 20 s; the first time half a minute more, to encode every example) ...")
    result = training.train(force)
    took = time.perf_counter() - started
    typer.echo(
        f"Trained in {took:.0f} s: {result.model.name}"
        if result.trained
        else "Nothing changed: the model is up to date."
    )
