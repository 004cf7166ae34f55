"""Visitors' words go when their session is over, unless they agreed to keeping them. For the worker."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.records import visitors
from bot.records.database import Database
from bot.settings import Clinic


def forget_visitors(database: Database, clinic: Clinic, *, now: datetime) -> int:
    """Erase the words of visitors whose session has ended; gives how many conversations."""
    if not clinic.web.ask_consent:
        return 0
    over = now - timedelta(days=clinic.web.session_days)
    forgotten = 0
    while True:
        with database.transaction() as session:
            due = visitors.due_to_be_forgotten(session, begun_before=over)
            forgotten += sum(visitors.erase_words(session, conversation) for conversation in due)
        if not due:
            return forgotten
