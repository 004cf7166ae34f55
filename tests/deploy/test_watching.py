"""Alert rules and dashboard are valid, ask only for figures that exist, and each alert has its runbook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import REGISTRY

import bot.watching.figures
import bot.web.metrics  # noqa: F401  figures exist once they are defined
from bot.settings import ROOT
from bot.watching.waiting import BACKUP, QUEUES, UP

RULES = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
BOARD = json.loads((ROOT / "deploy/grafana/needle-assistant.json").read_text(encoding="utf-8"))
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
SCRAPED = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))


def known() -> dict[str, set[str]]:
    """Every series that our processes show, with its labels."""
    found = {
        UP: set(),
        BACKUP: set(),
        "up": {"job", "instance"},
        "process_resident_memory_bytes": {"job", "instance"},
    }
    for name, (_, label) in QUEUES.items():
        labels = {label} if label else set()
        found |= {name: labels, f"{name}_oldest_seconds": labels}
    for collector in set(REGISTRY._collector_to_names):
        labels = set(getattr(collector, "_labelnames", ()))
        found |= {name: labels | {"le"} for name in REGISTRY._collector_to_names[collector]}
    return found


def panels() -> Iterator[tuple[str, str]]:
    for panel in BOARD["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m")


def asked(expression: str) -> list[tuple[str, set[str]]]:
    """The series that an expression asks for, with the labels that it matches."""
    found: list[tuple[str, set[str]]] = []

    def note(node: Any) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            found.append((str(node.name), {matcher.name for matcher in node.matchers.matchers}))

    promql_parser.walk(promql_parser.parse(expression), note)
    return found


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_is_valid_asks_for_figures_that_exist_and_has_a_runbook(rule: dict[str, Any]) -> None:
    series = asked(rule["expr"])
    assert series and {name for name, _ in series} <= known().keys()
    assert all(labels <= known()[name] | {"job", "instance"} for name, labels in series)
    assert rule["labels"]["severity"] in ("page", "ticket") and rule["annotations"]["summary"].endswith(".")
    section = re.search(rf"^## {rule['alert']}\n(.*?)(?=^## |\Z)", RUNBOOK, re.M | re.S)
    assert section is not None and "**Means**" in section[1]
    assert "**Do**" in section[1] or "steps:" in section[1]


def test_the_runbook_knows_no_alert_that_is_not_there() -> None:
    assert re.findall(r"^## (\w+)$", RUNBOOK, re.M) == [rule["alert"] for rule in ALERTS]


@pytest.mark.parametrize(("title", "expression"), list(panels()))
def test_a_panel_asks_for_figures_that_exist(title: str, expression: str) -> None:
    series = asked(expression)
    assert series and {name for name, _ in series} <= known().keys(), title
    grouped = set(re.findall(r"\w+", " ".join(re.findall(r"by \((.*?)\)", expression))))
    assert grouped <= {label for name, _ in series for label in known()[name]} | {"job", "instance"}, title


def test_a_figure_with_a_wrong_name_would_be_found() -> None:
    assert asked('sum(rate(turns_totals{outcome="failed"}[5m])) / 2') == [("turns_totals", {"outcome"})]
    assert "turns_totals" not in known()


def test_every_process_is_asked_and_the_rules_are_read() -> None:
    assert [job["job_name"] for job in SCRAPED["scrape_configs"]] == ["web", "assistant", "worker"]
    assert SCRAPED["rule_files"] == ["alerts.yml"]


def test_panels_do_not_lie_on_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        box = panel["gridPos"]
        cells = {
            (x, y) for x in range(box["x"], box["x"] + box["w"]) for y in range(box["y"], box["y"] + box["h"])
        }
        assert not cells & taken and box["x"] + box["w"] <= 24, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
