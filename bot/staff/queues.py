"""The queues beside every page: name, count and age of the oldest, from the same conditions as their lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.datastructures import URL

from bot.records import alert_queue, conversation_queue, unanswered
from bot.staff.roles import Right

PLACES = (
    ("Patients", "/staff/patients", Right.SEE_PATIENTS),
    ("Teaching", "/staff/teaching", Right.TEACH),
    ("Numbers", "/staff/numbers", Right.SEE_NUMBERS),
    ("Audit", "/staff/audit", Right.READ_AUDIT),
    ("Staff", "/staff/accounts", Right.MANAGE_STAFF),
)


@dataclass(frozen=True)
class Queue:
    """A queue as it is now; `count` None where a figure would say nothing."""

    name: str
    path: str
    key: str
    count: int | None = None
    oldest: datetime | None = None
    is_urgent: bool = False

    @property
    def shown(self) -> str:
        """The count in words for a small space."""
        return f"{self.count:,}"

    def is_here(self, url: URL) -> bool:
        """Whether an address is this queue's list."""
        path, _, query = self.path.partition("?")
        return url.path == path and url.query == query


def queues_of(session: Session, rights: frozenset[Right]) -> tuple[Queue, ...]:
    """The queues that somebody with some rights may open."""
    found: list[Queue] = []
    alerts = alert_queue.waiting(session) if Right.SEE_ALERTS in rights else {}
    if signs := alerts.get("signs"):
        found.append(
            Queue("Warning signs", "/staff/alerts", "g r", signs.count, signs.oldest, is_urgent=True)
        )
    if Right.READ_WORDS in rights:
        count, oldest = unanswered.count_waiting(session)
        found.append(Queue("Unanswered", "/staff/unanswered", "g u", count, oldest))
    if tasks := alerts.get("soreness"):
        found.append(Queue("Soreness tasks", "/staff/soreness", "g s", tasks.count, tasks.oldest))
    if Right.READ_WORDS in rights:
        new = conversation_queue.count_new(session)
        found.append(Queue("To review", "/staff/conversations?q=is%3Anew", "g i", new))
        found.append(Queue("All conversations", "/staff/conversations", "g l"))
    return tuple(found)
