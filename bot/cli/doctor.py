"""`bot doctor`: find what is wrong and say how to mend it."""

from __future__ import annotations

import typer

from bot.cli.check import AdviceError, Check
from bot.cli.data_checks import data_checks


def doctor() -> None:
    """Look at settings, model, data, backups, what waits and the processes; exit 1 when something is wrong."""
    wrong = 0
    for check in (
        Check("clinic.yml", _clinic),
        Check("sentence encoder", _encoder),
        Check("model", _model),
        Check("database", _database),
        *_servers(),
        *data_checks(),
        Check("disk", _disk),
        *_processes(),
    ):
        try:
            typer.echo(f"ok     {check.name}: {check.look()}")
        except AdviceError as advice:
            typer.echo(f"note   {check.name}: {advice}")
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
        raise RuntimeError("its tables are old or not there; `bot db upgrade` brings them up to date")
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


def _servers() -> list[Check]:
    """What the profile production stands on."""
    from bot.settings import SettingsError, load_settings

    try:
        settings = load_settings()
    except SettingsError:
        return []  # said by the first check
    checks = []
    if settings.database_url.startswith("postgresql"):
        checks.append(Check("PostgreSQL", _postgresql))
    if settings.redis_url:
        checks.append(Check("Redis", lambda: _redis(settings.redis_url)))
    return checks


def _postgresql() -> str:
    from sqlalchemy import text

    from bot.profiles import load_profile
    from bot.records.database import CONNECTIONS, open_database
    from bot.settings import load_settings

    settings = load_settings()
    database = open_database(settings.database_url)
    with database.engine.connect() as connection:
        version = connection.scalar(text("show server_version"))
        allowed = int(connection.scalar(text("show max_connections")) or 0)
    database.close()
    profile = load_profile(settings)
    needed = CONNECTIONS * (profile.assistants + profile.webs + profile.workers)
    if needed > allowed:
        raise RuntimeError(
            f"allows {allowed} connections, the processes may open {needed}: raise max_connections"
        )
    return f"version {version}, {allowed} connections allowed, at most {needed} used here"


def _redis(url: str) -> str:
    try:
        from redis import Redis, RedisError
    except ModuleNotFoundError:
        return "not asked from here: only assistants use it, and this is a machine without them"

    try:
        with Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3) as redis:
            version = redis.info("server")["redis_version"]
    except (RedisError, OSError) as error:
        raise RuntimeError(
            f"does not answer ({type(error).__name__}); start it or mend BOT_REDIS_URL"
        ) from error
    return f"version {version}"


def _processes() -> list[Check]:
    """A line for each process that can be asked; several doors share one address."""
    from bot.processes import processes_of
    from bot.profiles import load_profile
    from bot.settings import SettingsError, load_settings

    try:
        settings = load_settings()
        processes = processes_of(settings, load_profile(settings))
    except SettingsError as error:
        why = str(error)
        return [Check("processes", lambda: _raise(why))]
    urls = {process.ready_url: process for process in reversed(processes) if process.ready_url}
    return [
        Check("front door" if process.kind == "web" else process.name, lambda url=url: _answers(url))  # type: ignore[misc]
        for url, process in reversed(urls.items())
    ]


def _raise(why: str) -> str:
    raise RuntimeError(why)


def _answers(url: str) -> str:
    import httpx

    try:
        answer = httpx.get(url, timeout=3)
    except httpx.HTTPError as error:
        raise RuntimeError("does not answer; start it with `bot up`") from error
    if answer.status_code != 200:
        raise RuntimeError(f"answers with status {answer.status_code}; its log says why")
    return "answers"
