"""What a custom action knows of the message that it answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rasa_sdk import Tracker

from bot.dialogue import reporting
from bot.dialogue.reporting import Said
from bot.soreness.draft import Draft, from_plain

FORM = "soreness_form"


def said(tracker: Tracker) -> Said:
    """Return the patient's latest message with the facts that the front door sent beside it."""
    message = tracker.latest_message
    visit: dict[str, Any] = tracker.get_slot("visit") or {}
    facts = {name: value for name, value in (message.get("metadata") or {}).items() if value}
    known = {**visit, **facts}
    return Said(
        id=message.get("message_id") or f"{tracker.sender_id}:{len(tracker.events)}",
        text=message.get("text") or "",
        channel=channel(tracker),
        conversation=tracker.sender_id,
        now=reporting.utc_now(),
        zone=visit.get("zone") or reporting.clinic().time_zone,
        patient=known.get("patient"),
        visit=known.get("visit"),
        prompt=facts.get("prompt"),
        session_at=_moment(known.get("session_at")),
    )


def channel(tracker: Tracker) -> Any:
    """Return `web` or `sms`."""
    return "sms" if tracker.get_latest_input_channel() == "sms" else "web"


def intent(tracker: Tracker) -> str:
    """Return the intent of the latest message."""
    return (tracker.latest_message.get("intent") or {}).get("name") or ""


def in_another_language(tracker: Tracker) -> bool:
    """Whether the latest message is a report in another language than ours."""
    return bool(tracker.latest_message.get("other_language"))


def draft(tracker: Tracker) -> Draft:
    """Return the report that the conversation is about: in the making, kept for later, or just saved."""
    return from_plain(tracker.get_slot("report"))


def asked_slot(tracker: Tracker) -> str | None:
    """Return the slot that the soreness form has asked for; None when it is closed, or opened by this message."""
    return tracker.get_slot("requested_slot") if (tracker.active_loop or {}).get("name") == FORM else None


def form_is_open(tracker: Tracker) -> bool:
    """Whether the soreness form has asked something and waits for the answer."""
    return asked_slot(tracker) is not None


def _moment(iso: str | None) -> datetime | None:
    if not iso:
        return None
    moment = datetime.fromisoformat(iso)
    return moment if moment.tzinfo else None
