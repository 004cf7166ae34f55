"""What became of texts that nobody knows about: the provider is asked; found, they are accepted.

A text that is not found is asked for again a grace later, by a clock that nobody sets, and only then queued
again. Urgent words wait for one look-up only: two of them are better than none (sms-and-privacy.md C.4).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.records import alerts, prompts, restored, submissions
from bot.records.database import Database
from bot.records.outbox import Outgoing
from bot.settings import Clinic
from bot.sms.provider import LookupFailedError, OutboundText, SmsProvider
from bot.sms.saying import ASKING
from bot.sms.sending import Clock

GRACE = timedelta(minutes=2)
#: How long callbacks alone may settle a text where the provider offers no look-up.
CALLBACKS_ALONE = timedelta(hours=1)
MOST_ATTEMPTS = 8

log = structlog.get_logger("sms")


@dataclass
class Reconciler:
    """Settles unknown outcomes. Each worker has one; it trusts only what it has seen itself."""

    database: Database
    provider: SmsProvider
    clinic: Clinic
    clock: Clock
    grace: timedelta = GRACE
    _missing: dict[tuple[str, datetime], float] = field(default_factory=dict)

    def settle_unknown(self) -> int:
        """Look after every text whose outcome is unknown for longer than the grace; how many were settled."""
        now = self.clock()
        with self.database.reading() as session:
            texts = submissions.unsettled(session, now=now, grace=self.grace)
        current = {_key(text) for text in texts}
        self._missing = {key: at for key, at in self._missing.items() if key in current}
        return sum(self._settle(text, now) for text in texts if self._look_is_due(text))

    def _settle(self, text: Outgoing, now: datetime) -> bool:
        assert text.submit_at is not None
        if not self.provider.capabilities.lookup:
            return self._without_lookup(text, now)
        out = OutboundText(text.phone, text.body, text.ref, text.submit_at)
        try:
            sids = self.provider.find(out)
        except LookupFailedError as error:
            log.warning("lookup_failed", reason=str(error))
            return False
        with self.database.transaction() as session:
            submissions.looked_up(session, text)
            new = [sid for sid in sids if sid not in submissions.known_sids(session, sids)]
            if new:  # oldest last in a list that is newest first
                done = submissions.accepted(
                    session, text, new[-1], "accepted", now=now, how="settled by look-up"
                )
                if done and text.kind in ASKING:
                    prompts.mark_asked(session, text.id, now=now)
                return done
            if not self._missing_for_good(text):
                return False
            if text.attempts >= MOST_ATTEMPTS:
                return submissions.refused(session, text, "unknown")
            return submissions.put_back(session, text, not_before=now, error="settled: never taken")

    def _look_is_due(self, text: Outgoing) -> bool:
        """Whether a text was never looked for, or missed a grace ago."""
        missed = self._missing.get(_key(text))
        return missed is None or time.monotonic() - missed >= self.grace.total_seconds()

    def _missing_for_good(self, text: Outgoing) -> bool:
        since = self._missing.setdefault(_key(text), time.monotonic())
        return text.kind == "urgent" or time.monotonic() - since >= self.grace.total_seconds()

    def _without_lookup(self, text: Outgoing, now: datetime) -> bool:
        assert text.submit_at is not None
        gone = restored.may_have_gone(text)
        if text.kind == "urgent" and not gone:
            with self.database.transaction() as session:
                return submissions.put_back(session, text, not_before=now, error="urgent: sent again")
        if now - text.submit_at < CALLBACKS_ALONE:
            return False
        with self.database.transaction() as session:
            if gone:  # sent by the installation that was lost, or never: a person decides
                alerts.open_alert(
                    session, "text_unknown_after_restore", "routine", now=now, patient=text.patient_id
                )
            return submissions.refused(session, text, "unknown")


def _key(text: Outgoing) -> tuple[str, datetime]:
    assert text.submit_at is not None
    return text.id, text.submit_at
