"""The assistant's only doors: `POST /webhooks/web/turn` and `/webhooks/sms/turn`, for the front door and the worker.

Rasa's own channels check no sender, answer an error with an empty 200 and never match `channel: rest` variations.
These two require the internal token, stream each message as it is spoken (newline-delimited JSON), answer an error
with an error, and never make a second turn of one message id (bot/dialogue/processor.py).
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import json as json_response
from sanic.response import stream

from bot.dialogue.turns import TurnRequest, read_turn
from bot.internal_token import internal_token

logger = logging.getLogger(__name__)

Handler = Callable[[UserMessage], Coroutine[Any, Any, Any]]
_END = None


class SpokenMessages(OutputChannel):
    """Queues what the assistant says; its name decides which variation of an answer is used."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    def name(self) -> str:
        """Return `web` or `sms`; Rasa compares it with `channel:` of a response."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Queue one message whole: text, buttons and what the answer says about itself."""
        await self.queue.put(spoken(message))


def spoken(message: dict[str, Any]) -> dict[str, Any]:
    """Return a Rasa bot message in the form that the front door reads (docs/architecture.md, Turn)."""
    buttons = [
        {"title": b["title"], "payload": b.get("payload", b["title"])} for b in message.get("buttons") or []
    ]
    return {"text": message.get("text") or "", "buttons": buttons, "custom": message.get("custom") or {}}


class TurnChannel(InputChannel):
    """One internal channel; subclasses name it."""

    channel: ClassVar[str]

    def __init__(self, token: str) -> None:
        self._token = token

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, which is also its part of the URL."""
        return cls.channel

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Make the channel with the installation's internal token."""
        return cls((credentials or {}).get("token") or internal_token())

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Return the routes of this channel."""
        routes = Blueprint(f"turns_{self.channel}")

        @routes.post("/turn")
        async def turn(request: Request) -> Any:
            sent = request.headers.get("Authorization", "")
            if not hmac.compare_digest(sent.encode(), f"Bearer {self._token}".encode()):
                return json_response({"error": "not_authorised"}, 401)
            try:
                wanted = read_turn(request.json)
            except ValueError as error:
                return json_response({"error": str(error)}, 422)
            agent = request.app.ctx.agent
            if not agent or not agent.is_ready():
                return json_response({"error": "no_model"}, 503)
            return await self._speak(on_new_message, wanted)

        return routes

    async def _speak(self, on_new_message: Handler, wanted: TurnRequest) -> Any:
        output = SpokenMessages(self.channel)
        message = UserMessage(
            text=wanted.text,
            output_channel=output,
            sender_id=wanted.conversation,
            input_channel=self.channel,
            message_id=wanted.message_id,
            metadata=wanted.metadata(),
        )
        running = asyncio.create_task(on_new_message(message))
        running.add_done_callback(lambda _: output.queue.put_nowait(_END))
        first = await output.queue.get()
        if first is _END and running.exception() is not None:
            # Nothing was said yet: the caller learns it by status and tries again later.
            logger.error("turn failed: %s", type(running.exception()).__name__)
            return json_response({"error": "turn_failed"}, 500)

        async def write(response: Any) -> None:
            ready, line = "", first
            while line is not _END:
                ready += json.dumps(line) + "\n"
                if output.queue.empty() and not running.done():  # what is said at once is sent at once
                    await response.write(ready)
                    ready = ""
                line = await output.queue.get()
            end = {"failed": True} if running.exception() else {"done": True}
            await response.response.send(f"{ready}{json.dumps(end)}\n", end_stream=True)

        return stream(write, content_type="application/x-ndjson")


class WebChannel(TurnChannel):
    """Patients on the clinic's website."""

    channel = "web"


class SmsChannel(TurnChannel):
    """Patients by text message."""

    channel = "sms"
