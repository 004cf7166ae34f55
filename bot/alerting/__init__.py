"""People are told of alerts: by mail and webhook at once, then up a ladder until somebody acknowledges."""

from bot.alerting.telling import tell_people

__all__ = ["tell_people"]
