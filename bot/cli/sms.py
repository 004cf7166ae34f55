"""`bot sms`: what became of texts and questions."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.records.texting import Figures

app = typer.Typer(help="Texts: figures of a period.", no_args_is_help=True)


@app.command()
def report(
    days: Annotated[int, typer.Option(help="The last so many days.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    picture: Annotated[Path | None, typer.Option(help="Draw it into this file (.svg).")] = None,
) -> None:
    """Texts sent and delivered, questions answered within 1 h and 24 h, what reminders brought, opt-outs."""
    from bot.cli.opening import open_current
    from bot.records.texting import figures
    from bot.settings import load_settings
    from bot.sms.clock import clock_of

    settings = load_settings()
    until = clock_of(settings)()
    with open_current(settings).reading() as session:
        found = figures(session, until - timedelta(days=days), until)
    typer.echo(json.dumps(asdict(found), indent=2) if as_json else _table(found, days))
    if picture is not None:
        _draw(found, picture)


def _table(found: Figures, days: int) -> str:
    lines = [f"The last {days} days"]
    lines += [f"  texts {state}: {count}" for state, count in sorted(found.texts.items())]
    lines += [f"  unknown outcomes {how}: {count}" for how, count in sorted(found.settled.items())]
    asked = sum(step.asked for step in found.steps)
    share = f" ({1000 * found.opted_out / asked:.0f} of 1000 questions)" if asked else ""
    lines.append(f"  opt-outs: {found.opted_out}{share}")
    for step in found.steps:
        lines.append(
            f"  {step.step}: asked {step.asked}, answered {_of(step.answered, step.asked)}, within 1 h "
            f"{_of(step.within_hour, step.asked)}, within 24 h {_of(step.within_day, step.asked)}, reminders "
            f"{step.reminded} brought {step.answered_after_reminder}, median {step.median_minutes or '-'} min, "
            f"expired {step.expired}"
        )
    return "\n".join(lines)


def _of(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f} %)" if whole else str(part)


def _draw(found: Figures, file: Path) -> None:
    from xml.sax.saxutils import escape

    height, rows = 34, []
    for place, step in enumerate(found.steps):
        top = 20 + place * height
        for share, colour in (
            (step.answered, "#9cc3e6"),
            (step.within_day, "#5a9bd4"),
            (step.within_hour, "#1f5f99"),
        ):
            width = 400 * share / step.asked if step.asked else 0
            rows.append(f'<rect x="90" y="{top}" width="{width:.0f}" height="20" fill="{colour}"/>')
        rows.append(f'<text x="8" y="{top + 15}">{escape(step.step)}</text>')
        rows.append(f'<text x="500" y="{top + 15}">{_of(step.answered, step.asked)} of {step.asked}</text>')
    size = f'width="640" height="{40 + height * len(found.steps)}"'
    title = "<title>Questions answered: within 1 h, within 24 h, later</title>"
    file.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">{title}'
        + "".join(rows)
        + "</svg>\n",
        encoding="utf-8",
    )
    typer.echo(f"Drawn: {file}")
