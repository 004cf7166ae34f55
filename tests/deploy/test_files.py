"""What `deploy/` says is valid by each tool's own rules, complete, and names only settings that the code reads.

Checked here: Containerfiles (hadolint), compose.yaml (the Compose specification's schema), Kubernetes manifests (strict
schemas of each kind), systemd units (systemd-analyze). docs/operations.md says what was run and what was not.
"""

from __future__ import annotations

import fnmatch
import json
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, RefResolver

from bot.settings import ROOT

DEPLOY = ROOT / "deploy"
CONTAINERFILES = sorted(DEPLOY.glob("Containerfile.*"))
UNITS = sorted((DEPLOY / "systemd").iterdir())
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
KUSTOMIZATIONS = sorted((DEPLOY / "kubernetes").glob("*/kustomization.yaml"))
MANIFESTS = [
    (file.relative_to(DEPLOY / "kubernetes").as_posix(), manifest)
    for file in sorted((DEPLOY / "kubernetes").glob("*/*.yaml"))
    if file.name != "kustomization.yaml"
    for manifest in yaml.safe_load_all(file.read_text(encoding="utf-8"))
]


def carried(package: str, *path: str) -> Path:
    """A file that a package carries; the package's code is not imported."""
    spec = find_spec(package)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent.joinpath(*path)


def name_of(manifest: dict[str, Any]) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"


@pytest.mark.parametrize("file", CONTAINERFILES, ids=lambda file: file.name)
def test_a_containerfile_has_no_fault_that_hadolint_knows(file: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, "--no-color", file], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("file", CONTAINERFILES, ids=lambda file: file.name)
def test_what_a_containerfile_copies_is_there_and_let_through(file: Path) -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    text = file.read_text(encoding="utf-8")
    copied = [name for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.M) for name in line.split()[:-1]]
    assert copied and all((ROOT / name).exists() for name in copied)
    assert set(copied) <= allowed
    assert "USER 10001" in text and "HEALTHCHECK" in text
    assert all((ROOT / name).exists() for name in allowed)


def test_the_image_of_the_front_door_installs_no_rasa() -> None:
    text = (DEPLOY / "Containerfile.door").read_text(encoding="utf-8")
    assert "--no-default-groups" in text and "--group assistant" not in text and "actions" not in text


def faults(compose: dict[str, Any]) -> list[str]:
    """What the Compose specification says against a file."""
    file = carried("check_jsonschema", "builtin_schemas", "vendor", "compose-spec.json")
    schema = json.loads(file.read_text(encoding="utf-8"))
    found = [error.message for error in Draft7Validator(schema).iter_errors(compose)]
    # Our jsonschema is older than `unevaluatedProperties`, which closes the list of a service's keys.
    parts = [schema["$defs"][name] for name in ("service", "container_spec", "workload_spec")]
    assert parts[0]["unevaluatedProperties"] is False and len(parts[0]["allOf"]) == len(parts) - 1
    keys = {key for part in parts for key in part["properties"]}
    return found + [
        f"{name}: {key}" for name, one in compose["services"].items() for key in one if key not in keys
    ]


def test_compose_follows_the_compose_specification() -> None:
    assert faults(COMPOSE) == []
    assert faults({"services": {"web": {"image": "x", "restrat": "always"}}}) == ["web: restrat"]
    assert faults({"services": {"web": {"image": ["x"]}}})


def test_compose_names_only_what_it_has() -> None:
    services = COMPOSE["services"]
    for name, service in services.items():
        assert set(service.get("depends_on", ())) <= services.keys(), name
        if "build" in service:
            assert (ROOT / service["build"]["dockerfile"]).is_file(), name
        for mount in service.get("volumes", ()):
            source = mount.rpartition(":/")[0] if not mount.startswith("$") else ""
            assert not source or source in COMPOSE["volumes"] or (DEPLOY / source).exists(), mount
    hosts = {
        part.split("//")[1].split(":")[0]
        for part in services["web-1"]["environment"]["BOT_ASSISTANT_URL"].split(",")
    }
    assert hosts == {name for name in services if name.startswith("assistant")}
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    assert set(re.findall(r"(web-\d):8080", caddy)) == {name for name in services if name.startswith("web")}
    scraped = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
    for job in scraped["scrape_configs"]:
        for target in job["static_configs"][0]["targets"]:
            assert target.split(":")[0] in services


@pytest.mark.parametrize(("file", "manifest"), MANIFESTS, ids=[f"{f} {name_of(m)}" for f, m in MANIFESTS])
def test_a_kubernetes_manifest_follows_its_kinds_strict_schema(file: str, manifest: dict[str, Any]) -> None:
    checked = strict(manifest)
    assert [f"{list(error.path)}: {error.message}" for error in checked.iter_errors(manifest)] == []
    assert list(checked.iter_errors({**manifest, "sepc": {}}))


def strict(manifest: dict[str, Any]) -> Draft7Validator:
    """The newest strict schema of a manifest's kind, with its definitions beside it."""
    kind, version = (
        manifest["kind"].lower(),
        manifest["apiVersion"].replace(".k8s.io", "").replace("/", "-"),
    )
    folder = sorted(carried("kubernetes_validate", "kubernetes-json-schema").glob("*-local-strict"))[-1]
    schema = json.loads((folder / f"{kind}-{version}.json").read_text(encoding="utf-8"))
    return Draft7Validator(schema, resolver=RefResolver("", schema, store=definitions(folder)))


@cache
def definitions(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "_definitions.json").read_text(encoding="utf-8"))
    return dict.fromkeys(("_definitions.json", "https://kubernetes.io/api/_definitions.json"), found)


def test_every_manifest_is_part_of_its_kustomization() -> None:
    for file in KUSTOMIZATIONS:
        listed = yaml.safe_load(file.read_text(encoding="utf-8"))["resources"]
        assert all((file.parent / name).exists() for name in listed)
        assert {name for name in listed if name.endswith(".yaml")} == {
            other.name for other in file.parent.glob("*.yaml") if other != file
        }


def test_services_selectors_and_claims_of_kubernetes_find_what_they_name() -> None:
    of_kind: dict[str, list[dict[str, Any]]] = {}
    for _, manifest in MANIFESTS:
        of_kind.setdefault(manifest["kind"], []).append(manifest)
    sets = [*of_kind["Deployment"], *of_kind["StatefulSet"]]
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in sets]
    assert all(
        one["spec"]["selector"]["matchLabels"].items() <= label.items()
        for one, label in zip(sets, labels, strict=True)
    )
    for kind in ("Service", "PodDisruptionBudget", "NetworkPolicy"):
        for one in of_kind[kind]:
            wanted = one["spec"].get("podSelector") or one["spec"]["selector"]
            assert any(wanted.get("matchLabels", wanted).items() <= label.items() for label in labels), (
                name_of(one)
            )
    settings = yaml.safe_load((DEPLOY / "kubernetes/base/kustomization.yaml").read_text(encoding="utf-8"))
    urls = next(
        line
        for line in settings["configMapGenerator"][0]["literals"]
        if line.startswith("BOT_ASSISTANT_URL=")
    )
    (assistant,) = [one for one in sets if one["metadata"]["name"] == "assistant"]
    assert [
        f"http://assistant-{n}.assistant:5005" for n in range(assistant["spec"]["replicas"])
    ] == urls.split("=")[1].split(",")


def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/needle/.venv/bin/python", sys.executable)
        (tmp_path / unit.name.replace("@", "@1")).write_text(text, encoding="utf-8")
    assert shutil.which("systemd-analyze"), "apt-get install systemd"
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())], capture_output=True, text=True
    )
    ours = [line for line in done.stderr.splitlines() if "needle" in line and "not found" not in line]
    assert ours == []
    (tmp_path / "needle-broken.service").write_text("[Service]\nExecStart=/bin/true\nRestrat=always\n")
    broken = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "needle-broken.service"],
        capture_output=True,
        text=True,
    )
    assert "Restrat" in broken.stderr


def test_deploy_names_only_settings_that_the_code_reads() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "bot").rglob("*.py"))
    files = [
        file for file in DEPLOY.rglob("*") if file.is_file() and not fnmatch.fnmatch(file.name, "*.json")
    ]
    named = {
        name for file in files for name in re.findall(r"\bBOT_[A-Z_]+\b", file.read_text(encoding="utf-8"))
    }
    assert (
        named and {name for name in named if name not in code and not name.startswith("BOT_TWILIO")} == set()
    )


def test_no_secret_is_in_deploy() -> None:
    for file in DEPLOY.rglob("*"):
        if file.is_file():
            for value in re.findall(r"(?:PASSWORD|TOKEN|KEYS?|SID)=(\S*)", file.read_text(encoding="utf-8")):
                assert value in ("", "change-me", "data.json"), file.name
