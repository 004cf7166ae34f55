"""`bot doctor`: find what is wrong and say how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import typer


@dataclass(frozen=True)
class Check:
    """One thing looked at; `look` returns what it found, or raises with a line that says how to mend it."""

    name: str
    look: Callable[[], str]


def doctor() -> None:
    """Look at settings, encoder, model, database and running processes; exit 1 when something is wrong."""
    wrong = 0
    for check in (
        Check("clinic.yml", _clinic),
        Check("sentence encoder", _encoder),
        Check("model", _model),
        Check("database", _database),
        Check("disk", _disk),
        Check("assistant", lambda: _process("assistant")),
        Check("front door", lambda: _process("web")),
    ):
        try:
            typer.echo(f"ok     {check.name}: {check.look()}")
        except Exception as error:
            wrong += 1
            typer.echo(f"wrong  {check.name}: {error}")
    if wrong:
        raise typer.Exit(1)


def _clinic() -> str:
    from bot.settings import load_settings

    clinic = load_settings().clinic
    return f"{clinic.name}, {clinic.time_zone}, emergencies {clinic.emergency.number}"


def _encoder() -> str:
    from bot.nlu.encoder import verify, weights_folder

    folder = weights_folder()
    verify(folder / "model.safetensors")
    return "the official weights"


def _model() -> str:
    from bot.dialogue.training import is_current, latest_model

    model = latest_model()
    if not is_current(model):
        raise RuntimeError(f"{model.name} is older than data/, config.yml or domain.yml; run `bot train`")
    return model.name


def _database() -> str:
    from bot.records.database import open_database
    from bot.settings import load_settings

    database = open_database(load_settings().database_url)
    if not database.is_current():
        raise RuntimeError("its tables are old or not there; `bot up` brings them up to date")
    return "reachable, tables up to date"


def _disk() -> str:
    import shutil

    from bot.settings import load_settings

    var = load_settings().var
    var.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(var).free / 1e9
    if free < 1:
        raise RuntimeError(f"{free:.1f} GB left for {var.name}/; make room")
    return f"{free:.0f} GB free"


def _process(name: str) -> str:
    import httpx

    from bot.settings import load_settings
    from bot.supervisor import processes_of

    process = next(process for process in processes_of(load_settings()) if process.name == name)
    try:
        answer = httpx.get(process.ready_url, timeout=3)
    except httpx.HTTPError as error:
        raise RuntimeError("does not answer; start it with `bot up`") from error
    if answer.status_code != 200:
        raise RuntimeError(f"answers with status {answer.status_code}; its log says why")
    return "answers"
