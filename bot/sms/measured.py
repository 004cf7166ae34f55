"""A provider whose calls are counted by what came of them, and traced."""

from __future__ import annotations

from bot.sms.provider import Accepted, NotTaken, OutboundText, Refused, SendResult, SmsProvider
from bot.watching.figures import SEND_SECONDS, TEXTS_SENT
from bot.watching.tracing import span


class MeasuredProvider:
    """Another provider, counted. Everything but `send` and `find` is the other's own."""

    def __init__(self, provider: SmsProvider) -> None:
        self._provider = provider
        self.name, self.capabilities = provider.name, provider.capabilities
        self.verify, self.parse, self.heard = provider.verify, provider.parse, provider.heard

    def send(self, text: OutboundText) -> SendResult:
        """Hand a text over."""
        with SEND_SECONDS.time(), span("carrier send", provider=self.name):
            result = self._provider.send(text)
        TEXTS_SENT.labels(outcome=outcome_of(result)).inc()
        return result

    def find(self, text: OutboundText) -> tuple[str, ...]:
        """Look a text up."""
        with span("carrier find", provider=self.name):
            return self._provider.find(text)


def outcome_of(result: SendResult) -> str:
    """A result's name: accepted, not_taken, refused or unknown."""
    match result:
        case Accepted():
            return "accepted"
        case NotTaken():
            return "not_taken"
        case Refused():
            return "refused"
        case _:
            return "unknown"
