"""Draws what `bot eval nlu` found: the pairs most often confused, and the calibration curve."""

from __future__ import annotations

from pathlib import Path

from bot.evaluation.nlu import Report


def draw(report: Report, file: Path) -> None:
    """Write a picture (PNG, SVG or PDF, by the name's ending); raise OSError or ValueError when it can't be."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(13, 6), width_ratios=[3, 2], layout="constrained")
    names = [f"{_short(true)} → {_short(said)}" for true, said, _ in reversed(report.pairs)]
    bars = left.barh(names, [count for *_, count in reversed(report.pairs)], color="#3b6ea5")
    left.bar_label(bars, padding=3)
    left.set_title("Most often confused: asked → understood")
    left.set_xlabel("examples, cross-validated")
    left.spines[["top", "right"]].set_visible(False)

    curve = report.calibration
    right.plot([0, 1], [0, 1], linestyle="--", color="#999999", label="perfect")
    right.plot(curve.confidence, curve.right, marker="o", color="#3b6ea5", label="measured")
    for said, was, count in zip(curve.confidence, curve.right, curve.count, strict=True):
        right.annotate(
            f"{count:,}",
            (said, was),
            textcoords="offset points",
            xytext=(6, -11),
            fontsize=8,
            color="#555555",
        )
    right.set_title(f"Calibration (expected error {curve.error:.3f})")
    right.set_xlabel("confidence")
    right.set_ylabel("share right")
    right.set(xlim=(0, 1.03), ylim=(0, 1.03))
    right.legend(loc="upper left", frameon=False)
    right.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=120)
    pyplot.close(figure)


def _short(label: str) -> str:
    return label.removeprefix("faq/").replace("_", " ")
