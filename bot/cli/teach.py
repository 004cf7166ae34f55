"""`bot teach`: what staff taught becomes a change of the training data, tried before it is adopted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Turn confirmed corrections into training data.")


@app.command()
def export(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the change.")] = False,
    new_topics: Annotated[
        Path, typer.Option(help="Where questions of new topics go; they need an answer first.")
    ] = Path("var/new_topics.yml"),
) -> None:
    """Write confirmed phrases into data/nlu and show the difference, ready for review."""
    from bot.cli.opening import open_current, operator
    from bot.records import audit, corrections
    from bot.settings import SettingsError, load_settings
    from bot.staff.teaching import RoundTripError, change_for, new_topics_in_yaml, write
    from bot.staff.topics import DATA

    now = datetime.now(UTC)
    with open_current(load_settings()).transaction() as session:
        confirmed = corrections.of_state(session, "confirmed")
        try:
            change = change_for(confirmed, DATA)
        except RoundTripError as error:
            raise SettingsError(str(error)) from error
        typer.echo(change.diff or "No change of data/nlu.")
        for one in change.known:
            typer.echo(f"known already: {one.phrase}")
        for topic, asked in change.unwritten.items():
            typer.echo(f"new topic {topic!r}: {len(asked)} questions, no answer yet")
        if dry_run or not confirmed:
            return
        write(change)
        if change.unwritten:
            new_topics.parent.mkdir(parents=True, exist_ok=True)
            new_topics.write_text(new_topics_in_yaml(change.unwritten), encoding="utf-8")
            typer.echo(
                f"Questions of new topics are in {new_topics}; they stay confirmed until somebody answers them."
            )
        done = tuple(one.id for one in (*change.taught, *change.known))
        corrections.mark_exported(session, done, now=now)
        details = {"phrases": len(change.taught), "files": [file.name for file in change.files]}
        audit.append(session, operator(), "exported", "corrections", now=now, details=details)
    typer.echo(f"{len(change.taught)} phrases written. Review the change, then `bot train`.")


@app.command(name="try")
def try_change(
    questions: Annotated[Path, typer.Option(help="Questions to measure on.")] = Path(
        "tests/questions/dev.yml"
    ),
) -> None:
    """Train a second model with the confirmed phrases and show what it would answer differently."""
    from bot.cli.opening import open_current
    from bot.records import corrections
    from bot.settings import load_settings
    from bot.staff.topics import DATA
    from bot.staff.trial import try_out

    with open_current(load_settings()).reading() as session:
        confirmed = corrections.of_state(session, "confirmed")
    if not confirmed:
        typer.echo("Nothing is confirmed yet: see Teaching on the staff site.")
        return
    typer.echo(f"Training with {len(confirmed)} more phrases, beside the current model. About a minute ...")
    trial = try_out(confirmed, DATA, questions)
    typer.echo(trial.diff)
    typer.echo(f"{questions.name}: {trial.before:.1%} now, {trial.after:.1%} with the change")
    for title, texts in (("Right only with the change", trial.gained), ("Right only now", trial.lost)):
        if texts:
            typer.echo(f"\n{title}:")
        for text in texts:
            typer.echo(f"  {text}")
    typer.echo("\nThe phrases themselves:")
    for phrase in trial.phrases:
        typer.echo(
            f"  {'answered' if phrase.after else 'STILL NOT'} (now {'yes' if phrase.before else 'no'}): {phrase.text}"
        )
    if trial.lost:
        raise typer.Exit(1)
