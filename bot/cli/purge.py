"""`bot purge`: erase what is older than clinic.yml says it is kept. Run it every night."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")] = False,
) -> None:
    """Erase what is older than `retention` in clinic.yml; patients under legal hold are left alone."""
    from bot.cli.opening import open_current, operator
    from bot.records import retention
    from bot.settings import load_settings

    settings = load_settings()
    rules = settings.clinic.retention
    done = retention.purge(
        open_current(settings), rules, now=datetime.now(UTC), actor=operator(), dry_run=dry_run
    )
    typer.echo("Would erase:" if dry_run else "Erased:")
    for count, what, days in (
        (done.transcripts, "rows of transcripts", rules.transcripts_days),
        (done.raw_messages, "raw messages", rules.raw_messages_days),
        (done.reports, "soreness reports", rules.reports_days),
        (done.alerts, "alerts' words", rules.reports_days),
    ):
        typer.echo(f"{count:>8}  {what} older than {days} days")
