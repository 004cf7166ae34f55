"""The installation's database, for commands that work in it."""

from __future__ import annotations

import getpass

from bot.records.database import Database, DatabaseUnavailableError, open_database
from bot.records.encryption import KeysError
from bot.settings import Settings, SettingsError


def open_current(settings: Settings) -> Database:
    """Open the database that the settings name, its tables up to date; SettingsError says what is wrong."""
    try:
        database = open_database(settings.database_url)
        database.upgrade()
    except (DatabaseUnavailableError, KeysError) as error:
        raise SettingsError(str(error)) from error
    return database


def operator() -> str:
    """Who runs the command, as the audit names them."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a container's user without a name
        return "cli"
