"""Ways to break a good resource. Each takes one and gives it back broken."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

Resource = dict[str, Any]


def broken(resource: Resource, path: str, value: Any = None) -> Resource:
    """A copy of a resource with the value at a dotted path replaced, or removed when no value is given."""
    copy = deepcopy(resource)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    holder: Any = copy
    for step in way:
        holder = holder[step]
    if value is None:
        del holder[last]
    else:
        holder[last] = value
    return copy


def _set(path: str, value: Any = None) -> Callable[[Resource], Resource]:
    return lambda resource: broken(resource, path, value)


# Not FHIR R4: refused by the two validators.
OBSERVATION: dict[str, Callable[[Resource], Resource]] = {
    "no status": _set("status"),
    "a status of no list": _set("status", "done"),
    "an empty status": _set("status", ""),
    "no code": _set("code"),
    "a code that is a text": _set("code", "72514-3"),
    "codings that are no list": _set("code.coding", {"code": "72514-3"}),
    "a score in words": _set("valueQuantity.value", "seven"),
    "a score that is true": _set("valueQuantity.value", True),
    "an unknown element": _set("soreness", 4),
    "an unknown element inside": _set("valueQuantity.scale", "NRS"),
    "two values": _set("valueInteger", 4),
    "an integer that is a text": _set("valueInteger", "seven"),
    "a date from another country": _set("effectiveDateTime", "20/11/2026"),
    "a thirteenth month": _set("effectiveDateTime", "2026-13-20"),
    "an issued that is only a date": _set("issued", "2026-11-20"),
    "a subject that is a text": _set("subject", "Patient/1"),
    "a reference that is a number": _set("subject.reference", 1),
    "performers that are no list": _set("performer", {"reference": "Patient/1"}),
    "a body site that is a list": _set("bodySite", [{"text": "calf"}]),
    "a body site that is a text": _set("bodySite", "left calf"),
    "a category that is no list": _set("category", {"text": "survey"}),
    "another kind of resource": _set("resourceType", "Observations"),
}
RESPONSE: dict[str, Callable[[Resource], Resource]] = {
    "no status": _set("status"),
    "a status of no list": _set("status", "done"),
    "an item without link": _set("item.0.linkId"),
    "items that are no list": _set("item", {"linkId": "score"}),
    "a score in words": _set("item.0.answer.0.valueInteger", "six"),
    "a score with a fraction": _set("item.0.answer.0.valueInteger", 6.5),
    "two answers in one": _set("item.0.answer.0.valueString", "six"),
    "an unknown element": _set("item.0.answer.0.score", 6),
    "answers that are no list": _set("item.0.answer", {"valueInteger": 6}),
    "an authored that is no time": _set("authored", "yesterday"),
    "a subject that is a text": _set("subject", "Ann"),
    "an identifier that is a list": _set("identifier", [{"value": "1"}]),
}

# FHIR R4, or taken for it by both validators, but not what we send: refused by our own rules.
MEANING_OF_OBSERVATION: dict[str, Callable[[Resource], Resource]] = {
    "the LOINC code missing": _set("code.coding.0"),
    "our code missing": _set("code.coding.1"),
    "another LOINC code": _set("code.coding.0.code", "38208-5"),
    "a score of 17": _set("valueQuantity.value", 17),
    "a score of -1": _set("valueQuantity.value", -1),
    "a score of 5.5": _set("valueQuantity.value", 5.5),
    "no score": _set("valueQuantity.value"),
    "no value": _set("valueQuantity"),
    "another unit": _set("valueQuantity.code", "mg"),
    "a time without zone": _set("effectiveDateTime", "2026-11-20T15:30:00"),
    "no time": _set("effectiveDateTime"),
    "an id with a space": _set("id", "left calf"),
    "an id that is too long": _set("id", "x" * 65),
    "not derived from an answer": _set("derivedFrom"),
}
MEANING_OF_RESPONSE: dict[str, Callable[[Resource], Resource]] = {
    "no questionnaire": _set("questionnaire"),
    "another questionnaire": _set("questionnaire", "urn:other|1"),
    "a score of 11": _set("item.0.answer.0.valueInteger", 11),
    "a score of -1": _set("item.0.answer.0.valueInteger", -1),
    "a score in an area of 17": _set("item.2.item.1.answer.0.valueInteger", 17),
}
