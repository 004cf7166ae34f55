"""Whether a report is inside the usual course, what the patient is told about it, and what staff must see.

The usual course: sore within hours, most of it gone in 24-48 h, usually gone by 72 h (docs/clinical-facts.md 13.4).
The cut-offs are the clinic's (`clinic.yml`, soreness; clinical-facts.md 13.8, 13.9). Nothing here is a diagnosis.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.safety import Tier
from bot.settings import Soreness
from bot.soreness.draft import Draft

# Signs that need a call the same day when they stay (clinical-facts.md 13.9); in doubt the more urgent tier.
CALL_TODAY = frozenset({"numbness", "tingling", "weakness", "fever", "chills", "discharge"})
# Told to the clinic, and today if they grow (clinical-facts.md 13.9, 20.15, 20.18).
TELL = frozenset({"swelling", "redness", "rash", "warmth", "lump", "bleeding", "fainting", "vomiting"})

EARLY_HOURS = 48  # most soreness is gone by now


class Course(StrEnum):
    """What the patient hears; each is a response `utter_course_<name>`."""

    NONE = "none"  # no soreness
    USUAL = "usual"  # inside the first two days
    LATE = "late"  # the third day: still inside, on its way out
    PAST = "past"  # longer than usual: tell the clinic
    TELL = "tell"  # something that the clinic should know
    TODAY = "today"  # call the clinic today
    UNDATED = "undated"  # nobody knows when the session was


@dataclass(frozen=True)
class Task:
    """Something for staff: the rule that was met, and how soon a person must act."""

    rule: str
    tier: Tier


@dataclass(frozen=True)
class Judgement:
    """What a report comes to."""

    course: Course
    tasks: tuple[Task, ...] = ()


def judge(draft: Draft, limits: Soreness, *, now: datetime, earlier: tuple[int, ...] = ()) -> Judgement:
    """Judge a report. `earlier`: scores reported since the same session, oldest first."""
    tasks = tuple(_tasks(draft, limits, now, earlier))
    hours = hours_since(draft, now)
    if any(task.tier is Tier.SAME_DAY for task in tasks):
        course = Course.TODAY
    elif draft.score == 0 and not tasks:
        course = Course.NONE
    elif any(task.rule == "soreness_lasting" for task in tasks):
        course = Course.PAST
    elif any(task.rule in ("soreness_back", "soreness_sign") for task in tasks):
        course = Course.TELL
    elif hours is None:
        course = Course.UNDATED
    else:
        course = Course.USUAL if hours <= EARLY_HOURS else Course.LATE
    return Judgement(course, tasks)


def hours_since(draft: Draft, now: datetime) -> float | None:
    """Return the hours since the session (or the onset), or None when neither is known."""
    start = draft.counted_from
    return None if start is None else max(0.0, (now - start).total_seconds() / 3600)


def _tasks(draft: Draft, limits: Soreness, now: datetime, earlier: tuple[int, ...]) -> list[Task]:
    hours = hours_since(draft, now)
    before = draft.previous_score if draft.previous_score is not None else (earlier[-1] if earlier else None)
    highest = max((spot.score or 0 for spot in draft.spots), default=0)
    score = max(draft.score or 0, highest)
    tasks = []
    if score >= limits.same_day_score:
        tasks.append(Task("soreness_high", Tier.SAME_DAY))
    rising = draft.trend == "worse" or (before is not None and 0 < before < score)
    if rising and hours is not None and hours > limits.rising_after_hours:
        tasks.append(Task("soreness_rising", Tier.SAME_DAY))
    if CALL_TODAY & set(draft.symptoms):
        tasks.append(Task("soreness_with_sign", Tier.SAME_DAY))
    elif TELL & set(draft.symptoms):
        tasks.append(Task("soreness_sign", Tier.ROUTINE))
    if score > 0 and hours is not None and hours > limits.settled_by_hours:
        tasks.append(Task("soreness_lasting", Tier.ROUTINE))
    if score > 0 and before == 0:
        tasks.append(Task("soreness_back", Tier.ROUTINE))
    if draft.unread:
        tasks.append(Task("soreness_unread", Tier.ROUTINE))
    return tasks
