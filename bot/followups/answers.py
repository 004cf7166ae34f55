"""Which question a text answers: pure rules over what was asked, who shares the phone, and what was said.

A number belongs to the newest question that was asked before it and is still open. One that could be about two
people, or about no question at all, is asked back; it is never tied in silence (sms-and-privacy.md C.5).
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.records.prompts import Asked
from bot.records.visits import Visit

RECENT = timedelta(days=14)  # a session older than this is not what a bare number is about
JUST_ANSWERED = timedelta(minutes=30)


@dataclass(frozen=True)
class Sharer:
    """A patient who is reached at the number: first name, and the newest session if there is one."""

    id: str
    name: str
    visit: Visit | None


@dataclass(frozen=True)
class About:
    """What the text is about, as far as it is known; all None is nothing known."""

    patient: str | None = None
    visit: Visit | None = None
    prompt: str | None = None


@dataclass(frozen=True)
class AskWho:
    """It could be about several people."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class AskWhether:
    """A number without an open question: is it about this session?"""

    patient: str
    visit: Visit


Resolved = About | AskWho | AskWhether


def resolve(
    text: str,
    received_at: datetime,
    asked: tuple[Asked, ...],
    sharers: tuple[Sharer, ...],
    *,
    is_score: bool,
    in_conversation: bool,
) -> Resolved:
    """Tell what a text is about. `asked` is newest first; `is_score` says that it is a bare number;
    `in_conversation` that the assistant has just asked something, which the number may answer."""
    named = named_in(text, sharers)
    open_ones = [one for one in asked if _is_open(one, received_at) and _concerns(one, named)]
    waiting = [one for one in open_ones if _is_waiting(one, received_at)]
    if is_score and named is None and len({one.prompt.patient_id for one in waiting}) > 1:
        return AskWho(_names(sharers, {one.prompt.patient_id for one in waiting}))
    newest = next((one for one in open_ones if one.prompt.answered_at is None), None) or next(
        iter(open_ones), None
    )
    if newest is not None:
        return About(newest.prompt.patient_id, newest.visit, newest.prompt.id)
    person = named or (sharers[0] if len(sharers) == 1 else None)
    if person is not None:
        visit = person.visit if person.visit and _is_recent(person.visit, received_at) else None
        if is_score and named is None and visit is not None and not in_conversation:
            return AskWhether(person.id, visit)
        return About(person.id, visit)
    recent = {one.id for one in sharers if one.visit and _is_recent(one.visit, received_at)}
    if is_score and recent and not in_conversation:
        return AskWho(_names(sharers, recent))
    return About()


def named_in(text: str, sharers: tuple[Sharer, ...]) -> Sharer | None:
    """The one person of several whom a text names."""
    if len(sharers) < 2:
        return None
    words = set(re.findall(r"[^\W\d_]+", text.casefold()))
    found = [one for one in sharers if one.name and one.name.casefold() in words]
    return found[0] if len(found) == 1 else None


def _is_open(one: Asked, at: datetime) -> bool:
    prompt = one.prompt
    return (
        prompt.closed_at is None and prompt.asked_at is not None and prompt.asked_at <= at < prompt.open_until
    )


def _concerns(one: Asked, named: Sharer | None) -> bool:
    return named is None or one.prompt.patient_id == named.id


def _is_waiting(one: Asked, at: datetime) -> bool:
    """Whether a number may be meant for a question: not answered yet, or answered a moment ago."""
    answered = one.prompt.answered_at
    return answered is None or at - answered < JUST_ANSWERED


def _is_recent(visit: Visit, at: datetime) -> bool:
    return visit.state == "done" and visit.ended_at <= at < visit.ended_at + RECENT


def _names(sharers: tuple[Sharer, ...], ids: AbstractSet[str | None]) -> tuple[str, ...]:
    """First names of those meant; of everybody when fewer than two have one."""
    named = tuple(one.name for one in sharers if one.id in ids and one.name)
    return named if len(named) > 1 else tuple(one.name for one in sharers if one.name) or ("?",)
