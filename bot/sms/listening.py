"""What phones sent us and no webhook brought: the provider is asked for it now and then.

A front door that was away for longer than the provider tries leaves texts that only the provider knows
(sms-and-privacy.md B.1). They are taken in as if they had just come: the same id twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.records import restored
from bot.records.database import Database
from bot.settings import Clinic
from bot.sms.provider import LookupFailedError, SmsProvider
from bot.sms.receiving import receive

FIRST_LOOK = timedelta(hours=24)  # after a start
LATER_LOOKS = timedelta(hours=1)
ON_THEIR_WAY = timedelta(minutes=2)  # younger texts may still come by webhook

log = structlog.get_logger("sms")


@dataclass
class Listening:
    """Asks the provider what phones sent. Each worker has one; several do no harm."""

    database: Database
    provider: SmsProvider
    clinic: Clinic
    clock: Callable[[], datetime]
    _has_looked: bool = field(default=False, init=False)

    def fill_gaps(self) -> int:
        """Take in what was missed; how many texts that were."""
        if not self.provider.capabilities.inbox:
            return 0
        now = self.clock()
        try:
            heard = self.provider.heard(self._since(now), now - ON_THEIR_WAY)
        except LookupFailedError as error:
            log.warning("inbox_not_listed", reason=str(error))
            return 0
        missed = 0
        for text in heard:
            with self.database.transaction() as session:
                taken = receive(session, text, self.clinic, provider=self.provider.name, now=self.clock())
            missed += taken.is_new
        self._has_looked = True
        if missed:
            log.warning("texts_missed_by_webhook", texts=missed)
        return missed

    def _since(self, now: datetime) -> datetime:
        """How far back to look: never behind a restore, for the lost installation may have answered."""
        since = now - (LATER_LOOKS if self._has_looked else FIRST_LOOK)
        with self.database.reading() as session:
            return max(since, restored.last(session) or since)
