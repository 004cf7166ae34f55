"""The chat API: begin, say, read again, take home, end. A token opens one conversation and nothing else."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.records import chats, messages, visitors
from bot.records.messages import Message
from bot.watching.tracing import span
from bot.web import metrics
from bot.web.door import Door
from bot.web.limits import address_of, read_body
from bot.web.protocol import LARGEST_CURSOR, line, read_said
from bot.web.receiving import Received, receive
from bot.web.refusals import bad_request
from bot.web.sessions import WebSession, session_expired
from bot.web.tails import Tails

NDJSON = "application/x-ndjson"
_MOST_LINES = 2000


def routes(door: Door) -> list[BaseRoute]:
    """The room's routes."""
    chat = Chat(door)
    return [
        Route("/chat/session", chat.begin, methods=["POST"]),
        Route("/chat/messages", chat.say, methods=["POST"]),
        Route("/chat/messages", chat.read_again, methods=["GET"]),
        Route("/chat/transcript", chat.take_home, methods=["GET"]),
        Route("/chat/conversation", chat.end, methods=["DELETE"]),
    ]


class Chat:
    """The handlers, one a verb."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._tails = Tails(door.records)

    async def begin(self, request: Request) -> Response:
        """`POST /chat/session`: a token for a new conversation. Nothing is stored until something is said."""
        self._door.sessions_by_address.count(address_of(request))
        await read_body(request)
        clinic = self._door.settings.clinic
        token, session = self._door.sessions.issue(self._door.clock())
        return JSONResponse(
            {
                "token": token,
                "expires_at": session.expires_at.isoformat(),
                "clinic": {
                    "name": clinic.name,
                    "phone": clinic.phone,
                    "emergency_number": clinic.emergency.number,
                    "privacy_url": clinic.privacy_url,
                },
                "consent_needed": clinic.web.ask_consent,
                "consent_text": clinic.web.consent_text,
                "lang": clinic.web.language,
            },
            status_code=201,
        )

    async def say(self, request: Request) -> Response:
        """`POST /chat/messages`: store a message, then stream it and its answer."""
        since = time.monotonic()
        session = self._session(request)
        self._door.messages_by_address.count(address_of(request))
        said = read_said(await read_body(request))
        clinic, owner = self._door.settings.clinic, self._door.answering.owner
        arrived = (receive, session.conversation, said, clinic, owner)
        try:
            received = await self._door.records.write(*arrived, clock=self._door.clock)
        except chats.SentTwiceError:  # now it is there
            received = await self._door.records.write(*arrived, clock=self._door.clock)
        if received.line is not None:
            metrics.RECEIVED.labels(tier=received.heard.tier.value).inc()
            self._have_answered(received, received.line, since)
        lines = self._tails.follow(received.message.id, str(said.id))
        return StreamingResponse(_as_json(lines), media_type=NDJSON, headers={"X-Accel-Buffering": "no"})

    def _have_answered(self, received: Received, said: Message, since: float) -> None:
        """Begin answering; it goes on when the client hangs up."""

        message = received.message
        work = self._tails.begin(message.id, said)

        async def run() -> None:
            is_settled = False
            try:
                with metrics.REPLY_SECONDS.time(), span("answer", message=message.id):
                    is_settled = await self._door.answering.answer(
                        message,
                        received.heard,
                        received.facts,
                        taken=received.taken,
                        told=work.add,
                        since=since,
                    )
            finally:
                self._tails.end(message.id, is_settled=is_settled)

        task = asyncio.create_task(run())
        self._door.at_work.add(task)
        task.add_done_callback(self._door.at_work.discard)

    async def read_again(self, request: Request) -> Response:
        """`GET /chat/messages?after=cursor`: what came after, and what is not answered yet."""
        session = self._session(request)
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdecimal() and len(after) < 11 and int(after) <= LARGEST_CURSOR):
            raise bad_request("`after` must be a cursor.")
        return JSONResponse(await self._door.records.read(_since, session.conversation, int(after)))

    async def take_home(self, request: Request) -> Response:
        """`GET /chat/transcript`: the conversation as plain text."""
        session = self._session(request)
        said = await self._door.records.read(_all, session.conversation)
        clinic = self._door.settings.clinic
        text = transcript(said, clinic.name, clinic.time_zone)
        return PlainTextResponse(
            text, headers={"Content-Disposition": 'attachment; filename="conversation.txt"'}
        )

    async def end(self, request: Request) -> Response:
        """`DELETE /chat/conversation`: its token opens nothing any more; a visitor's words are erased."""
        session = self._session(request)
        erased = await self._door.records.write(_end, session.conversation, now=self._door.clock())
        return JSONResponse({"ended": True, "erased": erased})

    def _session(self, request: Request) -> WebSession:
        return self._door.sessions.read(request.headers.get("authorization"), self._door.clock())


def transcript(said: tuple[Message, ...], clinic: str, zone: str) -> str:
    """A conversation as a page of text, times in the clinic's zone."""
    lines = [f"Conversation with the automated assistant of {clinic}. Times: {zone}.", ""]
    for message in said:
        at = message.at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
        lines += [f"{at} {'You' if message.side == 'patient' else 'Assistant'}: {message.text}", ""]
    return "\n".join(lines)


def _since(session: Session, conversation: str, after: int) -> dict[str, Any]:
    said = _all(session, conversation, after)
    owners = chats.external_ids(session, said)
    waiting = chats.waiting(session, conversation)
    return {
        "messages": [line(message, _client_id(owners, message)) for message in said],
        # Told in the fixed words and left by the assistant: nothing more is promised.
        "pending": [
            each.external_id.rpartition(":")[2]
            for each in waiting
            if each.state == "processing" or not each.told
        ],
    }


def _all(session: Session, conversation: str, after: int = 0) -> tuple[Message, ...]:
    if visitors.has_ended(session, conversation):
        raise session_expired()
    return messages.after(session, conversation, after, limit=_MOST_LINES)


def _end(session: Session, conversation: str, *, now: Any) -> bool:
    visitors.end(session, conversation, now=now)
    return visitors.erase_words(session, conversation)


def _client_id(owners: dict[str, str], message: Message) -> str | None:
    external = owners.get(message.inbox_id or "")
    return external.rpartition(":")[2] if external else None


async def _as_json(lines: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    async for each in lines:
        yield json.dumps(each, ensure_ascii=False).encode() + b"\n"
