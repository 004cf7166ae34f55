"""Reads the tables of this folder: messages and what they say."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.reading import Reading, read_report

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # Friday noon in New York
ZONE = "America/New_York"


def read(text: str, asked: str | None = None) -> Reading:
    return read_report(text, asked, now=NOW, zone=ZONE)


def table(name: str) -> list[tuple[str | None, str, Any]]:
    """Rows (asked, text, expected) of a table of groups."""
    groups = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return [(group["asked"], text, wanted) for group in groups for text, wanted in group["phrases"].items()]
