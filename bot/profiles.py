"""How many processes of each kind run on this machine, and what they need: `bot up --profile`.

`single` is one of each, on SQLite unless BOT_DATABASE_URL says otherwise. `production` is as many as
BOT_ASSISTANTS, BOT_WEBS and BOT_WORKERS say (two of each), on PostgreSQL (BOT_DATABASE_URL) with Redis
(BOT_REDIS_URL). A machine of several may run none of a kind; BOT_ASSISTANT_URL then names the assistants of all.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.settings import Settings, SettingsError

Name = Literal["single", "production"]
_COUNTS = {"assistants": "BOT_ASSISTANTS", "webs": "BOT_WEBS", "workers": "BOT_WORKERS"}


class Profile(BaseModel):
    """How many of each kind run on this machine."""

    model_config = ConfigDict(frozen=True)

    name: Name = "single"
    assistants: int = Field(default=1, ge=0, le=64)
    webs: int = Field(default=1, ge=0, le=64)
    workers: int = Field(default=1, ge=0, le=64)


def load_profile(settings: Settings, name: str = "", environment: Mapping[str, str] = os.environ) -> Profile:
    """Return the profile called `name`, else BOT_PROFILE, else `single`.

    Raises SettingsError with one line when it is not known or what it needs is not set.
    """
    name = name or environment.get("BOT_PROFILE", "single")
    if name not in get_args(Name):
        raise SettingsError(f"no profile is called {name!r}; use single or production")
    given = {kind: environment[variable] for kind, variable in _COUNTS.items() if variable in environment}
    if name == "single":
        if given:
            raise SettingsError(f"{_COUNTS[next(iter(given))]} needs BOT_PROFILE=production")
        return Profile()
    _require_servers(settings)
    try:
        profile = Profile(**{"name": name, "assistants": 2, "webs": 2, "workers": 2, **given})  # type: ignore[arg-type]
    except ValidationError as error:
        variable = _COUNTS[str(error.errors()[0]["loc"][0])]
        raise SettingsError(f"{variable} is a number from 0 to 64") from error
    addresses_of(settings, profile)
    return profile


def addresses_of(settings: Settings, profile: Profile) -> tuple[str, ...]:
    """Return the URLs of every assistant; this machine's own come first.

    One URL stands for as many as run here, on ports one after another; several are taken as they are.
    """
    urls = settings.assistant_urls
    if not urls:
        raise SettingsError("BOT_ASSISTANT_URL names no assistant")
    if len(urls) == 1:
        first = urlsplit(urls[0])
        port = first.port or 5005
        return (
            tuple(f"{first.scheme}://{first.hostname}:{port + n}" for n in range(profile.assistants)) or urls
        )
    if len(urls) < profile.assistants:
        raise SettingsError(f"BOT_ASSISTANT_URL names fewer assistants than run here ({profile.assistants})")
    return urls


def _require_servers(settings: Settings) -> None:
    if not settings.database_url.startswith("postgresql"):
        raise SettingsError(
            "the profile production needs BOT_DATABASE_URL=postgresql://user:password@host/name"
        )
    if not settings.redis_url.startswith(("redis://", "rediss://", "unix://")):
        raise SettingsError("the profile production needs BOT_REDIS_URL, such as redis://host:6379/0")
