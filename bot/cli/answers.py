"""`bot answers`: the sheet of all answers for a clinician's sign-off."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The answers, for reviewers.", no_args_is_help=True)


@app.command()
def export(
    folder: Annotated[Path, typer.Option(help="Where the sheet goes.")] = Path("var/answers"),
    pdf: Annotated[bool, typer.Option(help="Write the PDF too; needs Pango from the system.")] = True,
) -> None:
    """Write all answers with sources, reading grades and segment counts as one HTML page and one PDF."""
    from bot.answering.review_sheet import write_html, write_pdf
    from bot.settings import SettingsError, load_settings

    folder.mkdir(parents=True, exist_ok=True)
    page = write_html(folder / "answers.html", load_settings().clinic)
    typer.echo(f"Wrote {page}")
    if pdf:
        try:
            typer.echo(f"Wrote {write_pdf(page)}")
        except OSError as error:
            raise SettingsError(
                "the PDF needs Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0); --no-pdf leaves it out"
            ) from error
