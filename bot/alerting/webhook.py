"""The same letter to another system: BOT_ALERT_WEBHOOK, signed with BOT_ALERT_WEBHOOK_SECRET."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from bot.alerting.letter import Letter
from bot.alerting.mail import NotSentError
from bot.settings import SettingsError

_SECONDS = 5.0
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Webhook:
    """An address that takes alerts as JSON: {"tier", "link", "step"}; X-Signature is the body's HMAC-SHA-256."""

    url: str
    secret: str = field(repr=False)


def webhook() -> Webhook | None:
    """The webhook of the environment; None when it is not set. Raises SettingsError."""
    url, secret = os.environ.get("BOT_ALERT_WEBHOOK", ""), os.environ.get("BOT_ALERT_WEBHOOK_SECRET", "")
    if not url:
        return None
    parts = urlsplit(url)
    if not parts.hostname or (parts.scheme != "https" and parts.hostname not in _LOCAL):
        raise SettingsError("BOT_ALERT_WEBHOOK: must be an https:// address")
    if len(secret) < 16:
        raise SettingsError("BOT_ALERT_WEBHOOK_SECRET: set a secret of at least 16 characters")
    return Webhook(url, secret)


def post(hook: Webhook, letter: Letter, step: str) -> None:
    """Post a letter. Raises NotSentError unless the answer is a 2xx."""
    body = json.dumps({"tier": letter.tier, "link": letter.link, "step": step}).encode()
    signature = hmac.new(hook.secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Signature": signature}
    try:
        answer = httpx.post(hook.url, content=body, headers=headers, timeout=_SECONDS, follow_redirects=False)
    except httpx.HTTPError as error:
        raise NotSentError(f"webhook: {type(error).__name__}") from error
    if not answer.is_success:
        raise NotSentError(f"webhook: answered {answer.status_code}")
