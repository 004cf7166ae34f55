"""What `assess` takes and gives: plain data between rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Channel = Literal["web", "sms"]


class Tier(StrEnum):
    """How soon a person must act (docs/clinical-facts.md part 20: E, S, R; `none` is no sign at all)."""

    EMERGENCY = "emergency"
    SAME_DAY = "same_day"
    ROUTINE = "routine"
    NONE = "none"

    @property
    def urgency(self) -> int:
        """3 for an emergency down to 0 for no sign, to compare tiers."""
        return {"emergency": 3, "same_day": 2, "routine": 1, "none": 0}[self.value]


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the words: the assistant's question just before, the channel, the session."""

    question: str | None = None
    channel: Channel = "web"
    session_at: datetime | None = None
    now: datetime | None = None
    treated_areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignFound:
    """One warning sign and the patient's own words for it: `words` is `text[start:end]`."""

    sign: str
    tier: Tier
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The highest tier found, every sign that was found (most urgent first), and how sure the rules are."""

    tier: Tier
    signs: tuple[SignFound, ...] = ()
    confidence: float = 1.0

    @property
    def is_alert(self) -> bool:
        """True when a person at the clinic must see this message today or sooner."""
        return self.tier in (Tier.EMERGENCY, Tier.SAME_DAY)
