"""Twilio, through its own library. The shipped fake speaks Twilio's language, so that this file is always in use.

Facts: sms-and-privacy.md B.1 (signature, statuses), B.7 (no idempotency parameter on create), A.3.
"""

from __future__ import annotations

import hmac
import logging
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from bot.sms.errors import ErrorClass, error_class
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
from bot.sms.twilio_http import DirectHttp

CONNECT_SECONDS, READ_SECONDS = 5.0, 12.0
MOST_FIELDS = 200
_HEARD = 1000  # texts of phones that one look goes through
_LISTED = 50  # texts of one number that a look-up goes through
# Our clock and the provider's may differ by an hour set wrongly: a look-up that hid a text would double it.
CLOCKS_DIFFER = timedelta(hours=3)
_WHEN_BROKEN = 300.0  # seconds until the next try after our credentials were refused
# These log URLs at DEBUG, and URLs hold phone numbers.
for _name in ("twilio.http_client", "urllib3"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class TwilioProvider:
    """One Twilio account.

    `tokens` are the auth tokens that may sign, the one in use first; `sender` a number (E.164) or a messaging
    service (MG...); `callbacks` the public URL that status callbacks are sent to, a ref is appended.
    """

    name = "twilio"
    capabilities = Capabilities(lookup=True, validity=True, stops=True, inbox=True)

    def __init__(
        self,
        account: str,
        tokens: tuple[str, ...],
        sender: str,
        callbacks: str,
        *,
        api: str | None = None,
        seconds: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        self._account = account
        self._validators = [RequestValidator(token) for token in tokens]
        self._sender = sender
        self._callbacks = callbacks
        self._client = Client(account, tokens[0], http_client=DirectHttp(api, seconds))

    def verify(self, request: RawRequest) -> None:
        """Check X-Twilio-Signature over the URL and every field, empty ones too, and the account."""
        signature = request.headers.get("x-twilio-signature", "")
        fields = _fields(request)
        url = request.url
        if not signature or not any(check.validate(url, fields, signature) for check in self._validators):
            raise BadSignatureError
        if not hmac.compare_digest(fields.first("AccountSid").encode(), self._account.encode()):
            raise BadSignatureError

    def parse(self, request: RawRequest) -> Inbound | Status:
        """A text from a phone, or what became of one of ours."""
        fields = _fields(request)
        sid = fields.first("MessageSid") or fields.first("SmsSid")
        status = fields.first("MessageStatus") or fields.first("SmsStatus")
        if not sid:
            raise BadRequestError("no MessageSid")
        if fields.first("From") and status in ("", "received", "receiving"):
            media = fields.first("NumMedia")
            count = int(media) if media.isascii() and media.isdigit() and len(media) < 4 else 0
            return Inbound(sid, fields.first("From"), fields.first("To"), fields.first("Body"), count)
        if not status:
            raise BadRequestError("no status")
        ref = urlsplit(request.url).path.rpartition("/status/")[2]
        return Status(sid, status, fields.first("ErrorCode"), ref if len(ref) == 32 else None)

    def send(self, text: OutboundText) -> SendResult:
        """`POST /Messages.json`."""
        by = "messaging_service_sid" if self._sender.startswith("MG") else "from_"
        more = {} if text.valid_seconds is None else {"validity_period": text.valid_seconds}
        try:
            message = self._client.messages.create(
                to=text.to, body=text.body, status_callback=f"{self._callbacks}/{text.ref}",
                **{by: self._sender}, **more,
            )  # fmt: skip
        except TwilioRestException as error:
            return _answered(error)
        except (NewConnectionError, ConnectTimeoutError):  # not a byte can have been sent
            return NotTaken("no connection")
        except (HTTPError, TwilioException, ValueError, KeyError, TypeError) as error:
            return Unknown(type(error).__name__)
        return Accepted(message.sid, message.status) if message.sid else Unknown("no sid")

    def find(self, text: OutboundText) -> tuple[str, ...]:
        """Texts to the same number with the same words, made since the submission, whoever's clock is wrong."""
        try:
            listed = self._client.messages.list(to=text.to, limit=_LISTED, page_size=_LISTED)
        except (TwilioException, HTTPError, ValueError, KeyError, TypeError) as error:
            raise LookupFailedError(type(error).__name__) from None
        since = text.submit_at - CLOCKS_DIFFER
        return tuple(
            message.sid
            for message in listed
            if message.body == text.body
            and not str(message.direction).startswith("inbound")
            and (message.date_created is None or message.date_created.astimezone(UTC) >= since)
        )

    def heard(self, since: datetime, until: datetime) -> tuple[Inbound, ...]:
        """`GET /Messages.json`, what came to our number; with a messaging service, to any of the account's."""
        ours = {} if self._sender.startswith("MG") else {"to": self._sender}
        try:
            listed = self._client.messages.list(
                date_sent_after=since, date_sent_before=until, limit=_HEARD, page_size=_HEARD, **ours
            )
        except (TwilioException, HTTPError, ValueError, KeyError, TypeError) as error:
            raise LookupFailedError(type(error).__name__) from None
        return tuple(
            Inbound(one.sid, one.from_ or "", one.to or "", one.body or "", int(one.num_media or 0))
            for one in reversed(listed)
            if one.direction == "inbound"
        )


class _Fields(dict[str, list[str]]):
    """Form fields that may repeat, as the library's validator reads them."""

    def getlist(self, name: str) -> list[str]:
        return self[name]

    def first(self, name: str) -> str:
        return self.get(name, [""])[0]


def _fields(request: RawRequest) -> _Fields:
    fields = _Fields()
    try:
        text = request.body.decode("utf-8")
        pairs = parse_qsl(
            text, keep_blank_values=True, max_num_fields=MOST_FIELDS, encoding="utf-8", errors="strict"
        )
    except (UnicodeDecodeError, ValueError):
        raise BadSignatureError from None
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _answered(error: TwilioRestException) -> SendResult:
    code = str(error.code or error.status)
    if error.status >= 500:
        return Unknown(str(error.status))
    if error.status == 429 or error_class(code) is ErrorClass.RETRY:
        return NotTaken(code)
    if error.status in (401, 403, 404):  # our account, not this text: nothing must be lost by it
        return NotTaken(f"account refused ({code})", _WHEN_BROKEN)
    return Refused(code)
