"""A stored text gets its answer: what it is about is settled, the assistant asked, the replies queued once.

For the worker. One text of a number at a time, in the order received; a text is held under a lease, so that
several workers never answer it twice, and its replies have its id for a key.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from bot.followups.answers import RECENT, About, AskWhether, AskWho, Sharer, resolve
from bot.reading import Reading, read_report
from bot.records import chats, conversations, inbox, messages, outbox, patients, prompts, visits
from bot.records.inbox import Inbound
from bot.safety import Tier
from bot.settings import Clinic
from bot.sms import wording
from bot.sms.receiving import open_alert
from bot.sms.replies import texts_of, tier_of
from bot.sms.saying import say
from bot.sms.sending import Clock
from bot.watching.figures import REPLY_SECONDS
from bot.watching.tracing import span
from bot.web.assistant import (
    Assistant,
    AssistantDownError,
    Finished,
    Spoken,
    Turn,
    TurnFailedError,
    TurnRefusedError,
)
from bot.web.records import Records

LEASE = timedelta(seconds=10)  # of a worker that died; one that lives renews it
_RENEW_SECONDS = 3.0
TURN_SECONDS = 40.0
HOLD_AFTER = timedelta(minutes=2)
GIVE_UP_AFTER = timedelta(hours=24)
_HOLD_TRIES = 3
_MOST_FAILURES = 5
_AT_ONCE = 8
_MOST_ROUNDS = 20  # then the worker looks whether it is to stop
_TALK = timedelta(hours=24)
_SHORT = 3  # words: "6", "about a 6", "6/10 today"

log = structlog.get_logger("sms")


class LostError(Exception):
    """The text is no longer ours to answer."""


@dataclass(frozen=True)
class Heard:
    """What is known of a text before the assistant is asked."""

    facts: dict[str, str | None]
    told: Tier


@dataclass(frozen=True)
class Conversing:
    """Has texts answered. `owner` is this process's name on leases."""

    records: Records
    assistant: Assistant
    clinic: Clinic
    owner: str
    clock: Clock

    async def answer_waiting(self) -> int:
        """Answer texts that are free, a good many of them; how many were tried."""
        tried = 0
        for _ in range(_MOST_ROUNDS):
            found = await self.records.write(
                inbox.claim, self.owner, now=self.clock(), lease=LEASE, limit=_AT_ONCE, channel="sms"
            )
            if not found:
                break
            await asyncio.gather(*(self.answer(message) for message in found))
            tried += len(found)
        return tried

    async def answer(self, message: Inbound) -> None:
        """Answer one text that this process holds, or leave it for later."""
        renewing = asyncio.create_task(self._keep_lease(message))
        with span("answer", message=message.id):
            try:
                heard = await self.records.write(prepare, message, self.owner, self.clinic, now=self.clock())
                if heard is not None:
                    await self._ask(message, heard)
            except LostError:
                log.info("text_taken_over")
            finally:
                renewing.cancel()

    async def _keep_lease(self, message: Inbound) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            await self.records.write(chats.renew, message.id, self.owner, now=self.clock(), lease=LEASE)

    async def _ask(self, message: Inbound, heard: Heard) -> None:
        turn = Turn(message.conversation_id, message.id, message.body, None, heard.facts)
        try:
            async with asyncio.timeout(TURN_SECONDS):
                spoken, topics = await self._listen(turn)
        except TimeoutError:
            await self._not_answered(message, heard, AssistantDownError("hangs"))
        except (AssistantDownError, TurnFailedError, TurnRefusedError) as error:
            await self._not_answered(message, heard, error)
        else:
            now = self.clock()
            await self.records.write(reply, message, self.owner, spoken, topics, heard.told, now=now)
            REPLY_SECONDS.observe(max(0.0, (now - message.received_at).total_seconds()))

    async def _listen(self, turn: Turn) -> tuple[list[Spoken], tuple[str, ...]]:
        spoken: list[Spoken] = []
        async for heard in self.assistant.turn(turn, "sms"):
            if isinstance(heard, Finished):
                return spoken, heard.topics
            spoken.append(heard)
        raise AssistantDownError("cut off")

    async def _not_answered(self, message: Inbound, heard: Heard, error: Exception) -> None:
        log.warning("no_answer", error=type(error).__name__, reason=str(error), tries=message.attempts)
        await self.records.write(
            not_answered, message, self.owner, self.clinic, error, heard.told, now=self.clock()
        )


def prepare(session: Session, message: Inbound, owner: str, clinic: Clinic, *, now: datetime) -> Heard | None:
    """Settle what a text is about; None when that had to be asked back, which answers it.

    Raises LostError when the text is no longer ours.
    """
    if not inbox.hold(session, message.id, owner, now=now, lease=LEASE):
        raise LostError
    told = max((Tier(alert.tier) for alert in chats.alerts_of(session, message.id)), default=Tier.NONE,
               key=lambda tier: tier.urgency)  # fmt: skip
    if message.phone is None or message.phone_hash is None:
        return Heard({}, told)
    sharers = _sharers(session, message.phone)
    reading = read_report(
        message.body, "score", now=message.received_at, zone=_zone(session, sharers, clinic)
    )
    asked = prompts.of_number(session, message.phone_hash, since=message.received_at - RECENT)
    resolved = resolve(
        message.body, message.received_at, asked, sharers,
        is_score=is_bare_score(message.body, reading) and told is Tier.NONE,
        in_conversation=_in_conversation(session, message, now),
    )  # fmt: skip
    if isinstance(resolved, AskWho | AskWhether):
        _ask_back(session, message, resolved, clinic, owner, now)
        return None
    inbox.assign(session, message.id, patient=resolved.patient, prompt=resolved.prompt)
    if resolved.prompt is not None and says_how_sore(reading):
        prompts.answer(session, resolved.prompt, message.id, now=message.received_at)
    return Heard(_facts(resolved), told)


def is_bare_score(text: str, reading: Reading) -> bool:
    """Whether a text is a score and little else, so that only a question gives it a meaning."""
    return reading.score is not None and len(text.split()) <= _SHORT and not reading.areas


def says_how_sore(reading: Reading) -> bool:
    """Whether a text answers how sore somebody is."""
    return reading.score is not None or reading.severity_word is not None


def reply(
    session: Session,
    message: Inbound,
    owner: str,
    spoken: list[Spoken],
    topics: tuple[str, ...],
    told: Tier,
    *,
    now: datetime,
) -> None:
    """Queue what the assistant said and mark the text answered, all of it or nothing."""
    if not inbox.complete(session, message.id, owner, now=now):
        raise LostError
    conversations.add_topics(session, message.conversation_id, topics)
    calm = []
    for number, line in enumerate(spoken):
        tier = tier_of(line)
        if tier is Tier.NONE:
            calm.append(line)
        elif tier.urgency > told.urgency:  # the rules did not see it, the assistant did
            told = tier
            open_alert(session, message, str(line.custom.get("sign") or "seen_by_assistant"), tier, now=now)
            _say(session, message, f"urgent{number}", line.text, "urgent", now)
    for number, text in enumerate(texts_of(calm)):
        _say(session, message, str(number), text, "reply", now)


def not_answered(
    session: Session,
    message: Inbound,
    owner: str,
    clinic: Clinic,
    error: Exception,
    told: Tier,
    *,
    now: datetime,
) -> None:
    """Put a text back, or give it up; the patient is told when it takes long."""
    waited = now - message.received_at
    refused = isinstance(error, TurnRefusedError)
    failed = isinstance(error, TurnFailedError) and message.attempts >= _MOST_FAILURES
    if refused or failed or waited > GIVE_UP_AFTER:
        if not inbox.fail(session, message.id, owner, error="no_answer"):
            raise LostError
        if told is Tier.NONE and waited <= GIVE_UP_AFTER:
            _say(session, message, "cannot", wording.cannot_answer(clinic), "notice", now)
        return
    pause = timedelta(seconds=min(2.0**message.attempts, 60))
    if not inbox.release(session, message.id, owner, not_before=now + pause, error=type(error).__name__):
        raise LostError
    if told is Tier.NONE and (message.attempts >= _HOLD_TRIES or waited >= HOLD_AFTER):
        _say(session, message, "holding", wording.holding(clinic), "notice", now)


def _ask_back(
    session: Session, message: Inbound, who: AskWho | AskWhether, clinic: Clinic, owner: str, now: datetime
) -> None:
    assert message.phone is not None
    number = message.body.strip()[:12]
    if not inbox.complete(session, message.id, owner, now=now):
        raise LostError
    if isinstance(who, AskWho):
        _say(session, message, "who", wording.ask_who(clinic, who.names, number), "notice", now)
        return
    zone = ZoneInfo(who.visit.zone)
    ended = who.visit.ended_at.astimezone(zone)
    words = wording.ask_whether(clinic, number, f"{ended:%b} {ended.day}")
    text, _ = say(
        session, message.phone, f"reply:{message.id}:whether", words, "notice", now=now, patient=who.patient,
        inbox=message.id,
    )  # fmt: skip
    prompts.open_ask_back(
        session, visit=who.visit.id, outbox=text.id, conversation=message.conversation_id, patient=who.patient,
        phone_hash=message.phone_hash, open_until=now + _TALK,
    )  # fmt: skip


def _say(session: Session, message: Inbound, key: str, text: str, kind: str, now: datetime) -> None:
    assert message.phone is not None
    say(
        session, message.phone, f"reply:{message.id}:{key}", text, kind, now=now,  # type: ignore[arg-type]
        patient=message.patient_id, inbox=message.id,
    )  # fmt: skip


def _sharers(session: Session, phone: str) -> tuple[Sharer, ...]:
    return tuple(
        Sharer(
            one.id,
            (one.name or "").split(" ")[0],
            next(iter(visits.of_patient(session, one.id, 1)), None),
        )
        for one in patients.find_by_phone(session, phone)
    )


def _zone(session: Session, sharers: tuple[Sharer, ...], clinic: Clinic) -> str:
    person = patients.get(session, sharers[0].id) if sharers else None
    return person.zone if person else clinic.time_zone


def _in_conversation(session: Session, message: Inbound, now: datetime) -> bool:
    """Whether the assistant has asked something within a day, which a number may answer."""
    last = outbox.last_of_thread(session, message.conversation_id)
    if last is None or last.kind != "reply" or now - last.created_at > _TALK:
        return False
    return "?" in (messages.last_said(session, message.conversation_id) or "")


def _facts(about: About) -> dict[str, str | None]:
    visit = about.visit
    return {
        "patient": about.patient,
        "visit": visit.id if visit else None,
        "session_at": visit.ended_at.isoformat() if visit else None,
        "prompt": about.prompt,
    }
