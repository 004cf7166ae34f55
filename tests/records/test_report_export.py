"""`bot reports` and `bot keys`: what leaves the database, for whom, and what is noted about it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from typer.testing import CliRunner

from bot.cli import audit as audit_command
from bot.cli import keys as keys_command
from bot.cli import reports as reports_command
from bot.cli.purge import purge
from bot.records import audit, patients, reports
from bot.records.database import Database, open_database
from bot.records.encryption import open_vault, read_keys
from bot.records.reports import Area, Details
from bot.records.spreadsheet import safe_cell

NOW = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)  # 19 November, 23:30 in New York
CLINIC = """
name: Test Clinic
sms_name: Test Clinic
phone: "+12025550143"
country: US
time_zone: America/New_York
emergency: {number: "911", crisis_line: "988", poison_line: "+18002221222"}
"""
WORDS = '=HYPERLINK("http://evil.example","6 out of ten")'


@pytest.fixture(autouse=True)
def _installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clinic in New York with a folder of its own."""
    (tmp_path / "clinic.yml").write_text(CLINIC)
    monkeypatch.setenv("BOT_CLINIC", str(tmp_path / "clinic.yml"))
    monkeypatch.setenv("BOT_VAR", str(tmp_path))
    monkeypatch.delenv("BOT_DATABASE_URL", raising=False)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """An installation with one patient's report, one anonymous report and one taken back."""
    opened = open_database(f"sqlite:///{tmp_path / 'bot.db'}", open_vault(tmp_path / "keys"))
    opened.upgrade()
    with opened.transaction() as session:
        ann = patients.create(session, zone="America/New_York", now=NOW, name="Ann", external_id="MRN-7").id
        sore = Details(
            score=6,
            areas=(Area("calf", "left", 6), Area("neck")),
            symptoms=("bruise",),
            words=WORDS,
            session_at=NOW - timedelta(hours=20),
            complete=True,
        )
        reports.record_report(session, "m1", sore, channel="sms", now=NOW, patient=ann)
        later = NOW + timedelta(hours=2)
        reports.record_report(session, "m2", Details(score=2, words="fine"), channel="web", now=later)
        gone, _ = reports.record_report(session, "m3", Details(score=9), channel="web", now=later)
        reports.undo(session, gone.id, actor="patient", now=later)
    return opened


def _run(*options: str) -> str:
    done = CliRunner().invoke(reports_command.app, [*options], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def _rows(*options: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_run("--csv", *options))))


def test_the_list_shows_when_how_sore_who_and_where(database: Database) -> None:
    newest, oldest = _run().splitlines()
    assert newest == "2026-11-20 01:30   2/10  anonymous  partial"
    assert oldest.startswith("2026-11-19 23:30   6/10  ") and oldest.endswith("  left calf 6; neck")


def test_an_installation_without_reports_says_so() -> None:
    assert _run() == "No reports.\n"


@pytest.mark.parametrize(
    ("options", "scores"),
    [
        ([], ["2", "6"]),
        (["--patient", "MRN-7"], ["6"]),
        (["--unlinked"], ["2"]),
        (["--unlinked", "--undone"], ["9", "2"]),
        (["--area", "calf"], ["6"]),
        (["--area", "knee"], []),
        (["--score-from", "3"], ["6"]),
        (["--limit", "1"], ["2"]),
        (["--since", "2026-11-20"], ["2"]),
        (["--until", "2026-11-20"], ["6"]),
    ],
)
def test_filters_choose_in_the_clinics_own_days(
    database: Database, options: list[str], scores: list[str]
) -> None:
    assert [row["score"] for row in _rows(*options)] == scores


def test_an_unknown_patient_is_named(database: Database) -> None:
    done = CliRunner().invoke(reports_command.app, ["--patient", "nobody"])
    assert done.exit_code == 2 and "no patient 'nobody'" in done.output


def test_words_leave_only_when_asked_for(database: Database) -> None:
    assert "evil" not in _run("--csv") + _run("--json") + _run()
    assert "evil" in _run("--json", "--words")


def test_a_formula_in_a_patients_words_is_text_in_the_spreadsheet(database: Database) -> None:
    assert _rows("--csv", "--words")[1]["words"] == "'" + WORDS


def test_json_holds_every_field(database: Database) -> None:
    row = json.loads(_run("--json", "--words"))[1]
    assert row["areas"] == [
        {"part": "calf", "side": "left", "score": 6},
        {"part": "neck", "side": None, "score": None},
    ]
    assert (row["hours_since_session"], row["words"], row["complete"]) == (20.0, WORDS, True)


def test_fhir_is_a_bundle_with_the_patient_and_without_the_name(database: Database) -> None:
    bundle = json.loads(_run("--fhir"))
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert sorted(set(kinds)) == ["Observation", "Patient", "Questionnaire", "QuestionnaireResponse"]
    assert "Ann" not in json.dumps(bundle)


def test_a_file_is_for_its_owner_only(database: Database, tmp_path: Path) -> None:
    out = tmp_path / "reports.csv"
    assert _run("--csv", "--out", str(out)) == ""
    assert out.stat().st_mode & 0o777 == 0o600
    assert out.read_bytes().startswith(b"report,reported_at,") and b"\r\n" in out.read_bytes()


def test_every_export_is_in_the_audit(database: Database) -> None:
    _run("--fhir")
    with database.reading() as session:
        (entry,) = audit.newest(session)
        assert (entry.action, entry.object) == ("exported", "reports")
        assert entry.details == {"reports": 2, "as": "fhir", "words": True, "names": False}
        assert audit.verify(session) == ()


def test_keys_are_rotated_and_the_old_ones_thrown_away(database: Database, tmp_path: Path) -> None:
    before = read_keys(tmp_path / "keys" / "data.json").current
    done = CliRunner().invoke(keys_command.app, ["rotate"], catch_exceptions=False)
    assert "values are sealed with the new key" in done.output
    done = CliRunner().invoke(keys_command.app, ["retire"], catch_exceptions=False)
    assert done.output == "1 old keys are gone.\n"
    assert before not in read_keys(tmp_path / "keys" / "data.json").data
    assert json.loads(_run("--json", "--words"))[1]["words"] == WORDS


@pytest.mark.parametrize("first", list("=+-@|%\t\r\n＝＋－＠"))
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\u200b", "\ufeff", "\u202e", "\x00"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(first: str, before: str) -> None:
    cell = safe_cell(f"{before}{first}1+1")
    assert isinstance(cell, str) and cell.startswith("'") and "\x00" not in cell


@pytest.mark.parametrize("value", [6, -1, 2.5, "6 out of ten", "left calf", "it's sore", "ouch = yes", "😬"])
def test_a_harmless_cell_stays_as_it_is(value: object) -> None:
    assert safe_cell(value) == value


@given(st.text())
def test_no_text_gets_into_a_cell_as_a_formula(text: str) -> None:
    assert not str(safe_cell(text)).lstrip(" \u00a0\u200b").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_purge_says_what_goes_and_a_dry_run_what_would(database: Database) -> None:
    app = typer.Typer()
    app.command()(purge)
    would = CliRunner().invoke(app, ["--dry-run"], catch_exceptions=False).output
    assert would.startswith("Would erase:\n") and "0  soreness reports older than 2557 days" in would
    assert CliRunner().invoke(app, [], catch_exceptions=False).output.startswith("Erased:\n")
    with database.reading() as session:
        assert [entry.action for entry in audit.newest(session)] == ["purged"]


def test_the_audit_is_verified_from_the_command_line(database: Database) -> None:
    _run("--csv")
    _run("--json")
    done = CliRunner().invoke(audit_command.app, ["verify"], catch_exceptions=False)
    assert (done.exit_code, done.output) == (0, "2 rows, none altered and none missing.\n")
    with database.transaction() as session:
        session.execute(text("update audit set actor = 'nobody' where sequence = 1"))
    done = CliRunner().invoke(audit_command.app, ["verify"], catch_exceptions=False)
    assert done.exit_code == 1 and done.output.startswith("row 1: was altered")
