"""A report in one line, as it is read back to the patient and shown with a task: "6 out of 10, left calf, …"."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.soreness.draft import Draft, Spot


def one_line(draft: Draft, zone: str, *, short: bool = False) -> str:
    """Return what was understood, in words; `short` for SMS. Days are shown as read, so that a mistake is seen."""
    shown_by_spot = len(draft.spots) > 1 and any(spot.score is not None for spot in draft.spots)
    score = "" if shown_by_spot else score_in_words(draft, short=short)
    parts = [score, *(_spot(spot, show_score=shown_by_spot) for spot in draft.spots), *_when(draft, zone)]
    parts += [_and(draft.symptoms)] if draft.symptoms else []
    parts += [f"no {_and(draft.denied, 'or')}"] if draft.denied else []
    return ", ".join(part for part in parts if part) or "no details"


def score_in_words(draft: Draft, *, short: bool = False) -> str:
    """Return the score ("6 out of 10", "5 to 6 out of 10", by SMS "6/10"), or "" without one."""
    if draft.score is None:
        return ""
    low = draft.score if draft.score_low is None else draft.score_low
    value = str(draft.score) if low >= draft.score else f"{low} to {draft.score}"
    return f"{value}/10" if short else f"{value} out of 10"


def day_in_words(moment: datetime, zone: str) -> str:
    """Return a day as people write it: "Tue 17 Nov"."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b}"


def _spot(spot: Spot, *, show_score: bool) -> str:
    side = "left and right" if spot.side == "both" else spot.side or ""
    score = f" {spot.score}/10" if show_score and spot.score is not None else ""
    return f"{side} {spot.part}{score}".strip()


def _when(draft: Draft, zone: str) -> list[str]:
    told = []
    if draft.session and draft.session_at:
        told.append(f"session on {day_in_words(datetime.fromisoformat(draft.session_at), zone)}")
    if draft.onset_at:
        told.append(f"since {day_in_words(datetime.fromisoformat(draft.onset_at), zone)}")
    elif draft.onset:
        told.append(draft.onset)
    return told


def _and(words: tuple[str, ...], link: str = "and") -> str:
    *first, last = words
    return f"{', '.join(first)} {link} {last}" if first else last
