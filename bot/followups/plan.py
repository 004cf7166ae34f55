"""The plan after a session: which questions are due when. Pure functions; the steps are in clinic.yml.

"3 hours after" is elapsed time, "the next day at 10" is wall time of the patient's zone (sms-and-privacy.md C.5).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.followups.hours import Hours, hours_of, instant, is_open, opens_at
from bot.settings import Followups, Step

REMINDER = ":r1"


@dataclass(frozen=True)
class Planned:
    """A step and its times, in UTC."""

    step: str
    due_at: datetime
    expires_at: datetime


def plan(visit: str, ended_at: datetime, zones: tuple[str, ...], rules: Followups) -> tuple[Planned, ...]:
    """The questions after a session that ended at a moment; `zones[0]` is the patient's own.

    A step that is due some hours later is left out when the window is shut then: the next morning has its own.
    A step on a day moves to when the window opens. None is due before the one before it, or after its own end.
    """
    hours, found = hours_of(rules), []
    for step in rules.steps:
        due = _due(visit, step, ended_at, zones, rules, hours)
        if due is not None:
            found.append(Planned(step.name, due, due + timedelta(hours=step.expires_hours)))
    found.sort(key=lambda planned: planned.due_at)
    ends = [following.due_at for following in found[1:]]
    return tuple(
        Planned(planned.step, planned.due_at, min(planned.expires_at, *ends[number : number + 1]))
        if ends[number : number + 1]
        else planned
        for number, planned in enumerate(found)
    )


def _due(
    visit: str, step: Step, ended_at: datetime, zones: tuple[str, ...], rules: Followups, hours: Hours
) -> datetime | None:
    shift = jitter(f"{visit}:{step.name}", rules.jitter_minutes)
    if step.after_hours is not None:
        due = ended_at + timedelta(hours=step.after_hours) + shift
        return due if is_open(due, zones, hours) else None
    assert step.day is not None
    day = ended_at.astimezone(ZoneInfo(zones[0])).date() + timedelta(days=step.day)
    wished = instant(day, time.fromisoformat(step.at), zones[0]) + shift
    due_or_later = opens_at(wished, zones, hours)
    if due_or_later is None or due_or_later == wished:
        return due_or_later
    return due_or_later + abs(shift) if is_open(due_or_later + abs(shift), zones, hours) else due_or_later


def jitter(seed: str, minutes: int) -> timedelta:
    """A shift of up to so many minutes either way, always the same for a seed: it spreads a clinic's texts."""
    if minutes == 0:
        return timedelta()
    drawn = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big")
    return timedelta(seconds=drawn % (120 * minutes + 1) - 60 * minutes)


def reminder_of(
    planned: Planned, asked_at: datetime, zones: tuple[str, ...], rules: Followups
) -> Planned | None:
    """The one reminder of a question; None when no time is left for it."""
    hours = hours_of(rules)
    due = opens_at(asked_at + timedelta(hours=rules.reminder_after_hours), zones, hours)
    if due is None or due >= planned.expires_at:
        return None
    return Planned(planned.step + REMINDER, due, planned.expires_at)
