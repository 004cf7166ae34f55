"""Reports of every shape that the export must carry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from bot.records.patients import Patient
from bot.records.reports import Area, Details, Report
from bot.records.rows import new_id

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
PATIENT = Patient(
    new_id(), "Ann Example", "+12025550143", "hash", "America/New_York", "en", "MRN-7", NOW, None, False, None
)
PARTS = [
    part["name"]
    for part in yaml.safe_load((Path(__file__).parents[2] / "data" / "body_parts.yml").read_text())[
        "body_parts"
    ]
]


def report(
    details: Details,
    *,
    patient: str | None = PATIENT.id,
    amended: bool = False,
    undone: bool = False,
    zone: str | None = "America/New_York",
    question: str | None = None,
) -> Report:
    """A stored report that says `details`."""
    return Report(
        id=new_id(),
        source_inbox_id=new_id(),
        conversation_id="thread",
        patient_id=patient,
        visit_id=None,
        prompt_id=None,
        channel="sms",
        question=question,
        reported_at=NOW,
        zone=zone,
        amended_at=NOW + timedelta(minutes=3) if amended else None,
        undone_at=NOW if undone else None,
        linked_by=None,
        details=details,
    )


FULL = Details(
    score=6,
    previous_score=8,
    severity_word="moderate",
    areas=(Area("calf", "left", 6, "53840002"), Area("lower back", None, 2)),
    symptoms=("bruise", "stiffness"),
    negated_symptoms=("fever",),
    session_at=NOW - timedelta(hours=26),
    onset="since tues",
    onset_at=NOW - timedelta(hours=24),
    duration_hours=24.5,
    trend="better",
    words="about a 6 outta ten in my left calf since tues 😬\nbit of a bruise, <b>no</b> fever & =1+1",
    complete=True,
)
SHAPES = {
    "everything": report(FULL),
    "a bare score": report(Details(score=0, complete=True)),
    "the top of the scale": report(Details(score=10, areas=(Area("neck"),), complete=True)),
    "no score": report(Details(areas=(Area("shoulder", "both"),), words="meh", complete=True)),
    "nothing at all": report(Details()),
    "blank words": report(Details(score=3, words="  ")),
    "half finished": report(Details(score=4)),
    "corrected": report(FULL, amended=True),
    "taken back": report(FULL, undone=True),
    "anonymous": report(FULL, patient=None),
    "no zone": report(FULL, zone=None),
    "a zone on the half hour": report(FULL, zone="Asia/Kolkata"),
    "a question of its own": report(FULL, question="How sore is Ana today, 0 to 10?"),
    "a part of no list": report(Details(score=1, areas=(Area("left ear", None, 1),), complete=True)),
    "one place with the score": report(Details(score=5, areas=(Area("knee", "right", 5),), complete=True)),
} | {f"{part}": report(Details(score=2, areas=(Area(part, "left", 2),), complete=True)) for part in PARTS}
