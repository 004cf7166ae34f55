"""`bot teach`: what staff taught becomes a change of the training data, tried before it is adopted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.staff.trial import Shift

MOST_SHOWN = 20  # of questions that moved

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
    questions: Annotated[Path, typer.Option(help="Realistic questions to ask both models.")] = Path(
        "tests/questions/dev.yml"
    ),
    folds: Annotated[
        int, typer.Option(min=2, max=10, help="Parts that all examples are cut into; more take longer.")
    ] = 2,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only the folds: no second model is trained.")
    ] = False,
) -> None:
    """Show what the confirmed phrases would change; exit 1 when a realistic question is answered worse.

    Learns with and without them on the same folds, then trains a second model and asks it what is asked of the
    current one.
    """
    from bot.cli.opening import open_current
    from bot.records import corrections
    from bot.settings import SettingsError, load_settings
    from bot.staff.teaching import RoundTripError, change_for
    from bot.staff.topics import DATA
    from bot.staff.trial import try_out

    with open_current(load_settings()).reading() as session:
        confirmed = corrections.of_state(session, "confirmed")
    try:
        change = change_for(confirmed, DATA)
    except RoundTripError as error:
        raise SettingsError(str(error)) from error
    for topic, asked in change.unwritten.items():
        typer.echo(f"new topic {topic!r}: {len(asked)} questions wait for an answer and are not tried")
    if not change.taught:
        typer.echo("Nothing new is confirmed: see Teaching on the staff site.")
        return
    typer.echo(change.diff)
    trial = try_out(
        change, questions, folds=folds, whole=not quick, say=lambda line: typer.echo(line, err=True)
    )
    _show_shift(f"{trial.folds.asked:,} examples of data/nlu, each held out once", trial.folds)
    if trial.questions is None:
        return
    _show_shift(f"{trial.questions.asked} questions of {questions.name}", trial.questions)
    typer.echo("\nThe phrases themselves:")
    for phrase in trial.phrases:
        now = "yes" if phrase.before else "no"
        typer.echo(f"  {'answered' if phrase.after else 'STILL NOT'} (now {now}): {phrase.text}")
    if trial.questions.lost:
        raise typer.Exit(1)


def _show_shift(title: str, shift: Shift) -> None:
    """Print shares right, and what came right or went wrong."""
    typer.echo(f"\n{title}: {shift.before:.2%} right now, {shift.after:.2%} with the change")
    for heading, texts in (("right only with the change", shift.gained), ("right only now", shift.lost)):
        if texts:
            typer.echo(f"  {heading}:")
        for text in texts[:MOST_SHOWN]:
            typer.echo(f"    {text}")
        if len(texts) > MOST_SHOWN:
            typer.echo(f"    and {len(texts) - MOST_SHOWN} more")
