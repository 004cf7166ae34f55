"""The fake carrier as Twilio's API: create a message, list messages; and the hooks it calls."""

from __future__ import annotations

import asyncio
import base64
import hmac
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from twilio.request_validator import RequestValidator

from bot.sms.carrier.faults import CALM, Fate, Fault, Mix
from bot.sms.carrier.network import Hook, Network, Text

API = "/2010-04-01/Accounts/{account}/Messages.json"
_MOST_TRIES = 12


class Carrier:
    """One fake carrier: its network, its faults, its account."""

    def __init__(
        self,
        network: Network,
        account: str,
        token: str,
        *,
        ours: str,
        inbound_url: str,
        mix: Mix = CALM,
        seed: int = 0,
        clock: Callable[[], float] = time.time,
        calls_hooks: bool = False,
    ) -> None:
        self.network = network
        self.ours = ours
        self._account, self._token, self._inbound_url = account, token, inbound_url
        self.fate = Fate(mix, seed)
        self._now = clock
        self._signer = RequestValidator(token)
        self._starting, self._calls_hooks = threading.Lock(), calls_hooks
        self._thread: threading.Thread | None = None

    def routes(self) -> list[Route]:
        """The API."""
        return [
            Route(API, self._create, methods=["POST"]),
            Route(API, self._list, methods=["GET"]),
        ]

    def app(self) -> Starlette:
        """The API as an app of its own."""
        return Starlette(routes=self.routes())

    def text_from(self, phone: str, body: str, *, media: int = 0) -> Text:
        """A phone sends us a text; our webhook is called for it."""
        text = self.network.hear(phone, self.ours, body, self._now())
        fields = {
            "ToCountry": "US", "ToState": "", "SmsMessageSid": text.sid, "NumMedia": str(media), "ToCity": "",
            "FromZip": "", "SmsSid": text.sid, "FromState": "", "SmsStatus": "received", "FromCity": "",
            "Body": body,
            "FromCountry": "US", "To": self.ours, "NumSegments": "1", "MessageSid": text.sid,
            "AccountSid": self._account, "From": phone, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        self._owe(self._inbound_url, fields, self._now())
        return text

    def call_hooks(self) -> None:
        """Begin to call our hooks, unless somebody else does (`calls_hooks` False) or it is done already."""
        with self._starting:
            if self._calls_hooks and self._thread is None:
                self._thread = threading.Thread(
                    target=self._call_what_is_owed, name="carrier-hooks", daemon=True
                )
                self._thread.start()

    def signature(self, url: str, fields: dict[str, str]) -> str:
        """X-Twilio-Signature of a request."""
        return str(self._signer.compute_signature(url, fields))

    def _call_what_is_owed(self) -> None:
        with httpx.Client(timeout=5, trust_env=False) as client:
            while True:
                hooks = self.network.owed(self._now())
                for hook in hooks:
                    self._call(client, hook)
                if not hooks:
                    time.sleep(0.05)

    def _call(self, client: httpx.Client, hook: Hook) -> None:
        headers = {"X-Twilio-Signature": self.signature(hook.url, hook.fields)}
        try:
            answered = client.post(hook.url, data=hook.fields, headers=headers).status_code < 300
        except httpx.HTTPError:
            answered = False
        if answered:
            self.network.made(hook)
        else:
            again = self._now() + min(0.2 * 2**hook.tries, 10)
            self.network.failed(hook, again if hook.tries < _MOST_TRIES else None)

    def _owe(self, url: str, fields: dict[str, str], due: float) -> None:
        self.network.owe(url, fields, due)
        self.call_hooks()

    def _authorised(self, request: Request) -> bool:
        sent = request.headers.get("authorization", "")
        ours = "Basic " + base64.b64encode(f"{self._account}:{self._token}".encode()).decode()
        return hmac.compare_digest(sent.encode(), ours.encode())

    async def _create(self, request: Request) -> Response:
        if not self._authorised(request):
            return _error(401, 20003, "Authenticate")
        fields = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        phone, body = fields.get("To", ""), fields.get("Body", "")
        if not phone or not body:
            return _error(400, 21604 if not phone else 21602, "A parameter is missing")
        if code := self.network.refusal(phone):
            return _error(400, int(code), "Not possible for this number")
        fault = self.fate.next()
        if fault is Fault.THROTTLED:
            return _error(429, 20429, "Too many requests")
        if fault is Fault.ERROR:
            return _error(500, 20500, "Internal server error")
        valid = int(fields["ValidityPeriod"]) if "ValidityPeriod" in fields else None
        text = self.network.take(phone, self.ours, body, fields.get("StatusCallback"), valid, self._now())
        self._owe_statuses(text)
        if fault is Fault.LATE:
            await asyncio.sleep(self.fate.mix.late_seconds)
        if fault is Fault.ERROR_AFTER:
            return _error(503, 20503, "Service unavailable")
        if fault is Fault.CUT:
            return _Cut()
        if self.fate.mix.answer_seconds:
            await asyncio.sleep(self.fate.mix.answer_seconds)
        return JSONResponse(self._shown(text), 201)

    def _owe_statuses(self, text: Text) -> None:
        if not text.callback:
            return
        due = text.at
        for status in self.fate.order(["sent", "delivered"]):
            due += self.fate.mix.callback_seconds * self.fate.number()
            if self.fate.number() < self.fate.mix.lost_callbacks:
                continue
            fields = {
                "MessageSid": text.sid, "MessageStatus": status, "SmsSid": text.sid, "SmsStatus": status,
                "AccountSid": self._account, "To": text.phone, "From": self.ours, "ApiVersion": "2010-04-01",
            }  # fmt: skip
            self._owe(text.callback, fields, due)
            if self.fate.number() < self.fate.mix.doubled_callbacks:
                self._owe(text.callback, fields, due + self.fate.number())

    async def _list(self, request: Request) -> Response:
        if not self._authorised(request):
            return _error(401, 20003, "Authenticate")
        size = min(int(request.query_params.get("PageSize", "50")), 1000)
        until = self._now() - self.fate.mix.list_lag_seconds
        phone = request.query_params.get("To")
        way = "in" if phone == self.ours else "out"
        texts = self.network.texts(None if way == "in" else phone, until=until, limit=size)
        since = _moment(request.query_params.get("DateSent>"), 0.0)
        before = _moment(request.query_params.get("DateSent<"), until)
        shown = [self._shown(text) for text in texts if text.direction == way and since <= text.at <= before]
        return JSONResponse(
            {"messages": shown, "page": 0, "page_size": size, "next_page_uri": None, "uri": ""}
        )

    def _shown(self, text: Text) -> dict[str, Any]:
        made = format_datetime(datetime.fromtimestamp(text.at, UTC))
        is_ours = text.direction == "out"
        return {
            "sid": text.sid, "account_sid": self._account, "to": text.phone if is_ours else text.ours,
            "from": text.ours if is_ours else text.phone, "body": text.body, "status": text.status,
            "direction": "outbound-api" if is_ours else "inbound", "num_segments": "1", "num_media": "0",
            "date_created": made, "date_updated": made, "date_sent": made, "price": None, "price_unit": "USD",
            "error_code": None, "error_message": None, "messaging_service_sid": None,
            "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{self._account}/Messages/{text.sid}.json", "subresource_uris": {},
        }  # fmt: skip


class _Cut(Response):
    """An answer that breaks off: more is promised than sent, so that the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise much, send little."""
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"4096")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})


def _moment(given: str | None, otherwise: float) -> float:
    """A time of the query, in Unix seconds."""
    return datetime.fromisoformat(given).timestamp() if given else otherwise


def _error(status: int, code: int, message: str) -> JSONResponse:
    more = {"code": code, "message": message, "more_info": "", "status": status}
    return JSONResponse(more, status)
