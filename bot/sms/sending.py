"""The way out: intent committed, then the call, then the result. Nothing is ever sent without an intent row.

The text is claimed and its intent written in one step (`queued` → `submitting`, one number at a time; the
database refuses a second): there is no gap between the two for a stalled worker to fall into. Results of some
calls and the intents of the next share a commit. What a call did not make clear stays `submitting` for the
reconciler; it is never sent again blindly (sms-and-privacy.md C.3, C.4).
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


Result = tuple[Intent, SendResult]


@dataclass
class Sender:
    """Sends what is due. One a process; several processes may work on one database."""

    database: Database
    provider: SmsProvider
    clinic: Clinic
    gate: Gate
    owner: str
    clock: Clock
    at_once: int = 32
    fresh_seconds: float = FRESH_SECONDS
    # Calls under way, and results that are not written down yet: kept when the database fails in between.
    _calls: dict[Future[SendResult], Intent] = field(default_factory=dict, init=False)
    _done: list[Result] = field(default_factory=list, init=False)
    _pool: ThreadPoolExecutor = field(init=False)
    _next_call: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.at_once, "sms-send")

    def send_due(self) -> int:
        """Send what is due, many at a time, a slow call keeping no other waiting; how many were tried."""
        tried = 0
        for turn in count():
            intents = self._commit(self._done, self.at_once - len(self._calls) if turn < _MOST_TURNS else 0)
            self._done = []
            for intent in intents:
                self._calls[self._pool.submit(self._call, intent)] = intent
            tried += len(intents)
            if not self._calls:
                break
            wait(self._calls, return_when=FIRST_COMPLETED)
            done, _ = wait(self._calls, timeout=_GATHER_SECONDS)  # a commit for several costs what one does
            self._done = [(self._calls.pop(call), call.result()) for call in done]
        return tried

    def close(self) -> None:
        """Wait for calls under way."""
        self._pool.shutdown()

    def _commit(self, results: Sequence[Result] = (), most: int = 0) -> list[Intent]:
        """Write down results and the intents of the next calls, in one transaction."""
        now, since = self.clock(), time.monotonic()
        try:
            with self.database.transaction() as session:
                settle(session, results, self.clinic, now=now)
                verdicts = self._verdicts(session, min(most, self._allowance()), now)
                texts = submissions.submit(session, list(verdicts), self.owner, self.provider.name, now=now)
        except IntegrityError:  # an id twice, or another worker has a text of the same number in flight
            self._commit_one_by_one(results)
            return []
        self._next_call += len(texts) / self.clinic.sms.texts_a_second
        untils = verdicts.values()
        return [Intent(text, until, since) for text, until in zip(texts, untils, strict=True)]

    def _commit_one_by_one(self, results: Sequence[Result]) -> None:
        """The same for results alone, so that one that can't be written spoils no other."""
        for result in results:
            try:
                with self.database.transaction() as session:
                    settle(session, [result], self.clinic, now=self.clock())
            except IntegrityError:
                log.error("sid_known_already", outbox=result[0].text.id)

    def _verdicts(self, session: Session, most: int, now: datetime) -> dict[Outgoing, datetime | None]:
        """Texts that may go now, and until when; the others are held or dropped."""
        found: dict[Outgoing, datetime | None] = {}
        for text in submissions.ready(session, now=now, limit=most) if most > 0 else ():
            if restored.may_have_gone(text):
                restored.ask_first(session, text)
                continue
            match self._judge(session, text, now):
                case Send(until):
                    found[text] = until
                case Hold(until):
                    submissions.hold(session, text, until)
                case Drop(state, reason):
                    submissions.drop(session, text, state, reason)
        return found

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
        if asleep > self.fresh_seconds:
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


def next_capacity(now: datetime) -> datetime:
    """When carriers count a new day: midnight Pacific (sms-and-privacy.md B.3)."""
    day = now.astimezone(_PACIFIC).date() + timedelta(days=1)
    return datetime.combine(day, datetime.min.time(), _PACIFIC).astimezone(now.tzinfo)


def settle(session: Session, results: Sequence[Result], clinic: Clinic, *, now: datetime) -> None:
    """Write down what calls did."""
    taken = {
        intent.text.id: (intent.text, result.sid, result.status)
        for intent, result in results
        if isinstance(result, Accepted)
    }
    news = submissions.all_accepted(session, taken, now=now)
    asked = [key for key in news if taken[key][0].kind in ASKING]
    prompts.mark_asked(session, *asked, now=now)
    for intent, result in results:
        if not isinstance(result, Accepted):
            _settle(session, intent.text, result, clinic, now)


def _settle(session: Session, text: Outgoing, result: SendResult, clinic: Clinic, now: datetime) -> None:
    match result:
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
