"""The code systems of the export, and where a body part stands in them.

LOINC 72514-3 is about pain; patients are asked about soreness. Each score therefore carries a code of our own
too, and the question as it was asked. SNOMED CT codes come from `data/body_parts.yml`; one that nobody with a
SNOMED licence has checked is marked so.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from bot.settings import ROOT

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
OWN = "urn:needle-assistant"  # our own code systems, identifiers and extensions start so
QUESTIONNAIRE = f"{OWN}:questionnaire:soreness|1"
UNVERIFIED = f"{OWN}:unverified-code"

SCORE_CODES = [
    {
        "system": LOINC,
        "code": "72514-3",
        "display": "Pain severity - 0-10 verbal numeric rating [Score] - Reported",
    },
    {"system": f"{OWN}:codes", "code": "dn-soreness-nrs", "display": "Soreness after dry needling, 0-10"},
]


def body_site(part: str, side: str | None) -> dict[str, Any]:
    """A body part and side ("left", "right", "both"): our code, SNOMED CT's, and plain words."""
    code = part.replace(" ", "-") + (f"-{side}" if side else "")
    codings: list[dict[str, Any]] = [{"system": f"{OWN}:body-parts", "code": code}]
    snomed = _snomed_codes().get(part)
    if snomed is not None:
        coding: dict[str, Any] = {"system": SNOMED, "code": snomed["code"]}
        if not snomed["verified"]:
            coding["extension"] = [{"url": UNVERIFIED, "valueBoolean": True}]
        codings.append(coding)
    return {"coding": codings, "text": f"{side} {part}" if side else part}


@cache
def _snomed_codes() -> dict[str, dict[str, Any]]:
    parts = yaml.safe_load((ROOT / "data" / "body_parts.yml").read_text(encoding="utf-8"))["body_parts"]
    return {part["name"]: part["snomed"] for part in parts if part["snomed"]}
