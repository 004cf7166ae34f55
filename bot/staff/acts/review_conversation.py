"""Reviewed, and on to the next in the same queue; or not reviewed after all."""

from __future__ import annotations

from starlette.responses import Response

from bot.records import conversation_queue, reviews, staff
from bot.records.conversations import Conversation
from bot.staff.act import Act, conversation_for
from bot.staff.acts.conversations import filter_of


def submit(act: Act) -> Response:
    """Mark it and show the next; when a colleague was faster, say so and leave it theirs."""
    one = conversation_for(act, act.part("conversation"))
    typed, taken = act.field("q"), ""
    following = _following(act, one, typed)
    if one.reviewed_at is None:
        reviews.mark_reviewed(act.session, one.id, actor=act.staff.id, now=act.now)
        act.note("reviewed", f"conversation:{one.id}", one.patient_id)
    elif one.reviewed_by != act.staff.id:
        by = staff.get(act.session, one.reviewed_by or "")
        taken = by.name if by else "A colleague"
    undo = "" if taken else one.id
    if following is None:
        return act.go("/staff/conversations", q=typed, done=one.id)
    return act.go(f"/staff/conversations/{following.id}", q=typed, undo=undo, taken=taken)


def undo(act: Act) -> Response:
    """Take the review back; both acts stay in the history."""
    one = conversation_for(act, act.part("conversation"))
    if one.reviewed_at is not None:
        reviews.undo_review(act.session, one.id, actor=act.staff.id, now=act.now)
        act.note("review undone", f"conversation:{one.id}", one.patient_id)
    return act.go(f"/staff/conversations/{one.id}", q=act.field("q"))


def _following(act: Act, one: Conversation, typed: str) -> Conversation | None:
    """The next one behind it in its filter, else the first of those in front."""
    wanted = filter_of(act, typed).criteria
    behind = conversation_queue.next_after(act.session, wanted, one)
    if behind is not None:
        return behind
    first = conversation_queue.page(act.session, wanted, limit=2)
    return next((other for other in first if other.id != one.id), None)
