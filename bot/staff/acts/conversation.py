"""One transcript: web and SMS of one person in one time line, and what staff made of it."""

from __future__ import annotations

from starlette.responses import Response

from bot.records import conversation_queue, patients, reviews, transcripts
from bot.records.conversations import Conversation
from bot.staff.act import Act, conversation_for, opened
from bot.staff.acts.alerts import names_of_staff
from bot.staff.acts.conversations import filter_of
from bot.staff.timeline import timeline_of
from bot.staff.topics import topics


def show(act: Act) -> Response:
    """The page that an address names."""
    one = conversation_for(act, act.part("conversation"))
    return page_of(act, one, act.query("q"), undo=act.query("undo"), taken=act.query("taken"))


def page_of(act: Act, one: Conversation, typed: str, *, undo: str = "", taken: str = "") -> Response:
    """A transcript's page; next and previous are worked out in the same filter.

    `undo` is a conversation that was just reviewed, `taken` whoever had been faster with it.
    """
    wanted = filter_of(act, typed)
    line = timeline_of(act.session, one)
    for other in line.others:
        opened(act, other)
    return act.page(
        "conversation.html",
        one=one,
        line=line,
        patient=patients.get(act.session, one.patient_id) if one.patient_id else None,
        topics=transcripts.topics_of(act.session, (one.id,)).get(one.id, []),
        tags=reviews.tags(act.session, one.id),
        tags_in_use=transcripts.tags_in_use(act.session),
        notes=reviews.notes(act.session, conversation=one.id),
        history=reviews.history(act.session, one.id),
        names=names_of_staff(act),
        filter=wanted,
        search=wanted.typed,
        following=conversation_queue.next_after(act.session, wanted.criteria, one),
        previous=conversation_queue.previous_to(act.session, wanted.criteria, one),
        known_topics=topics(),
        undo=undo,
        taken=taken,
        more=act.query("more"),
    )
