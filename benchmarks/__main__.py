"""`make bench`: Rasa's default against ours, on the same data, in the same run.

    python -m benchmarks [--per-topic 12 | --full] [--only install|train|serve|growth|data] [--trial]

Each stage's figures are kept in benchmarks/results/measured.json, so that a stage can be run again alone.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer

from benchmarks import growth, installing, sample, serving, summary, training
from benchmarks.places import DEFAULT_ENV, RESULTS, WORK
from benchmarks.processes import Failed

PER_TOPIC = 12
TRIAL_PER_TOPIC, TRIAL_EPOCHS = 2, 2
MEASURED = RESULTS / "measured.json"


class Stage(StrEnum):
    INSTALL = "install"
    TRAIN = "train"
    SERVE = "serve"
    GROWTH = "growth"
    DATA = "data"


class Engine(StrEnum):
    DEFAULT = "default"
    OURS = "ours"
    OURS_ALL = "ours_all"  # ours on all examples


def main(
    only: Annotated[Stage | None, typer.Option(help="One stage; the others' figures are kept.")] = None,
    engine: Annotated[Engine | None, typer.Option(help="One engine; the other's figures are kept.")] = None,
    per_topic: Annotated[
        int, typer.Option(min=2, help="Examples a label that both engines learn.")
    ] = PER_TOPIC,
    full: Annotated[bool, typer.Option("--full", help="Learn all examples (hours).")] = False,
    rounds: Annotated[
        int, typer.Option(min=1, help="Times that each is served; the best counts: noise only slows.")
    ] = 2,
    trial: Annotated[
        bool, typer.Option("--trial", help="Very little of everything, to try the benchmark.")
    ] = False,
) -> None:
    """Measure against Rasa's default."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are stopped on the way out
    WORK.mkdir(exist_ok=True)
    RESULTS.mkdir(exist_ok=True)
    wanted = None if full else TRIAL_PER_TOPIC if trial else per_topic
    which = (engine.value,) if engine else tuple(one.value for one in Engine)
    stages: dict[Stage, Callable[[], dict[str, Any]]] = {
        Stage.INSTALL: lambda: installing.measure(say),
        Stage.TRAIN: lambda: training.measure(say, wanted, TRIAL_EPOCHS if trial else None, which),
        Stage.SERVE: lambda: serving.measure(say, questions(), trial, which, 1 if trial else rounds),
        Stage.GROWTH: lambda: growth.measure(say, questions(), *((30, 4) if trial else ())),
        Stage.DATA: lambda: growth.measure_data(say, *((100, 10) if trial else ())),
    }
    try:
        if not DEFAULT_ENV.is_dir() and only not in (Stage.INSTALL, Stage.DATA):
            installing.make_default(say)
        for stage in [only] if only else Stage:
            say(f"--- {stage} ---")
            keep(stage, watched(stages[stage]), add=engine is not None)
    except Failed as error:
        typer.echo(f"bench: {error}", err=True)
        raise typer.Exit(1) from error
    measured = kept()
    if trial:
        say("a trial: the committed summary is left as it is")
    else:
        summary.write(measured)
    typer.echo(f"\n{summary.text(measured)}")


def kept() -> dict[str, Any]:
    """Return what was measured, in this run and earlier ones."""
    measured = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.is_file() else {}
    return {"machine": {"cores": os.cpu_count()}} | measured


def keep(stage: Stage, found: dict[str, Any], add: bool) -> None:
    """Keep a stage's figures: instead of the earlier ones, or `add` one engine's to them."""
    measured = kept()
    measured[stage] = measured.get(stage, {}) | found if add else found
    MEASURED.write_text(json.dumps(measured, indent=1), encoding="utf-8")


def questions() -> list[str]:
    """Return the held-out questions, mixed: what both servers are asked."""
    texts = [text for text, _ in sample.draw(1, training.HELD_OUT).asked]
    random.Random(sample.SEED).shuffle(texts)
    return texts


def watched(stage: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run a stage and note the machine's load over it, and when it was."""
    loads, over = [os.getloadavg()[0]], threading.Event()

    def note() -> None:
        while not over.wait(10):
            loads.append(os.getloadavg()[0])

    watcher = threading.Thread(target=note, daemon=True)
    watcher.start()
    try:
        found = stage()
    finally:
        over.set()
    return {**found, "load": sum(loads) / len(loads), "at": time.strftime("%Y-%m-%d %H:%M")}


def say(line: str) -> None:
    typer.echo(f"{time.strftime('%H:%M:%S')} {line}", err=True)


if __name__ == "__main__":
    typer.run(main)
