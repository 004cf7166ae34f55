"""The chat protocol: what a client may send and what it reads (openapi.json is made from these models)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.records.messages import Message
from bot.web.refusals import bad_request

LARGEST_CURSOR = 2**31 - 1
Kind = Literal["answer", "urgent", "scale", "body_map", "curve", "notice"]
KINDS: tuple[str, ...] = ("answer", "urgent", "scale", "body_map", "curve", "notice")
TIERS: tuple[str, ...] = ("emergency", "same_day")


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class ChosenButton(_Wire):
    """A button of an earlier answer: that answer's cursor and the button's place in it, from 0."""

    message: Annotated[int, Field(ge=1, le=LARGEST_CURSOR)]
    index: Annotated[int, Field(ge=0, le=50)]


class Said(_Wire):
    """What a patient sends. `id` is made by the client: the same id again stores nothing new."""

    id: UUID
    text: str | None = None
    button: ChosenButton | None = None
    consent: bool = False


class ClinicShown(_Wire):
    """What the chat shows of the clinic."""

    name: str
    phone: str
    emergency_number: str
    privacy_url: str


class Begun(_Wire):
    """A session. `consent_needed`: ask before the visitor's words may be kept beyond the session."""

    token: str
    expires_at: datetime
    clinic: ClinicShown
    consent_needed: bool
    consent_text: str
    lang: str


class Button(_Wire):
    """An answer that the patient can pick."""

    title: str


class Source(_Wire):
    """What an answer rests on."""

    label: str
    url: str


class Line(_Wire):
    """A message of the conversation. `client_id`: the patient's message that it is or answers."""

    cursor: int
    role: Literal["user", "bot"]
    text: str
    at: datetime
    client_id: UUID | None
    kind: Kind
    buttons: list[Button]
    sources: list[Source]
    tier: Literal["emergency", "same_day"] | None
    svg: str | None


class End(_Wire):
    """The last line of a reply: answered, or stored and answered later."""

    done: Literal[True] | None = None
    pending: Literal[True] | None = None


class Lines(_Wire):
    """Messages after a cursor, and the patient's messages that are not answered yet."""

    messages: list[Line]
    pending: list[UUID]


class Problem(_Wire):
    """Why a request was refused."""

    code: Literal[
        "session_token_required",
        "session_token_invalid",
        "session_expired",
        "too_long",
        "empty",
        "too_many",
        "bad_request",
        "unavailable",
        "not_found",
        "method_not_allowed",
    ]
    message: str


class Refused(_Wire):
    """The body of every error."""

    error: Problem


def read_said(body: bytes) -> Said:
    """Read a message's JSON; raises RefusalError (422), which repeats none of the words."""
    try:
        said = Said.model_validate_json(body)
    except (ValidationError, RecursionError):
        raise bad_request() from None
    if (said.text is None) == (said.button is None):
        raise bad_request("Send either a text or a button.")
    return said


def line(message: Message, client_id: str | None) -> dict[str, Any]:
    """A stored message as the client reads it. Button payloads stay here."""
    more = message.payload or {}
    kind, tier, svg = more.get("kind"), more.get("tier"), more.get("svg")
    return {
        "cursor": message.position,
        "role": "user" if message.side == "patient" else "bot",
        "text": message.text,
        "at": message.at.isoformat(),
        "client_id": client_id,
        "kind": kind if kind in KINDS else "answer",
        "buttons": [{"title": str(button["title"])} for button in more.get("buttons", ())],
        "sources": [
            {"label": str(source.get("label", "")), "url": str(source.get("url", ""))}
            for source in more.get("sources", ())
        ],
        "tier": tier if tier in TIERS else None,
        "svg": svg if isinstance(svg, str) else None,
    }
