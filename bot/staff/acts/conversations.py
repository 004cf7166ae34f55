"""Conversations by filter: a list whose address says all of it, with a sentence for each filter."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.records import conversation_queue, conversations, patients, saved_filters, search, transcripts
from bot.staff.act import Act
from bot.staff.acts.alerts import names_of_staff
from bot.staff.desk import Desk
from bot.staff.filters import Filter, read_filter

PAGE = 50
EXAMPLES = (
    ("Not reviewed yet", "is:new"),
    ("Understood badly", "is:new conf:<0.5"),
    ("With an alert", "has:alert"),
    ("By text message", "channel:sms"),
    ("Assigned to me", "assigned:me"),
    ("With a soreness report", "has:report"),
)


def bring_index_up_to_date(desk: Desk, request: Request) -> None:
    """Before a search: what was said since the last one goes into the index."""
    if not request.query_params.get("q", "").strip():
        return
    with desk.database.reading() as session:
        is_behind = search.is_behind(session)
    if is_behind:
        with desk.database.transaction() as session:
            search.index_new_lines(session)


def show(act: Act) -> Response:
    """One page of the list; the place to go on from is in the address too."""
    wanted = filter_of(act, act.query("q"))
    after = conversations.get(act.session, act.query("after")) if act.query("after") else None
    found = conversation_queue.page(act.session, wanted.criteria, after=after, limit=PAGE + 1)
    shown, ids = found[:PAGE], tuple(one.id for one in found[:PAGE])
    people = {one.patient_id for one in shown if one.patient_id}
    return act.page(
        "conversations.html",
        filter=wanted,
        search=wanted.typed,
        count=conversation_queue.count(act.session, wanted.criteria),
        most=conversation_queue.most_counted(wanted.criteria),
        found=shown,
        more=shown[-1].id if len(found) > PAGE else "",
        topics=transcripts.topics_of(act.session, ids),
        tags=transcripts.tags_of(act.session, ids),
        people={one: patients.get(act.session, one) for one in people},
        names=names_of_staff(act),
        saved=saved_filters.everyone(act.session),
        examples=EXAMPLES,
        done=act.query("done"),
    )


def save_filter(act: Act) -> Response:
    """Keep a search under a name, for everybody."""
    name, wanted = act.field("name")[:60], filter_of(act, act.field("q"))
    if name and wanted.typed:
        saved_filters.save(act.session, name, wanted.typed, actor=act.staff.id, now=act.now)
        act.note("filter saved", f"filter:{name}")
    return act.go("/staff/conversations", q=wanted.typed)


def forget_filter(act: Act) -> Response:
    """Take a saved search away."""
    saved_filters.forget(act.session, act.field("id"))
    act.note("filter removed", "filters")
    return act.go("/staff/conversations", q=act.field("q"))


def filter_of(act: Act, typed: str) -> Filter:
    """A search as this person means it ("assigned:me")."""
    return read_filter(typed[:400], zone=act.desk.settings.clinic.time_zone, me=act.staff.id)
