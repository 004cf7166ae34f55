"""The table of `make bench`: each figure of both engines, their ratio and the target; as text, JSON and a picture."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.places import RESULTS

Measured = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One figure of both engines; `ratio` is ours by theirs (for F1: points between them)."""

    what: str
    default: float
    ours: float
    ratio: float
    target: str
    met: bool
    production_target: str = ""
    production_met: bool | None = None
    unit: str = ""


@dataclass(frozen=True)
class Target:
    """What a ratio must reach now, and in production."""

    first: float
    production: float | None = None
    at_least: bool = False

    def said(self, value: float | None) -> str:
        return "" if value is None else f"{'≥' if self.at_least else '≤'} {value:g} ×"

    def met(self, ratio: float, value: float | None) -> bool | None:
        return None if value is None else (ratio >= value if self.at_least else ratio <= value)


F1_POINTS = 10
GROWTH = 1.5
RATIOS: tuple[tuple[str, str, str, str, Target | None], ...] = (
    ("training, processor time", "train", "cpu_s", "s", Target(0.1, 0.05)),
    ("training, peak memory", "train", "peak_mb", "MB", None),
    ("reply p50, 1 client", "serve", "p50_ms", "ms", Target(0.5, 0.4)),
    ("reply p99, 1 client", "serve", "p99_ms", "ms", None),
    ("reply p50, 8 clients", "serve", "p50_ms_8", "ms", None),
    ("replies a second, 8 clients", "serve", "requests_s", "/s", Target(2.5, at_least=True)),
    ("processor time a message", "serve", "cpu_ms_a_message", "ms", None),
    ("resident memory", "serve", "resident_mb", "MB", Target(0.35, 0.3)),
    ("time to ready", "serve", "ready_wall_s", "s", Target(0.25, 0.2)),
    ("processor time to ready", "serve", "ready_cpu_s", "s", None),
    ("installed size", "install", "mb", "MB", Target(0.4)),
)
PER_CORE = 3.5


def rows(measured: Measured) -> list[Row]:
    """Return the rows of what was measured so far."""
    found: list[Row] = []
    train = measured.get("train", {})
    if "default" in train and "ours" in train:
        default, ours = train["default"]["macro_f1"] * 100, train["ours"]["macro_f1"] * 100
        points = ours - default
        target = f"≥ +{F1_POINTS} points"
        found.append(Row("macro-F1, held out", default, ours, points, target, points >= F1_POINTS, unit="%"))
    for what, stage, figure, unit, wanted in RATIOS:
        both = measured.get(stage, {})
        if "default" in both and "ours" in both:
            found.append(_row(what, both["default"][figure], both["ours"][figure], unit, wanted))
        if figure == "cpu_ms_a_message" and found and found[-1].what == what:
            default, ours = (1000 / both[name][figure] for name in ("default", "ours"))
            found.append(_per_core(default, ours))
    if "growth" in measured:
        growth = measured["growth"]
        ratio = growth["late_ms"] / growth["early_ms"]
        what = f"message {growth['late']} against message {growth['early']} (both ours)"
        said = f"≤ {GROWTH} ×"
        found.append(
            Row(what, growth["early_ms"], growth["late_ms"], ratio, said, ratio <= GROWTH, unit="ms")
        )
    return found


def _row(what: str, default: float, ours: float, unit: str, target: Target | None) -> Row:
    ratio = ours / default
    if target is None:
        return Row(what, default, ours, ratio, "", True, unit=unit)
    return Row(
        what,
        default,
        ours,
        ratio,
        target.said(target.first),
        bool(target.met(ratio, target.first)),
        target.said(target.production),
        target.met(ratio, target.production),
        unit,
    )


def _per_core(default: float, ours: float) -> Row:
    ratio, target = ours / default, Target(0, PER_CORE, at_least=True)
    return Row(
        "replies a second and core",
        default,
        ours,
        ratio,
        "",
        True,
        target.said(PER_CORE),
        target.met(ratio, PER_CORE),
        "/s",
    )


def text(measured: Measured) -> str:
    """Return the summary in Markdown, which reads as text too."""
    lines = ["# Against Rasa's default", "", *_about(measured), ""]
    head = ["", "Rasa's default", "ours", "ratio", "target", "", "in production", ""]
    table = [[*_cells(row)] for row in rows(measured)]
    widths = [max(len(line[at]) for line in [head, *table]) for at in range(len(head))]
    lines.append(_line(head, widths))
    lines.append("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    lines += [_line(cells, widths) for cells in table]
    for section in (_own_data, _words, _stages, _data):
        lines += section(measured)
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> list[str]:
    ratio = f"{row.ratio:+.1f} points" if row.unit == "%" else f"{row.ratio:.2f} ×"
    figures = [f"{_round(value)} {row.unit}" for value in (row.default, row.ours)]
    production = "" if row.production_met is None else _met(row.production_met)
    return [
        row.what,
        *figures,
        ratio,
        row.target,
        _met(row.met) if row.target else "",
        row.production_target,
        production,
    ]


def _met(met: bool) -> str:
    return "met" if met else "MISSED"


def _round(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _line(cells: list[str], widths: list[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _about(measured: Measured) -> list[str]:
    machine = measured.get("machine", {})
    lines = [
        f"Rasa 3.6.21 both; {machine.get('cores', '?')} cores. Default: what `rasa init` configures (DIET, "
        "ResponseSelector, TED, UnexpecTED) on TensorFlow 2.12.1, plain `rasa run`, conversations in memory. Ours: the "
        "assistant process with warning signs, actions and an encrypted SQLite store; trained on all examples where it "
        "serves.",
    ]
    sample = measured.get("train", {}).get("sample")
    if sample:
        shown = "all" if sample["per_topic"] is None else f"{sample['per_topic']} a label"
        lines += [
            "",
            f"Trained for F1 and processor time on the same sample, {shown}: {sample['learnt']:,} examples of "
            f"{sample['labels']} labels; asked {sample['held_out']:,} held-out questions. Rasa's default would need "
            f"hours for all {sample['all']:,} on two cores.",
        ]
        if sample["epochs"]:
            lines += [
                "",
                f"**Default cut to {sample['epochs']} epochs: a trial of the benchmark, no result.**",
            ]
    loads = [
        f"{name} {stage['load']:.1f}"
        for name, stage in measured.items()
        if isinstance(stage, dict) and "load" in stage
    ]
    if loads:
        lines += [
            "",
            f"Load of the machine by stage, mean over it: {', '.join(loads)}. Above the number of cores, seconds are "
            "longer than they would be; processor time and ratios stay fair.",
        ]
    return lines


def _own_data(measured: Measured) -> list[str]:
    ours = measured.get("train", {}).get("ours_all")
    if not ours:
        return []
    return [
        "",
        f"Ours on all {ours['examples']:,} examples, same held-out questions: macro-F1 {ours['macro_f1']:.1%}, "
        f"training {ours['cpu_s']:.0f} s of processor ({ours['again_cpu_s']:.0f} s when the vectors of "
        f"examples are kept from the last training), peak {ours['peak_mb']:,.0f} MB.",
    ]


def _words(measured: Measured) -> list[str]:
    """Say how many replies were errors or without words: speed alone would flatter a silent engine."""
    serve = measured.get("serve", {})
    said = [
        f"{name} {serve[key]['failed']} errors and {serve[key]['silent']} silent replies of {serve[key]['messages']}"
        for key, name in (("default", "Rasa's default"), ("ours", "ours"))
        if key in serve
    ]
    return ["", f"Replies under load: {'; '.join(said)}."] if said else []


def _stages(measured: Measured) -> list[str]:
    split = measured.get("growth", {}).get("stages")
    if not split:
        return []
    lines = ["", "## Our turn by stage", "", "Processor milliseconds a message, HTTP left out.", ""]
    lines += ["| stage | ms |", "|---|---|"]
    return lines + [f"| {stage} | {ms:.2f} |" for stage, ms in split.items()]


def _data(measured: Measured) -> list[str]:
    return (
        ["", "## What grows with the data", "", *data_tables(measured["data"])] if "data" in measured else []
    )


def data_tables(found: dict[str, Any]) -> list[str]:
    """Both tables of benchmarks/data_growth.py in Markdown."""
    lines = [
        "The tracker store's part of a conversation's next turn, processor ms.",
        "",
        "| messages | at hand | read back |",
        "|---|---|---|",
    ]
    lines += [
        f"| {row['messages']:,} | {row['at_hand_ms']:.1f} | {row['read_ms']:.1f} |"
        for row in found["lengths"]
    ]
    lines += [
        "",
        "Ten lines a conversation, SQLite; processor ms and s, wall clock in `backup_s` and `restore_s`.",
        "",
    ]
    names = list(found["conversations"][0])
    lines += [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    return lines + [
        f"| {' | '.join(f'{value:,}' if isinstance(value, int) else f'{value:,.2f}' for value in row.values())} |"
        for row in found["conversations"]
    ]


def write(measured: Measured, folder: Path = RESULTS) -> None:
    """Write summary.json, summary.md and the pictures."""
    folder.mkdir(exist_ok=True)
    content = {"rows": [asdict(row) for row in rows(measured)], "measured": measured}
    (folder / "summary.json").write_text(
        json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    (folder / "summary.md").write_text(text(measured), encoding="utf-8")
    draw(measured, folder)


def draw(measured: Measured, folder: Path) -> None:
    """Draw the ratios and the split of a turn."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    ratios = [row for row in rows(measured) if row.unit != "%" and "message" not in row.what.split(" ")[0]]
    if ratios:
        _bars(
            pyplot,
            [row.what for row in ratios],
            [row.ratio for row in ratios],
            "ours / Rasa's default",
            folder / "ratios.png",
            1.0,
        )
    split = measured.get("growth", {}).get("stages")
    if split:
        parts = {stage: ms for stage, ms in split.items() if stage != "whole turn"}
        _bars(
            pyplot, list(parts), list(parts.values()), "processor ms a message", folder / "stages.png", None
        )


def _bars(
    pyplot: Any, names: list[str], values: list[float], label: str, file: Path, mark: float | None
) -> None:
    figure, axes = pyplot.subplots(figsize=(9, 0.4 * len(names) + 1.2), layout="constrained")
    bars = axes.barh(names[::-1], values[::-1], color="#3b6ea5")
    axes.bar_label(bars, fmt="%.2f", padding=3)
    axes.set_xlabel(label)
    if mark is not None:
        axes.axvline(mark, color="#999999", linestyle="--")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=120)
    pyplot.close(figure)
