"""Sending mail: BOT_SMTP_URL, such as smtp://user:password@mail.example.org:587 (STARTTLS) or smtps://…:465."""

from __future__ import annotations

import os
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from bot.alerting.letter import Letter
from bot.settings import SettingsError

_SECONDS = 10
_PORTS = {"smtp": 587, "smtps": 465}
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


class NotSentError(Exception):
    """The mail did not go out; the message names the reason without secrets."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in. Without TLS only on this machine."""

    host: str
    port: int
    is_tls: bool
    user: str = ""
    password: str = field(default="", repr=False)


def mail_server() -> MailServer | None:
    """The server that BOT_SMTP_URL names; None when it is not set. Raises SettingsError."""
    url = os.environ.get("BOT_SMTP_URL", "")
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in _PORTS or not parts.hostname or port == -1:
        raise SettingsError(
            "BOT_SMTP_URL: use smtp://user:password@host:587 or smtps://user:password@host:465"
        )
    return MailServer(
        parts.hostname,
        port or _PORTS[parts.scheme],
        parts.scheme == "smtps",
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def send(server: MailServer, sender: str, to: tuple[str, ...], letter: Letter) -> None:
    """Hand a letter in, to all at once. Raises NotSentError unless the server has taken it for everybody."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, ", ".join(to), letter.subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=sender.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    if letter.tier == "emergency":
        message["Importance"] = "high"
    message.set_content(letter.text)
    try:
        with _connected(server) as connection:
            refused = connection.send_message(message, sender, list(to))
    except (smtplib.SMTPException, OSError) as error:
        raise NotSentError(f"mail server {server.host}: {type(error).__name__}") from error
    if refused:
        raise NotSentError(f"mail server {server.host} refused {len(refused)} of {len(to)} addresses")


def _connected(server: MailServer) -> smtplib.SMTP:
    secure = ssl.create_default_context()
    if server.is_tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=_SECONDS, context=secure
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
        if server.host not in _LOCAL:
            connection.starttls(context=secure)
    if server.user:
        connection.login(server.user, server.password)
    return connection
