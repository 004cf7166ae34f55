"""Bad input to the command line: one clear line, a non-zero exit, nothing half-started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CLINIC = yaml.safe_load((ROOT / "clinic.yml").read_text(encoding="utf-8"))


def bot(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=180,
    )


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of a refusal."""
    assert done.returncode != 0
    lines = [line for line in done.stderr.strip().splitlines() if line]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"emergency": None}, "emergency"),
        ({"emergency": {"number": "911"}}, "emergency.crisis_line"),
        ({"emergency": {**CLINIC["emergency"], "number": "call us"}}, "emergency.number"),
        ({"country": "XX"}, "unknown country"),
        ({"time_zone": "Mars/Olympus"}, "unknown time zone"),
        ({"phone": "12"}, "phone"),
        ({"sms_name": "A name that is far too long for a text"}, "sms_name"),
        ({"nmae": "typo"}, "nmae"),
    ],
)
def test_a_wrong_clinic_file_stops_the_start_and_names_the_field(
    change: dict[str, object], words: str, tmp_path: Path
) -> None:
    file = tmp_path / "clinic.yml"
    file.write_text(yaml.safe_dump({**CLINIC, **change}), encoding="utf-8")
    assert words in refused(bot("up", BOT_CLINIC=str(file), BOT_VAR=str(tmp_path / "var")))
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"a: [1", "not valid YAML"), (b"\xff\xfe\x00", "not valid YAML"), (b"- 1", "field: value")],
)
def test_an_unreadable_clinic_file_is_one_line(content: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "clinic.yml"
    file.write_bytes(content)
    assert words in refused(bot("up", BOT_CLINIC=str(file)))


def test_a_missing_clinic_file_says_where_it_is_looked_for(tmp_path: Path) -> None:
    assert "BOT_CLINIC" in refused(bot("up", BOT_CLINIC=str(tmp_path / "none.yml")))


def test_a_missing_model_says_how_to_make_one(tmp_path: Path) -> None:
    assert "bot train" in refused(bot("ask", "does it hurt?", BOT_MODELS=str(tmp_path)))


def test_wrong_weights_are_refused(tmp_path: Path) -> None:
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    line = refused(
        bot("train", "--force", BOT_ENCODER_PATH=str(tmp_path), BOT_MODELS=str(tmp_path / "models"))
    )
    assert "SHA-256" in line


def test_a_full_or_forbidden_disk_is_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    line = refused(bot("up", "--no-train", BOT_VAR=str(blocked / "var"), BOT_PORT="18977"))
    assert "database" in line or "var" in line


@pytest.mark.parametrize("port", ["none", "0", "70000"])
def test_a_port_that_is_none_is_one_line(port: str) -> None:
    assert "BOT_PORT" in refused(bot("up", BOT_PORT=port))


def test_ask_wants_a_text_or_a_file() -> None:
    done = bot("ask")
    assert done.returncode == 2 and "give a TEXT or --batch FILE" in done.stderr


def test_a_batch_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "batch.jsonl"
    file.write_text('{"text": "hello"}\nnot json\n')
    done = bot("ask", "--batch", str(file))
    assert done.returncode == 2 and "line 2" in done.stderr


@pytest.mark.parametrize(
    "command", ["up", "train", "ask", "chat", "doctor", "eval", "answers", "alerts", "reports"]
)
def test_every_command_explains_itself(command: str) -> None:
    done = bot(command, "--help")
    assert done.returncode == 0 and "Usage" in done.stdout
