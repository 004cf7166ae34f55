"""Where benchmarks keep what they make. Only summary.json and summary.md are committed."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results"
WORK = HERE / ".work"
DEFAULT_ENV = HERE / ".default-env"
OWN_ENV = HERE / ".own-env"
DEFAULT = HERE / "default"
