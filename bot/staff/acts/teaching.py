"""What was learnt: proposals, each confirmed by a person, then exported as a change of the training data."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.records import corrections, inbox, turns
from bot.staff.act import Act, conversation_for
from bot.staff.acts.alerts import names_of_staff
from bot.staff.acts.unanswered import known_names
from bot.staff.personal_data import plain, strip
from bot.staff.topics import named_topic, topics


def show(act: Act) -> Response:
    """What waits for a look, and what waits for `bot teach export`."""
    return _page(act)


def propose(act: Act) -> Response:
    """From a transcript: this message should have been understood as another topic."""
    heard, topic = inbox.get(act.session, act.field("message")), named_topic(act.field("topic"))
    if heard is None:
        raise HTTPException(404)
    if topic is None:
        raise HTTPException(400)
    thread = conversation_for(act, heard.conversation_id)
    turn = turns.by_message(act.session, heard.id)
    phrase = strip(turn.text if turn and turn.text else heard.body, known_names(act, thread.id)).phrase
    corrections.propose(
        act.session,
        topic,
        phrase,
        actor=act.staff.id,
        now=act.now,
        message=heard.id,
        understood_as=turn.intent if turn else None,
    )
    act.note("correction proposed", f"conversation:{thread.id}", thread.patient_id, topic=topic)
    return act.go("/staff/teaching", done="proposed")


def confirm(act: Act) -> Response:
    """Keep a phrase for the training data: a person has read it and found nobody in it."""
    one = corrections.get(act.session, act.part("correction"))
    if one is None:
        raise HTTPException(404)
    phrase, topic = plain(act.field("phrase")), act.field("topic")
    if act.field("drop"):
        corrections.drop(act.session, one.id, actor=act.staff.id)
        act.note("correction dropped", f"correction:{one.id}")
        return act.go("/staff/teaching")
    left = strip(phrase).found
    if not phrase or (topic != one.topic and topic not in {known.name for known in topics()}):
        return _page(act, "Leave some words, and choose a topic.")
    if left:
        return _page(act, f"There still seems to be a {left[0]} in “{phrase}”. Take it out first.")
    if not act.field("looked"):
        return _page(act, "Tick that you looked for names, numbers and places.")
    corrections.confirm(act.session, one.id, phrase, topic, actor=act.staff.id)
    act.note("correction confirmed", f"correction:{one.id}", topic=topic)
    return act.go("/staff/teaching", done="confirmed")


def _page(act: Act, problem: str = "") -> Response:
    proposed = corrections.of_state(act.session, "proposed")
    if proposed:
        act.note("listed", "corrections", corrections=len(proposed))
    return act.page(
        "teaching.html",
        422 if problem else 200,
        proposed=proposed,
        confirmed=corrections.of_state(act.session, "confirmed"),
        exported=corrections.of_state(act.session, "exported"),
        topics=topics(),
        names=names_of_staff(act),
        problem=problem,
        done=act.query("done"),
    )
