"""The way out: intent committed, then the call, then the result. Nothing is ever sent without an intent row.

The text is claimed and its intent written in one statement (`queued` → `submitting`, one number at a time; the
database refuses a second): there is no gap between the two for a stalled worker to fall into. What the call
did not make clear stays `submitting` for the reconciler; it is never sent again blindly
(sms-and-privacy.md C.3, C.4).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.records import prompts, restored, submissions
from bot.records.database import Database
from bot.records.outbox import Outgoing
from bot.settings import Clinic
from bot.sms.delivery import take_error
from bot.sms.errors import ErrorClass, error_class
from bot.sms.provider import (
    Accepted,
    NotTaken,
    OutboundText,
    Refused,
    SendResult,
    SmsProvider,
    Unknown,
)
from bot.sms.saying import ASKING

FRESH_SECONDS = 5.0  # an intent older than this is not acted on: the worker was asleep
SHORTEST_VALIDITY = 300  # seconds; a text that would have less is not handed over (sms-and-privacy.md 0.8)
LONGEST_VALIDITY = 36_000
_LONGEST_PAUSE = 60.0
_PACIFIC = ZoneInfo("America/Los_Angeles")
_GATHER_SECONDS = 0.01
_MOST_TURNS = 200  # then the worker looks whether it is to stop

log = structlog.get_logger("sms")
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Send:
    """The text may go; the provider must not deliver it after `until`."""

    until: datetime | None = None


@dataclass(frozen=True)
class Hold:
    """The text must wait."""

    until: datetime


@dataclass(frozen=True)
class Drop:
    """The text is not wanted any more: "cancelled" or "expired", and why."""

    state: str
    reason: str


Verdict = Send | Hold | Drop
Gate = Callable[[Session, Outgoing, datetime], Verdict]


@dataclass(frozen=True)
class Intent:
    """A text whose intent is committed, and since when by a clock that nobody sets."""

    text: Outgoing
    until: datetime | None
    since: float


@dataclass
class Sender:
    """Sends what is due. One a process; several processes may work on one database."""

    database: Database
    provider: SmsProvider
    clinic: Clinic
    gate: Gate
    owner: str
    clock: Clock
    at_once: int = 16
    _pool: ThreadPoolExecutor = field(init=False)
    _next_call: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.at_once, "sms-send")

    def send_due(self) -> int:
        """Send what is due, many at a time, a slow call keeping no other waiting; how many were tried."""
        calls: dict[Future[SendResult], Intent] = {}
        tried = 0
        for turn in count():
            if turn < _MOST_TURNS and len(calls) < self.at_once:
                for intent in self._commit_intents(self.at_once - len(calls)):
                    calls[self._pool.submit(self._call, intent)] = intent
                    tried += 1
            if not calls:
                break
            wait(calls, return_when=FIRST_COMPLETED)
            done, _ = wait(calls, timeout=_GATHER_SECONDS)  # a commit for several costs what one does
            self._commit_results([(calls.pop(call), call.result()) for call in done])
        return tried

    def close(self) -> None:
        """Wait for calls under way."""
        self._pool.shutdown()

    def _commit_intents(self, most: int = 16) -> list[Intent]:
        now, since = self.clock(), time.monotonic()
        try:
            with self.database.transaction() as session:
                intents = []
                for text in submissions.ready(session, now=now, limit=min(most, self._allowance())):
                    if restored.may_have_gone(text):
                        restored.ask_first(session, text)
                        continue
                    verdict = self._judge(session, text, now)
                    if isinstance(verdict, Send):
                        submitted = submissions.submit(session, text, self.owner, self.provider.name, now=now)
                        intents.append(Intent(submitted, verdict.until, since))
                    elif isinstance(verdict, Hold):
                        submissions.hold(session, text, verdict.until)
                    else:
                        submissions.drop(session, text, verdict.state, verdict.reason)
            self._next_call += len(intents) / self.clinic.sms.texts_a_second
            return intents
        except IntegrityError:  # another worker has a text of the same number in flight: next time
            return []

    def _judge(self, session: Session, text: Outgoing, now: datetime) -> Verdict:
        if not text.phone or not text.body:
            return Drop("cancelled", "erased")
        if text.not_after is not None and text.not_after <= now:
            return Drop("expired", "too_late")
        verdict = self.gate(session, text, now)
        if isinstance(verdict, Send):
            limits = [limit for limit in (verdict.until, text.not_after) if limit is not None]
            return Send(min(limits, default=None))
        return verdict

    def _allowance(self) -> int:
        """How many texts may go now: what the carrier has agreed to, at most a second's worth at once."""
        now = time.monotonic()
        self._next_call = max(self._next_call, now - 1.0)
        return min(self.at_once, int((now - self._next_call) * self.clinic.sms.texts_a_second))

    def _call(self, intent: Intent) -> SendResult:
        """Hand one text over, unless this process slept since it wrote the intent."""
        text, now = intent.text, self.clock()
        assert text.submit_at is not None
        asleep = max(time.monotonic() - intent.since, (now - text.submit_at).total_seconds())
        if asleep > FRESH_SECONDS:
            return NotTaken("asleep", 0.0)
        valid = None
        if intent.until is not None and self.provider.capabilities.validity:
            valid = max(1, min(LONGEST_VALIDITY, int((intent.until - now).total_seconds())))
        out = OutboundText(text.phone, text.body, text.ref, text.submit_at, valid)
        try:
            return self.provider.send(out)
        except Exception as error:
            log.error("provider_broke", error=type(error).__name__)
            return Unknown(type(error).__name__)

    def _commit_results(self, results: Sequence[tuple[Intent, SendResult]]) -> None:
        now = self.clock()
        try:
            with self.database.transaction() as session:
                for intent, result in results:
                    settle(session, intent.text, result, self.clinic, now=now)
        except IntegrityError:  # one id twice: settle one by one, so that it spoils no other
            for intent, result in results:
                try:
                    with self.database.transaction() as session:
                        settle(session, intent.text, result, self.clinic, now=now)
                except IntegrityError:
                    log.error("sid_known_already", outbox=intent.text.id)


def next_capacity(now: datetime) -> datetime:
    """When carriers count a new day: midnight Pacific (sms-and-privacy.md B.3)."""
    day = now.astimezone(_PACIFIC).date() + timedelta(days=1)
    return datetime.combine(day, datetime.min.time(), _PACIFIC).astimezone(now.tzinfo)


def settle(session: Session, text: Outgoing, result: SendResult, clinic: Clinic, *, now: datetime) -> None:
    """Write down what a call did."""
    match result:
        case Accepted(sid, status):
            if submissions.accepted(session, text, sid, status, now=now) and text.kind in ASKING:
                prompts.mark_asked(session, text.id, now=now)
        case NotTaken(reason, retry_after):
            pause = min(_LONGEST_PAUSE, max(retry_after, 2.0 ** min(text.attempts - 1, 6)))
            pause = 0.0 if reason == "asleep" else max(pause, retry_after)
            submissions.put_back(session, text, not_before=now + timedelta(seconds=pause), error=reason)
        case Refused(code) if error_class(code) is ErrorClass.CAPACITY:
            put_back = submissions.put_back(session, text, not_before=next_capacity(now), error=code)
            if put_back:
                take_error(session, text, code, clinic, now=now)
        case Refused(code):
            if submissions.refused(session, text, code):
                take_error(session, text, code, clinic, now=now)
        case Unknown(reason):
            submissions.unknown(session, text, reason)
