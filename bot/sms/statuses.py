"""What a text's statuses mean together: callbacks come in any order, the furthest one counts.

sms-and-privacy.md B.3: a failure is final unless a delivery proves it wrong.
"""

from __future__ import annotations

_ORDER = (
    "accepted", "scheduled", "queued", "sending", "sent",
    "canceled", "undelivered", "failed", "partially_delivered", "delivered", "read",
)  # fmt: skip
_STATES = {"canceled": "failed", "undelivered": "undelivered", "failed": "failed"} | dict.fromkeys(
    ("partially_delivered", "delivered", "read"), "delivered"
)


def is_known(status: str) -> bool:
    """Whether a status is one that we can place."""
    return status in _ORDER


def further(one: str | None, other: str) -> str:
    """The status that counts of two; an unknown one never counts."""
    return max(
        (one or "accepted", other), key=lambda status: _ORDER.index(status) if status in _ORDER else -1
    )


def state_of(status: str) -> str:
    """The outbox state that a status stands for."""
    return _STATES.get(status, "accepted")
