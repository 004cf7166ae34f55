"""A patient's record as FHIR, JSON, CSV or PDF: a disclosure, noted as one."""

from __future__ import annotations

import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.fhir.bundle import bundle_of
from bot.records import conversations, reports, transcripts, visits
from bot.records.messages import Message
from bot.records.patients import Patient
from bot.records.report_export import as_rows, to_csv
from bot.records.reports import Report
from bot.staff.act import Act, patient_for
from bot.staff.timeline import in_words, picture_of

_KINDS = {
    "fhir": ("application/fhir+json", "fhir.json"),
    "json": ("application/json", "json"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "pdf": ("application/pdf", "pdf"),
}


def show(act: Act) -> Response:
    """The file; its name holds our id, not the patient's name."""
    one, kind = patient_for(act, act.part("patient")), act.part("kind")
    if kind not in _KINDS:
        raise HTTPException(404)
    found = reports.recent(act.session, patient=one.id, undone=True, limit=1000)
    threads = tuple(thread.id for thread in conversations.of_patient(act.session, one.id))
    said = transcripts.lines(act.session, threads, limit=5000)
    act.note("exported", f"patient:{one.id}", one.id, kind=kind, reports=len(found), lines=len(said))
    media, ending = _KINDS[kind]
    headers = {"Content-Disposition": f'attachment; filename="patient-{one.id}.{ending}"'}
    return Response(_content(act, kind, one, found, said), media_type=media, headers=headers)


def _content(
    act: Act, kind: str, one: Patient, found: tuple[Report, ...], said: tuple[Message, ...]
) -> str | bytes:
    if kind == "csv":
        return to_csv(found, words=True)
    if kind == "fhir":
        return json.dumps(bundle_of(found, [one], now=act.now, names=True), ensure_ascii=False, indent=1)
    if kind == "json":
        return json.dumps(_plain(act, one, found, said), ensure_ascii=False, indent=1)
    return _pdf(act, one, found, said)


def _plain(act: Act, one: Patient, found: tuple[Report, ...], said: tuple[Message, ...]) -> dict[str, Any]:
    return {
        "patient": {"id": one.id, "clinic_id": one.external_id, "name": one.name, "phone": one.phone},
        "exported_at": act.now.isoformat(timespec="seconds"),
        "visits": [
            {"ended_at": visit.ended_at.isoformat(), "areas": list(visit.areas), "therapist": visit.therapist}
            for visit in visits.of_patient(act.session, one.id)
        ],
        "reports": as_rows(found, words=True),
        "messages": [
            {"at": line.at.isoformat(), "channel": line.channel, "from": line.side, "text": line.text}
            for line in said
        ],
    }


def _pdf(act: Act, one: Patient, found: tuple[Report, ...], said: tuple[Message, ...]) -> bytes:
    from weasyprint import HTML

    text = act.desk.pages.get_template("patient_print.html").render(
        one=one,
        now=act.now,
        by=act.staff.name,
        visits=visits.of_patient(act.session, one.id),
        reports=[(report, in_words(report)) for report in found],
        picture=picture_of(act.session, found),
        said=said,
    )
    pdf: bytes = HTML(string=text, url_fetcher=_fetch_nothing).write_pdf()
    return pdf


def _fetch_nothing(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError("a printed page fetches nothing")
