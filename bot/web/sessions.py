"""Who is speaking: a signed token that names one conversation, for an absolute time (web.md A.2).

The token is the credential. The conversation's id is made here, never taken from a client, never in a URL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from bot.records.conversations import new_web_id
from bot.records.encryption import Vault
from bot.web.refusals import RefusalError


@dataclass(frozen=True)
class WebSession:
    """One visitor's session: the conversation that the token opens, and until when."""

    conversation: str
    expires_at: datetime


class Sessions:
    """Issues and reads session tokens. The key follows from the installation's: every process has it."""

    def __init__(self, vault: Vault, lifetime: timedelta) -> None:
        self._signer = URLSafeSerializer(vault.fingerprint("key", "web session"), salt="web session 1")
        self._lifetime = lifetime

    def issue(self, now: datetime) -> tuple[str, WebSession]:
        """Begin a conversation: its token, and what the token says."""
        session = WebSession(new_web_id(), (now + self._lifetime).replace(microsecond=0))
        return self._token(session), session

    def read(self, authorization: str | None, now: datetime) -> WebSession:
        """The session of an `Authorization: Bearer` header; raises RefusalError."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise RefusalError(401, "session_token_required", "Please start a conversation first.")
        try:
            conversation, expires = self._signer.loads(token.strip())
            session = WebSession(str(conversation), datetime.fromtimestamp(int(expires), UTC))
        except (BadSignature, ValueError, TypeError, OverflowError, UnicodeError) as error:
            raise RefusalError(
                403, "session_token_invalid", "This conversation can't be opened. Please start a new one."
            ) from error
        if session.expires_at <= now:
            raise session_expired()
        return session

    def _token(self, session: WebSession) -> str:
        token = self._signer.dumps([session.conversation, int(session.expires_at.timestamp())])
        return token if isinstance(token, str) else token.decode()


def session_expired() -> RefusalError:
    """The session is over: its time has passed or the visitor has ended it."""
    return RefusalError(403, "session_expired", "This conversation has ended. Please start a new one.")
