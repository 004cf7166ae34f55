"""Which provider this installation uses, made from settings and the operator's environment."""

from __future__ import annotations

import os
import secrets

from bot.internal_token import kept_token
from bot.settings import Settings, SettingsError
from bot.sms.provider import SmsProvider
from bot.sms.telnyx import TelnyxProvider
from bot.sms.twilio import TwilioProvider

FAKE_ACCOUNT = "AC" + "0" * 32
#: Where the front door takes texts and statuses; the provider's name is appended.
HOOKS = "/sms"


def open_provider(settings: Settings) -> SmsProvider:
    """The provider that clinic.yml names; SettingsError when its credentials are missing."""
    sms = settings.clinic.sms
    callbacks = f"{settings.public_url}{HOOKS}/{sms.provider}/status"
    sender = sms.messaging_service or sms.number
    if sms.provider == "fake":
        return FakeProvider(fake_token(settings), sms.number, callbacks, api=carrier_url(settings))
    if sms.provider == "telnyx":
        key, public = _needed("BOT_TELNYX_API_KEY"), _needed("BOT_TELNYX_PUBLIC_KEY")
        try:
            return TelnyxProvider(key, public, sender, callbacks)
        except ValueError as error:
            raise SettingsError("BOT_TELNYX_PUBLIC_KEY: is not an Ed25519 public key in base64") from error
    tokens = [_needed("BOT_TWILIO_AUTH_TOKEN"), os.environ.get("BOT_TWILIO_AUTH_TOKEN_SECONDARY", "")]
    account = _needed("BOT_TWILIO_ACCOUNT_SID")
    return TwilioProvider(account, tuple(token for token in tokens if token), sender, callbacks)


class FakeProvider(TwilioProvider):
    """The shipped carrier: Twilio's adapter, another address."""

    name = "fake"

    def __init__(self, token: str, sender: str, callbacks: str, *, api: str) -> None:
        super().__init__(FAKE_ACCOUNT, (token,), sender, callbacks, api=api)


def carrier_url(settings: Settings) -> str:
    """Where the fake carrier answers: in the front door, unless BOT_CARRIER_URL names another."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    return os.environ.get("BOT_CARRIER_URL", f"http://{host}:{settings.port}/carrier").rstrip("/")


def fake_token(settings: Settings) -> str:
    """The fake carrier's auth token, made on first use and readable by its owner only."""
    if given := os.environ.get("BOT_CARRIER_TOKEN"):
        return given
    return kept_token(settings.keys / "carrier", lambda: secrets.token_hex(16))


def _needed(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name}: is needed for this sms.provider; set it, or use provider: fake")
    return value
