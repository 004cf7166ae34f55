"""Notes, tags and whose it is."""

from __future__ import annotations

import re

from starlette.responses import Response

from bot.records import conversations, reviews
from bot.records.conversations import Conversation
from bot.staff.act import Act, conversation_for

_NOT_IN_TAGS = re.compile(r"[^\w-]+")


def add_note(act: Act) -> Response:
    """Write a note; it is encrypted like the patient's words."""
    one = conversation_for(act, act.part("conversation"))
    if text := act.field("text"):
        reviews.add_note(act.session, text, actor=act.staff.id, now=act.now, conversation=one.id)
        act.note("noted", f"conversation:{one.id}", one.patient_id)
    return _back(act, one, "notes")


def add_tag(act: Act) -> Response:
    """Add a tag: lower case, words joined by hyphens."""
    one = conversation_for(act, act.part("conversation"))
    tag = _NOT_IN_TAGS.sub("-", act.field("tag").lower()).strip("-")[:40]
    if tag and reviews.tag(act.session, one.id, tag, actor=act.staff.id, now=act.now):
        act.note("tagged", f"conversation:{one.id}", one.patient_id)
    return _back(act, one, "tags")


def remove_tag(act: Act) -> Response:
    """Take a tag off."""
    one = conversation_for(act, act.part("conversation"))
    reviews.untag(act.session, one.id, act.field("tag"))
    act.note("tag removed", f"conversation:{one.id}", one.patient_id)
    return _back(act, one, "tags")


def assign(act: Act) -> Response:
    """Take it, or give it back."""
    one = conversation_for(act, act.part("conversation"))
    to = act.staff.id if act.field("to") == "me" else None
    conversations.assign(act.session, one.id, to)
    act.note("assigned" if to else "unassigned", f"conversation:{one.id}", one.patient_id)
    return _back(act, one, "")


def _back(act: Act, one: Conversation, place: str) -> Response:
    response = act.go(f"/staff/conversations/{one.id}", q=act.field("q"))
    if place:
        response.headers["location"] += f"#{place}"
    return response
