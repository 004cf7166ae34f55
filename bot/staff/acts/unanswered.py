"""Questions without an answer, grouped by similar wording: a topic, a new topic, or out of scope."""

from __future__ import annotations

import re

from starlette.responses import Response

from bot.records import conversations, corrections, patients, staff, unanswered
from bot.records.unanswered import Unanswered
from bot.staff.act import Act
from bot.staff.grouping import groups_of
from bot.staff.personal_data import strip
from bot.staff.topics import topics

_NAME = re.compile(r"[a-z][a-z0-9_]{2,40}")


def show(act: Act) -> Response:
    """The groups, the largest first."""
    return _page(act)


def submit(act: Act) -> Response:
    """Settle a group: what is learnt from it waits in Teaching until a person has confirmed each phrase."""
    questions = [
        one for named in act.field("questions").split(",") if (one := unanswered.get(act.session, named))
    ]
    questions = [one for one in questions if one.state == "open"]
    what = act.field("what")
    topic: str | None = act.field("topic") if what == "topic" else act.field("new").lower().replace(" ", "_")
    if what == "topic" and act.field("new"):  # Enter in the field of a new topic presses the first button
        return _page(act, "You typed a new topic too: press “New topic”, or empty that field.")
    if what == "out_of_scope":
        topic = None
    elif what == "topic" and topic not in {known.name for known in topics()}:
        return _page(act, "Choose a topic from the list.")
    elif what not in ("topic", "new") or not _NAME.fullmatch(topic or ""):
        return _page(act, "Name the new topic in a few plain words, such as “swimming”.")
    for one in questions:
        state = "out_of_scope" if topic is None else "answered"
        unanswered.settle(act.session, one.id, state, actor=act.staff.id, now=act.now, topic=topic)
        if topic is not None:
            _propose(act, one, topic)
        act.note("settled", f"question:{one.id}", topic=topic or "out_of_scope")
    return act.go("/staff/unanswered", done=len(questions))


def _propose(act: Act, one: Unanswered, topic: str) -> None:
    corrections.propose(
        act.session,
        topic,
        strip(one.words, known_names(act, one.conversation_id)).phrase,
        actor=act.staff.id,
        now=act.now,
        message=one.message_id,
        question=one.id,
    )


def known_names(act: Act, conversation: str) -> tuple[str, ...]:
    """Names to take out: the patient's of a conversation, and the staff's."""
    thread = conversations.get(act.session, conversation)
    person = patients.get(act.session, thread.patient_id) if thread and thread.patient_id else None
    own = [person.name] if person and person.name else []
    return (*own, *(one.name for one in staff.everybody(act.session)))


def _page(act: Act, problem: str = "") -> Response:
    waiting = unanswered.waiting(act.session)
    if waiting:
        act.note("listed", "unanswered", questions=len(waiting))
    return act.page(
        "unanswered.html",
        422 if problem else 200,
        groups=groups_of(waiting, lambda one: one.words),
        topics=topics(),
        problem=problem,
        done=act.query("done"),
    )
