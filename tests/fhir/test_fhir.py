"""Every exported resource is FHIR R4 for two independent validators; broken ones are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.fhir.bundle import ExportError, bundle_of
from bot.fhir.observation import observations
from bot.fhir.questionnaire import response
from bot.fhir.rules import problems
from tests import node
from tests.fhir.examples import FULL, NOW, PARTS, PATIENT, SHAPES, report
from tests.fhir.mutations import MEANING_OF_OBSERVATION, MEANING_OF_RESPONSE, OBSERVATION, RESPONSE

_HERE = Path(__file__).parent


@pytest.fixture(scope="session", autouse=True)
def _validators() -> None:
    node.install(_HERE)


def _validated(resources: list[Any]) -> list[dict[str, list[str]]]:
    found: list[dict[str, list[str]]] = node.ask(_HERE / "validate.mjs", resources)
    assert len(found) == len(resources)
    return found


def test_every_exported_resource_passes_both_validators_and_our_own_rules() -> None:
    bundle = bundle_of(SHAPES.values(), [PATIENT], now=NOW, names=True)
    resources = [entry["resource"] for entry in bundle["entry"]]
    kinds = {resource["resourceType"] for resource in resources}
    assert kinds == {"Questionnaire", "Patient", "QuestionnaireResponse", "Observation"}
    found = _validated([bundle, *resources])
    faults = {
        str(kind): why for kind, why in zip([bundle, *resources], found, strict=True) if any(why.values())
    }
    assert faults == {}
    assert [resource for resource in resources if problems(resource)] == []


def test_an_empty_export_is_a_bundle_too() -> None:
    assert _validated([bundle_of([], [], now=NOW)]) == [{"fhir": [], "medplum": []}]


def test_every_resource_that_is_not_fhir_is_refused_by_the_pair_of_validators() -> None:
    full = report(FULL)
    mutants = {f"Observation: {name}": change(observations(full)[1]) for name, change in OBSERVATION.items()}
    mutants |= {f"Response: {name}": change(response(full)) for name, change in RESPONSE.items()}
    assert len(mutants) >= 30
    found = _validated(list(mutants.values()))
    assert [name for name, why in zip(mutants, found, strict=True) if not any(why.values())] == []


def test_every_score_that_is_fhir_but_off_our_scale_or_unnamed_is_refused_by_our_rules() -> None:
    full = report(FULL)
    broken = [change(observations(full)[1]) for change in MEANING_OF_OBSERVATION.values()]
    broken += [change(response(full)) for change in MEANING_OF_RESPONSE.values()]
    assert [resource for resource in broken if not problems(resource)] == []


def test_the_unbroken_resources_of_the_mutations_are_good() -> None:
    full = report(FULL)
    assert _validated([observations(full)[1], response(full)]) == [{"fhir": [], "medplum": []}] * 2


def test_a_score_is_an_observation_with_its_codes_unit_place_and_time() -> None:
    (found,) = observations(SHAPES["one place with the score"])
    assert found["valueQuantity"] == {
        "value": 5,
        "unit": "{score}",
        "system": "http://unitsofmeasure.org",
        "code": "{score}",
    }
    assert [coding["code"] for coding in found["code"]["coding"]] == ["72514-3", "dn-soreness-nrs"]
    assert found["bodySite"]["text"] == "right knee"
    assert found["bodySite"]["coding"][1]["code"] == "72696002"
    assert found["effectiveDateTime"] == "2026-11-20T10:30:00.000-05:00"


def test_two_areas_and_the_whole_are_three_observations() -> None:
    found = observations(SHAPES["everything"])
    said = [(one.get("bodySite", {}).get("text"), one["valueQuantity"]["value"]) for one in found]
    assert said == [(None, 6), ("left calf", 6), ("lower back", 2)]


def test_no_score_makes_no_observation() -> None:
    assert observations(SHAPES["no score"]) == []


@pytest.mark.parametrize(
    ("shape", "observation", "answers"),
    [
        ("everything", "final", "completed"),
        ("half finished", "preliminary", "in-progress"),
        ("corrected", "amended", "amended"),
        ("taken back", "entered-in-error", "entered-in-error"),
    ],
)
def test_the_status_says_what_became_of_a_report(shape: str, observation: str, answers: str) -> None:
    assert observations(SHAPES[shape])[0]["status"] == observation
    assert response(SHAPES[shape])["status"] == answers


def test_every_body_part_has_a_code_of_ours_and_an_unverified_snomed_code_says_so() -> None:
    for part in PARTS:
        codings = observations(SHAPES[part])[0]["bodySite"]["coding"]
        assert codings[0]["system"] == "urn:needle-assistant:body-parts"
        for coding in codings[1:]:
            assert coding["system"] == "http://snomed.info/sct" and coding["code"].isdigit()
            assert coding["extension"][0]["valueBoolean"] is True


def test_references_lead_to_resources_of_the_same_bundle() -> None:
    bundle = bundle_of(SHAPES.values(), [PATIENT], now=NOW)
    there = {entry["fullUrl"] for entry in bundle["entry"]}
    assert len(there) == len(bundle["entry"])
    named = {value["reference"] for value in _references(bundle)}
    assert named and named <= there


def _references(value: Any) -> list[dict[str, str]]:
    if isinstance(value, dict):
        here = [value] if "reference" in value else []
        return here + [found for inner in value.values() for found in _references(inner)]
    return [found for inner in value for found in _references(inner)] if isinstance(value, list) else []


def test_the_same_rows_export_to_the_same_bundle() -> None:
    first, second = (bundle_of(SHAPES.values(), [PATIENT], now=NOW) for _ in range(2))
    assert first == second


def test_names_leave_only_when_asked_for_and_phones_never() -> None:
    without, with_names = (
        json.dumps(bundle_of(SHAPES.values(), [PATIENT], now=NOW, names=names)) for names in (False, True)
    )
    assert "Ann Example" not in without and "Ann Example" in with_names
    assert "2025550143" not in with_names


def test_a_score_off_the_scale_is_not_exported() -> None:
    bad = replace(SHAPES["a bare score"], details=replace(FULL, score=17))
    with pytest.raises(ExportError, match="whole number from 0 to 10"):
        bundle_of([bad], [], now=NOW)
