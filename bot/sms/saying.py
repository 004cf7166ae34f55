"""Something is to be texted to a number: queued once, and shown as a line of the number's thread."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from bot.records import conversations, messages, outbox
from bot.records.outbox import Outgoing
from bot.records.rows import vault_of
from bot.sms.segments import plain

Kind = Literal["urgent", "notice", "reply", "invitation", "prompt", "reminder"]
PRIORITY = {"urgent": 0, "notice": 1, "reply": 1, "invitation": 2, "prompt": 2, "reminder": 2}
#: Texts that nobody asked for: consent and quiet hours decide.
UNPROMPTED = ("invitation", "prompt", "reminder")
#: Texts that may put a question.
ASKING = ("prompt", "reminder", "notice")


def thread_of(session: Session, phone: str) -> str:
    """The conversation of a number (E.164)."""
    return vault_of(session).conversation_id("sms", phone)


def say(
    session: Session,
    phone: str,
    key: str,
    text: str,
    kind: Kind,
    *,
    now: datetime,
    not_after: datetime | None = None,
    patient: str | None = None,
    inbox: str | None = None,
    followup: str | None = None,
) -> tuple[Outgoing, bool]:
    """Queue a text under a key; False says that it was there already."""
    thread = thread_of(session, phone)
    conversations.ensure(
        session, thread, "sms", now=now, patient=None, phone_hash=vault_of(session).phone_hash(phone)
    )
    queued, is_new = outbox.enqueue(
        session, key, phone, plain(text), kind=kind, priority=PRIORITY[kind], now=now, not_after=not_after,
        patient=patient, conversation=thread, inbox=inbox, followup=followup,
    )  # fmt: skip
    if is_new:
        messages.append(
            session, thread, "assistant", text, now=now, key=f"out:{queued.id}", inbox=inbox, outbox=queued.id,
            payload={"kind": kind},
        )  # fmt: skip
    return queued, is_new
