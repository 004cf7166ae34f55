"""Who did and read what; that somebody looked here is noted too."""

from __future__ import annotations

from starlette.responses import Response

from bot.records import audit
from bot.records.spreadsheet import to_csv
from bot.staff.act import Act
from bot.staff.acts.alerts import names_of_staff

_HEADER = ("sequence", "at", "actor", "action", "object", "patient", "reason", "details")
_MOST = 100_000


def show(act: Act) -> Response:
    """The newest acts, or those on one thing."""
    thing, before = act.query("object"), act.query("before")
    if thing:
        found = audit.of_object(act.session, thing)
    else:
        found = audit.newest(act.session, before=int(before) if before.isdigit() else None)
    act.note("read", "audit", rows=len(found))
    return act.page("audit.html", found=found, thing=thing, names=names_of_staff(act), faults=None)


def verify(act: Act) -> Response:
    """Check the whole chain."""
    faults = audit.verify(act.session)
    act.note("verified", "audit", faults=len(faults))
    found = audit.newest(act.session)
    return act.page("audit.html", found=found, thing="", names=names_of_staff(act), faults=faults)


def export(act: Act) -> Response:
    """The audit as CSV, safe to open in a spreadsheet."""
    found = audit.newest(act.session, limit=_MOST)
    act.note("exported", "audit", rows=len(found))
    rows = (
        (
            one.sequence,
            one.at.isoformat(),
            one.actor,
            one.action,
            one.object,
            one.patient_id,
            one.reason,
            one.details,
        )
        for one in found
    )
    headers = {"Content-Disposition": f'attachment; filename="audit-{act.now:%Y-%m-%d}.csv"'}
    return Response(to_csv(_HEADER, rows), media_type="text/csv; charset=utf-8", headers=headers)
