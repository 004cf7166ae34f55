"""Telnyx, API v2: JSON, signed with Ed25519 over time stamp and body. Keeps the seam honest.

It offers no search by number for single texts: unknown outcomes are settled by its callbacks alone.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.sms.provider import (
    Accepted,
    BadRequestError,
    BadSignatureError,
    Capabilities,
    Inbound,
    LookupFailedError,
    NotTaken,
    OutboundText,
    RawRequest,
    Refused,
    SendResult,
    Status,
    Unknown,
)

TOLERANCE_SECONDS = 300
_WHEN_BROKEN = 300.0
_STATUSES = {
    "sending_failed": "failed",
    "delivery_failed": "undelivered",
    "delivery_unconfirmed": "undelivered",
    "webhook_delivered": "sent",
}


class TelnyxProvider:
    """One Telnyx account: API key, the public key (base64) that signs webhooks, the sending number."""

    name = "telnyx"
    capabilities = Capabilities(lookup=False, validity=False, stops=True)

    def __init__(
        self,
        api_key: str,
        public_key: str,
        sender: str,
        callbacks: str,
        *,
        api: str = "https://api.telnyx.com",
    ) -> None:
        self._public_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        self._sender = sender
        self._callbacks = callbacks
        self._client = httpx.Client(
            base_url=api,
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=httpx.Timeout(connect=5, read=12, write=5, pool=5),
            trust_env=False,
        )

    def verify(self, request: RawRequest) -> None:
        """Check telnyx-signature-ed25519 over `time stamp|body`; old time stamps are refused."""
        stamp = request.headers.get("telnyx-timestamp", "")
        if not (stamp.isascii() and stamp.isdigit()) or abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:
            raise BadSignatureError
        try:
            signature = base64.b64decode(request.headers.get("telnyx-signature-ed25519", ""), validate=True)
            self._public_key.verify(signature, stamp.encode() + b"|" + request.body)
        except (InvalidSignature, binascii.Error, ValueError):
            raise BadSignatureError from None

    def parse(self, request: RawRequest) -> Inbound | Status:
        """`message.received` is a text from a phone, `message.sent` and `message.finalized` are statuses."""
        try:
            event = json.loads(request.body)["data"]
            kind, told = event["event_type"], event["payload"]
            if kind == "message.received":
                return Inbound(
                    str(told["id"]), told["from"]["phone_number"], told["to"][0]["phone_number"],
                    str(told.get("text") or ""), len(told.get("media") or ()),
                )  # fmt: skip
            if kind not in ("message.sent", "message.finalized"):
                raise BadRequestError("another event")
            status = str(told["to"][0]["status"])
            errors: list[dict[str, Any]] = told.get("errors") or []
            ref = urlsplit(request.url).path.rpartition("/status/")[2]
            return Status(
                str(told["id"]), _STATUSES.get(status, status), str(errors[0]["code"]) if errors else "",
                ref if len(ref) == 32 else None,
            )  # fmt: skip
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise BadRequestError(type(error).__name__) from None

    def send(self, text: OutboundText) -> SendResult:
        """`POST /v2/messages`."""
        asked = {
            "from": self._sender, "to": text.to, "text": text.body, "type": "SMS",
            "webhook_url": f"{self._callbacks}/{text.ref}", "use_profile_webhooks": False,
        }  # fmt: skip
        try:
            response = self._client.post("/v2/messages", json=asked)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return NotTaken("no connection")
        except httpx.HTTPError as error:
            return Unknown(type(error).__name__)
        return _answered(response)

    def find(self, text: OutboundText) -> tuple[str, ...]:
        """Not offered."""
        raise LookupFailedError("Telnyx has no search by number")

    def heard(self, since: datetime, until: datetime) -> tuple[Inbound, ...]:
        """Not offered."""
        raise LookupFailedError("Telnyx has no list of texts")


def _answered(response: httpx.Response) -> SendResult:
    status = response.status_code
    if status >= 500:
        return Unknown(str(status))
    if status == 429:
        return NotTaken("429")
    if status in (401, 403, 404):
        return NotTaken(f"account refused ({status})", _WHEN_BROKEN)
    try:
        answer = response.json()
        if status < 300:
            return Accepted(str(answer["data"]["id"]), "queued")
        return Refused(str(answer["errors"][0]["code"]))
    except (ValueError, KeyError, TypeError, IndexError):
        return Unknown("unreadable answer") if status < 300 else Refused(str(status))
