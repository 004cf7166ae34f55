"""Reviewed, and on to the next in the same queue; or not reviewed after all."""

from __future__ import annotations

from starlette.responses import Response

from bot.records import conversation_queue, reviews, staff
from bot.records.conversations import Conversation
from bot.staff.act import Act, address, conversation_for, conversation_named, opened
from bot.staff.acts.conversation import page_of
from bot.staff.acts.conversations import filter_of
from bot.staff.roles import Right


def submit(act: Act) -> Response:
    """Mark it and show the next; when a colleague was faster, say so and leave it theirs.

    When something was said that the reviewer has not seen yet, nothing is marked and the same transcript is shown.
    Our script gets the next page at once, in the transaction that marks this one and notes that that one was read;
    a form without script is sent there.
    """
    one = conversation_named(act, act.part("conversation"))
    typed = act.field("q")
    following = _following(act, one, typed)
    seen = act.field("lines")
    lines = int(seen) if seen.isdecimal() and len(seen) < 10 else None
    taken = ""
    if reviews.mark_reviewed(act.session, one.id, actor=act.staff.id, now=act.now, lines=lines):
        act.note("reviewed", f"conversation:{one.id}", one.patient_id)
    elif reviewer := reviews.reviewer(act.session, one.id):
        taken = "" if reviewer == act.staff.id else _name(act, reviewer)
    else:
        return act.go(f"/staff/conversations/{one.id}", q=typed, more="yes")
    if following is None:
        return act.go("/staff/conversations", q=typed, done=one.id)
    said = {"undo": "" if taken else one.id, "taken": taken}
    there = address(f"/staff/conversations/{following.id}", q=typed, **said)
    if not (act.wants_page and act.may(Right.READ_WORDS)):
        return act.go(there)
    page = page_of(act, opened(act, following), typed, **said)
    page.headers["content-location"] = there
    return page


def undo(act: Act) -> Response:
    """Take the review back; both acts stay in the history."""
    one = conversation_for(act, act.part("conversation"))
    if one.reviewed_at is not None:
        reviews.undo_review(act.session, one.id, actor=act.staff.id, now=act.now)
        act.note("review undone", f"conversation:{one.id}", one.patient_id)
    return act.go(f"/staff/conversations/{one.id}", q=act.field("q"))


def _name(act: Act, colleague: str) -> str:
    found = staff.get(act.session, colleague)
    return found.name if found else "A colleague"


def _following(act: Act, one: Conversation, typed: str) -> Conversation | None:
    """The next one behind it in its filter, else the first of those in front."""
    wanted = filter_of(act, typed).criteria
    behind = conversation_queue.next_after(act.session, wanted, one)
    if behind is not None:
        return behind
    first = conversation_queue.page(act.session, wanted, limit=2)
    return next((other for other in first if other.id != one.id), None)
