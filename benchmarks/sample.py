"""The same stratified sample of data/nlu for both engines, and the held-out questions that neither has seen."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.places import ROOT

SEED = 20
Pairs = list[tuple[str, str]]  # text, label


@dataclass(frozen=True)
class Sample:
    """What is learnt, what is asked, and everything that may be learnt without having seen what is asked."""

    learnt: Pairs
    asked: Pairs
    all_but_asked: Pairs


def draw(per_topic: int | None, held_out: int, seed: int = SEED) -> Sample:
    """Draw `per_topic` examples a label (None: all) to learn, and other `held_out` ones to ask."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for text, label in examples():
        by_label[label].append(text)
    learnt, asked, rest = [], [], []
    for label in sorted(by_label):
        texts = sorted(set(by_label[label]))
        random.Random(f"{seed} {label}").shuffle(texts)
        asked += [(text, label) for text in texts[:held_out]]
        rest += [(text, label) for text in texts[held_out:]]
        learnt += [(text, label) for text in texts[held_out:][:per_topic]]
    return Sample(learnt, asked, rest)


def examples() -> Pairs:
    """Read every example of data/nlu with its label."""
    found: Pairs = []
    for file in _files():
        for entry in file.get("nlu") or []:
            lines = str(entry["examples"]).splitlines()
            found += [(line[2:].strip(), entry["intent"]) for line in lines if line.startswith("- ")]
    return found


def responses() -> dict[str, Any]:
    """Read every answer of data/nlu."""
    return {name: said for file in _files() for name, said in (file.get("responses") or {}).items()}


def write(pairs: Pairs, said: dict[str, Any], folder: Path) -> None:
    """Write training data in Rasa's form."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for text, label in pairs:
        by_label[label].append(text)
    nlu = [
        {"intent": label, "examples": "".join(f"- {_plain(text)}\n" for text in texts)}
        for label, texts in sorted(by_label.items())
    ]
    folder.mkdir(parents=True, exist_ok=True)
    write_yaml(folder / "nlu.yml", {"version": "3.1", "nlu": nlu, "responses": said})


def write_yaml(file: Path, content: dict[str, Any]) -> None:
    """Write YAML as Rasa reads it."""
    file.write_text(
        yaml.dump(content, allow_unicode=True, sort_keys=False, width=1000, Dumper=_Blocks), encoding="utf-8"
    )


class _Blocks(yaml.SafeDumper):
    """Writes texts of several lines as blocks."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Blocks.add_representer(str, _text)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _files() -> list[dict[str, Any]]:
    files = sorted((ROOT / "data" / "nlu").glob("*.yml"))
    return [yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) for file in files]
