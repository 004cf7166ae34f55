"""Stage `train`: both engines learn the same sample and answer the same held-out questions.

Rasa's default needs hours for all examples on two cores, so both learn a sample; ours learns all of them too.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sklearn.metrics import accuracy_score, f1_score

from benchmarks import default_project, sample
from benchmarks.places import DEFAULT, DEFAULT_ENV, ROOT, WORK
from benchmarks.processes import Say, run
from benchmarks.sample import Pairs, Sample

HELD_OUT = 8  # questions a label, asked of every engine, learnt by none


def measure(say: Say, per_topic: int | None, epochs: int | None, which: tuple[str, ...]) -> dict[str, Any]:
    """Train the engines of `which` and return processor seconds, peak memory, accuracy and macro-F1 of each."""
    drawn = sample.draw(per_topic, HELD_OUT)
    found: dict[str, Any] = {
        "sample": {
            "per_topic": per_topic,
            "learnt": len(drawn.learnt),
            "held_out": len(drawn.asked),
            "labels": len({label for _, label in drawn.asked}),
            "all": len(drawn.all_but_asked),
            "epochs": epochs,
        }
    }
    if "ours" in which:
        found["ours"] = _ours("sample", drawn.learnt, drawn.asked, say)
    if "ours_all" in which:
        found["ours_all"] = _ours("all", drawn.all_but_asked, drawn.asked, say)
    if "default" in which:
        found["default"] = _default(drawn, epochs, say)
    return found


def default_model() -> Path:
    """Return the default engine's newest model."""
    return max((WORK / "default" / "models").glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)


def _ours(name: str, learnt: Pairs, asked: Pairs, say: Say) -> dict[str, Any]:
    say(f"ours learns {len(learnt):,} examples ...")
    models = own_models(name)
    data = WORK / f"own-{name}"
    sample.write(learnt, sample.responses(), data)
    model = models / "assistant-bench.tar.gz"
    environment = {"BOT_MODELS": str(models)}
    command: list[str | Path] = [_python(), "-m", "benchmarks.train_ours", data, model]
    first = run(command, ROOT, WORK / f"train-own-{name}.log", say, environment)
    again = run(command, ROOT, WORK / f"train-own-{name}.log", say, environment)
    say(f"ours: {first.cpu_s:.0f} CPU-s; again, with vectors kept, {again.cpu_s:.0f}")
    said = _said(
        [_python(), "-m", "benchmarks.predict_ours", _jsonl(data / "learnt.jsonl", learnt)],
        ROOT,
        data,
        asked,
        say,
        environment,
    )
    return {"examples": len(learnt), **asdict(first), "again_cpu_s": again.cpu_s, **_quality(said, asked)}


def own_models(name: str, fresh: bool = True) -> Path:
    """Return a folder of models of its own: the encoder's graph is there, vectors of examples are not."""
    folder = WORK / f"models-{name}"
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "encoder").mkdir(parents=True)
        for graph in (ROOT / "models" / "encoder").glob("*.onnx"):
            shutil.copy(graph, folder / "encoder")
    return folder


def _default(drawn: Sample, epochs: int | None, say: Say) -> dict[str, Any]:
    say(f"Rasa's default learns {len(drawn.learnt):,} examples (DIET, ResponseSelector, TED, UnexpecTED) ...")
    folder = WORK / "default"
    default_project.make(folder, drawn.learnt, epochs)
    took = run([_default_bin("rasa"), "train"], folder, WORK / "train-default.log", say)
    say(f"default: {took.cpu_s:.0f} CPU-s")
    say("Rasa's default is asked the held-out questions ...")
    command: list[str | Path] = [_default_bin("python"), DEFAULT / "predict.py", default_model()]
    said = _said(command, folder, folder, drawn.asked, say, {})
    return {"examples": len(drawn.learnt), **asdict(took), **_quality(said, drawn.asked)}


def _quality(said: list[str], asked: Pairs) -> dict[str, float]:
    true = [label for _, label in asked]
    return {
        "accuracy": float(accuracy_score(true, said)),
        "macro_f1": float(f1_score(true, said, average="macro", labels=sorted(set(true)), zero_division=0)),
    }


def _said(
    command: list[str | Path], folder: Path, work: Path, asked: Pairs, say: Say, environment: dict[str, str]
) -> list[str]:
    """Run a command that reads questions and writes labels."""
    said = work / "said.jsonl"
    run([*command, _jsonl(work / "asked.jsonl", asked), said], folder, work / "predict.log", say, environment)
    return [json.loads(line) for line in said.read_text(encoding="utf-8").splitlines()]


def _jsonl(file: Path, pairs: Pairs) -> Path:
    file.write_text("".join(json.dumps(pair) + "\n" for pair in pairs), encoding="utf-8")
    return file


def _default_bin(name: str) -> Path:
    return DEFAULT_ENV / "bin" / name


def _python() -> str:
    return sys.executable
