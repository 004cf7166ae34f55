"""The seam to SMS providers: six methods, plain data on both sides. A provider is one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class BadSignatureError(Exception):
    """The request was not made by the provider, or was changed on its way."""


class BadRequestError(Exception):
    """The provider's signature is right, but the request says nothing that we know."""


class LookupFailedError(Exception):
    """The provider could not be asked what it has taken; ask again later."""


@dataclass(frozen=True)
class RawRequest:
    """A webhook request as it came: `url` as the provider knows it, header names in lower case, body bytes."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Inbound:
    """A text from a phone; numbers in E.164, `media` the number of pictures and the like."""

    sid: str
    sender: str
    to: str
    body: str
    media: int = 0


@dataclass(frozen=True)
class Status:
    """What became of a text of ours. `ref` is our name for it, when the callback's URL carried it."""

    sid: str
    status: str
    error_code: str = ""
    ref: str | None = None


@dataclass(frozen=True)
class OutboundText:
    """A text to hand over. `valid_seconds`: the provider must not deliver it later than that."""

    to: str
    body: str
    ref: str
    submit_at: datetime
    valid_seconds: int | None = None


@dataclass(frozen=True)
class Accepted:
    """The provider has taken the text."""

    sid: str
    status: str = "accepted"


@dataclass(frozen=True)
class NotTaken:
    """The provider has surely not taken the text: it may be sent again after some seconds."""

    reason: str
    retry_after: float = 1.0


@dataclass(frozen=True)
class Refused:
    """The provider has refused the text for a reason (`bot/sms/errors.py`)."""

    code: str


@dataclass(frozen=True)
class Unknown:
    """Nobody knows whether the provider has taken the text: it must not be sent again blindly."""

    reason: str


SendResult = Accepted | NotTaken | Refused | Unknown


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do: `lookup` find a text that we sent, `validity` drop late texts, `stops` keep its own
    list of numbers that said STOP, `inbox` list what phones sent us."""

    lookup: bool
    validity: bool
    stops: bool
    longest_text: int = 1600
    inbox: bool = False


class SmsProvider(Protocol):
    """What every provider offers."""

    name: str
    capabilities: Capabilities

    def verify(self, request: RawRequest) -> None:
        """Raise BadSignatureError unless the provider itself made this request."""

    def parse(self, request: RawRequest) -> Inbound | Status:
        """Read a verified request; raise BadRequestError when it is neither text nor status."""

    def send(self, text: OutboundText) -> SendResult:
        """Hand a text over. Never raises: what is not known is `Unknown`."""

    def find(self, text: OutboundText) -> tuple[str, ...]:
        """The provider's ids of texts like this one, taken since it was submitted; LookupFailedError."""

    def heard(self, since: datetime, until: datetime) -> tuple[Inbound, ...]:
        """What phones sent us between two moments, oldest first; LookupFailedError. Only with `inbox`."""
