"""What we demand of an exported resource beyond FHIR: scores on the scale, in its unit, with their codes.

FHIR itself takes a score of 17 (sms-and-privacy.md E); this is what refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.fhir.terms import QUESTIONNAIRE, SCORE_CODES, UCUM

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_ZONED = re.compile(r"T.+(Z|[+-]\d\d:\d\d)$")
_SCORES = ("score", "previous-score", "area/score")


def problems(resource: dict[str, Any]) -> list[str]:
    """What is wrong with a resource, in words; nothing when it may leave."""
    check = {"Observation": _observation, "QuestionnaireResponse": _response}.get(resource["resourceType"])
    found = list(check(resource)) if check else []
    if not _ID.fullmatch(str(resource.get("id"))):
        found.append("the id is not 1 to 64 letters, digits, hyphens or points")
    return found


def _observation(resource: dict[str, Any]) -> Iterator[str]:
    quantity = resource.get("valueQuantity") or {}
    if not _on_the_scale(quantity.get("value")):
        yield "the score is not a whole number from 0 to 10"
    if (quantity.get("system"), quantity.get("code")) != (UCUM, "{score}"):
        yield "the unit is not {score}"
    if [name for name in resource if name.startswith("value")] != ["valueQuantity"]:
        yield "a score has exactly one value"
    codings = (resource.get("code") or {}).get("coding") or []
    codes = {(coding.get("system"), coding.get("code")) for coding in codings}
    if not {(coding["system"], coding["code"]) for coding in SCORE_CODES} <= codes:
        yield "the codes of the score are missing"
    if not _ZONED.search(str(resource.get("effectiveDateTime"))):
        yield "the time of the answer, with its zone, is missing"
    if not resource.get("derivedFrom"):
        yield "the answer that it comes from is missing"


def _response(resource: dict[str, Any]) -> Iterator[str]:
    if resource.get("questionnaire") != QUESTIONNAIRE:
        yield "the questionnaire is not named"
    for item in _all_items(resource):
        for answer in item.get("answer", []):
            if item.get("linkId") in _SCORES and not _on_the_scale(answer.get("valueInteger")):
                yield f"{item['linkId']}: the score is not a whole number from 0 to 10"


def _all_items(holder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in holder.get("item", []):
        yield item
        yield from _all_items(item)


def _on_the_scale(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10
