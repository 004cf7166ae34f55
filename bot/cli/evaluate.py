"""`bot eval`: how well the assistant understands, measured on files of realistic wording (tests/eval/README.md)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.evaluation.results import Result, Score

WEAKEST = 15  # topics shown by `bot eval nlu`
NO_SHARES = ("best_temperature",)  # figures that are no percentages

app = typer.Typer(help="Measure on files of realistic patient wording.", no_args_is_help=True)

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A file as in tests/eval.")
]
Json = Annotated[
    bool, typer.Option("--json", help="One object: overall, per tag, per topic or field, misses.")
]
AtLeast = Annotated[
    float | None, typer.Option(help="Exit with 1 when the overall score is below this (0-1).")
]


@app.command()
def questions(file: File, as_json: Json = False, at_least: AtLeast = None) -> None:
    """Is the right topic answered?"""
    from bot.dialogue.talk import Talk, load_for_talk
    from bot.evaluation.questions import Answerer, evaluate_questions

    agent = load_for_talk()

    def new_conversation() -> Answerer:
        talk = Talk(agent)

        async def say(text: str) -> list[str]:
            reply = await talk.say(text)
            return [label.removeprefix("faq/") for label in reply.topics] or [reply.intent]

        return say

    written = {name.removeprefix("utter_").removeprefix("faq/") for name in agent.domain.responses}
    _finish(asyncio.run(evaluate_questions(file, new_conversation, written)), as_json, at_least)


@app.command()
def redflags(
    file: File,
    as_json: Json = False,
    at_least: AtLeast = None,
    rules_only: Annotated[
        bool, typer.Option("--rules-only", help="As the front door judges, without the sentence encoder.")
    ] = False,
) -> None:
    """Are warning signs caught, in the right tier, and nothing else?"""
    from bot.evaluation.redflags import evaluate_redflags

    if rules_only:
        _finish(evaluate_redflags(file), as_json, at_least)
        return
    from bot.dialogue.talk import load_for_talk, warning_judge

    _finish(evaluate_redflags(file, warning_judge(load_for_talk())), as_json, at_least)


@app.command()
def soreness(file: File, as_json: Json = False, at_least: AtLeast = None) -> None:
    """Are scores, places, times and symptoms read as the patient meant them?"""
    from bot.evaluation.soreness import evaluate_soreness

    _finish(evaluate_soreness(file).in_common_form(), as_json, at_least)


@app.command()
def nlu(
    folds: Annotated[int, typer.Option(min=2, max=20, help="Parts that the examples are cut into.")] = 5,
    as_json: Json = False,
    picture: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Draw confusions and calibration there (PNG, SVG, PDF)."),
    ] = None,
    at_least: AtLeast = None,
) -> None:
    """Are topics told apart? Cross-validated over data/nlu, with typos and things out of scope."""
    from bot.dialogue.training import quiet
    from bot.evaluation.nlu import evaluate_nlu, read_examples
    from bot.evaluation.nlu_picture import draw
    from bot.nlu.encoder import load_encoder
    from bot.settings import ROOT

    quiet()
    report = evaluate_nlu(
        read_examples(ROOT / "data" / "nlu"),
        load_encoder(with_adapter=False),
        folds,
        lambda line: typer.echo(line, err=True),
    )
    if picture:
        try:
            draw(report, picture)
        except (OSError, ValueError) as error:
            raise typer.BadParameter(
                f"{picture} can't be written: {error}", param_hint="--picture"
            ) from error
    _finish(report.result, as_json, at_least, lambda result: _show_nlu(result, report.pairs))


def _show_nlu(result: Result, pairs: list[tuple[str, str, int]]) -> None:
    """Print figures, confusions with one example each, and the weakest topics: misses are a page a thousand."""
    typer.echo(f"{result.name}: {result.overall:.1%}")
    for name, value in result.figures.items():
        if name != "worst_confusions":
            typer.echo(f"  {name.replace('_', ' ')}: {value if name in NO_SHARES else _figure(value)}")
    typer.echo("\nmost often confused: asked -> understood")
    for true, said, count in pairs:
        example = next(miss.text for miss in result.misses if (miss.expected, miss.got) == (true, said))
        typer.echo(f"  {count:4}  {true} -> {said}: {example!r}")
    _table("weakest topics", dict(list(result.per_field.items())[:WEAKEST]))


def _finish(
    result: Result, as_json: bool, at_least: float | None, show: Callable[[Result], None] | None = None
) -> None:
    if as_json:
        typer.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
    else:
        (show or _show)(result)
    if at_least is not None and result.overall < at_least:
        typer.echo(f"below {at_least:.1%}", err=True)
        raise typer.Exit(1)


def _show(result: Result) -> None:
    typer.echo(f"{result.name}: {result.overall:.1%}")
    for name, value in result.figures.items():
        typer.echo(f"  {name.replace('_', ' ')}: {_figure(value)}")
    _table("by tag", result.per_tag)
    _table("by topic or field", result.per_field)
    if result.misses:
        typer.echo(f"\n{len(result.misses)} misses")
    for miss in result.misses:
        typer.echo(f"  {miss.id}: {miss.text!r}\n      expected {miss.expected}; got {miss.got}")


def _figure(value: object) -> str:
    return f"{value:.1%}" if isinstance(value, float) else str(value if value not in (None, []) else "none")


def _table(title: str, scores: dict[str, Score]) -> None:
    if scores:
        typer.echo(f"\n{title}")
    for name, score in scores.items():
        typer.echo(f"  {score.passed:6.1%}  {name}" + (f" ({score.items})" if score.items else ""))
