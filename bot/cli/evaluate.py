"""`bot eval`: how well the assistant understands, measured on files of realistic wording (tests/eval/README.md)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.evaluation.results import Result, Score

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
def redflags(file: File, as_json: Json = False, at_least: AtLeast = None) -> None:
    """Are warning signs caught, in the right tier, and nothing else?"""
    from bot.evaluation.redflags import evaluate_redflags

    _finish(evaluate_redflags(file), as_json, at_least)


@app.command()
def soreness(file: File, as_json: Json = False, at_least: AtLeast = None) -> None:
    """Are scores, places, times and symptoms read as the patient meant them?"""
    from bot.evaluation.soreness import evaluate_soreness

    _finish(evaluate_soreness(file), as_json, at_least)


def _finish(result: Result, as_json: bool, at_least: float | None) -> None:
    if as_json:
        typer.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
    else:
        _show(result)
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
        typer.echo(f"  {score.passed:6.1%}  {name} ({score.items})")
