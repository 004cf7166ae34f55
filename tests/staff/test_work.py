"""The work of a day: alerts, reviews, notes, patients, exports."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from httpx import Response
from sqlalchemy import select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from bot.cli import alerts as alerts_cli
from bot.cli import staff as staff_cli
from bot.followups.sessions import move_session
from bot.records import (
    alerts,
    audit,
    conversations,
    followups,
    messages,
    patients,
    reports,
    reviews,
    staff,
    visits,
)
from bot.records.patients import PatientRow
from bot.staff.demo_account import ensure_demo_account
from bot.staff.roles import ROLES, Right
from tests.staff.payloads import FORMULAS
from tests.staff.seeded import fill
from tests.staff.site import NOW, Site

CONVERSATIONS = "/staff/conversations"


def test_an_alert_is_acknowledged_noted_and_closed_and_every_step_stays(site: Site) -> None:
    ids = fill(site)
    client = site.person("clinician", "ann")
    path = f"/staff/alerts/{ids.alert}"
    client.post(f"{path}/acknowledge", data={"x": "1"})
    client.post(f"{path}/note", data={"note": "called, no answer"})
    assert "Choose an outcome" in client.post(f"{path}/close", data={"outcome": "called"}).text
    client.post(f"{path}/close", data={"outcome": "called", "note": "reached at the second try"})
    one = site.read(alerts.get, ids.alert)
    assert (one.state, one.outcome, one.note) == ("closed", "called", "reached at the second try")
    kinds = [step.kind for step in site.read(alerts.history, ids.alert)]
    assert kinds == ["opened", "acknowledged", "noted", "closed"]
    assert "reached at the second try" in client.get(path).text
    assert client.post(f"{path}/close", data={"outcome": "called", "note": "again"}).status_code == 409


def test_two_colleagues_at_once_the_first_has_it_and_the_second_sees_who(site: Site) -> None:
    ids = fill(site)
    ann, ben = site.person("clinician", "ann"), site.person("clinician", "ben")
    for client in (ann, ben):
        client.post(f"/staff/alerts/{ids.alert}/acknowledge", data={"x": "1"})
    assert "Acknowledged by Ann" in ben.get("/staff/alerts").text


def test_a_queues_count_is_the_length_of_its_list(site: Site) -> None:
    fill(site)
    client = site.person("clinician")
    front = client.get("/staff").text
    for name, path, mark in (
        ("Warning signs", "/staff/alerts", '<article class="item'),
        ("Soreness tasks", "/staff/soreness", '<article class="item'),
    ):
        shown = int(front.partition(f"<span>{name}</span>")[2].partition('">')[2].partition("<")[0])
        assert shown == client.get(path).text.count(mark)


def test_reviewed_leads_to_the_next_of_the_same_filter_and_undo_leads_back(site: Site) -> None:
    fill(site)
    client = site.person("clinician")
    listed = [
        one.split('"')[0] for one in client.get("/staff/conversations?q=channel:sms").text.split('href="')
    ]
    listed = [one.partition("?")[0] for one in listed if one.startswith("/staff/conversations/demo-sms")]
    answer = client.post(f"{listed[0]}/reviewed", data={"q": "channel:sms"})
    assert answer.headers["location"].startswith(listed[1] + "?q=channel%3Asms&undo=")
    assert (
        client.post(f"{listed[0]}/undo", data={"q": "channel:sms"}).headers["location"].startswith(listed[0])
    )
    kinds = [step.kind for step in site.read(reviews.history, listed[0].rpartition("/")[2])]
    assert kinds == ["reviewed", "undone"]


def _two_to_review(site: Site, client: TestClient) -> tuple[str, str]:
    listed = client.get("/staff/conversations?q=is:new").text.split(f'href="{CONVERSATIONS}/')[1:]
    first, second = [one.partition("?")[0] for one in listed][:2]
    return first, second


def _review(client: TestClient, conversation: str) -> Response:
    """As the site's script does."""
    headers = {"prefer": "return=representation"}
    return client.post(f"{CONVERSATIONS}/{conversation}/reviewed", data={"q": "is:new"}, headers=headers)


def test_the_script_gets_the_next_transcript_in_the_answer_that_reviews_and_its_reading_is_noted(
    site: Site,
) -> None:
    fill(site)
    client = site.person("clinician")
    first, second = _two_to_review(site, client)
    before = site.read(audit.newest, limit=1)[0].sequence
    answer = _review(client, first)
    there = answer.headers["content-location"]
    assert answer.status_code == 200 and there == f"{CONVERSATIONS}/{second}?q=is%3Anew&undo={first}"
    noted = [(row.action, row.object) for row in site.read(audit.newest) if row.sequence > before]
    assert ("reviewed", f"conversation:{first}") in noted and ("read", f"conversation:{second}") in noted
    assert ("read", f"conversation:{first}") not in noted  # it was read when it was opened, not now
    assert site.read(conversations.get, first).reviewed_at is not None
    assert site.read(conversations.get, second).reviewed_at is None
    assert answer.text == client.get(there).text


def test_nothing_is_reviewed_and_no_transcript_leaves_when_its_reading_cannot_be_noted(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(site)
    client = site.person("clinician")
    first, _ = _two_to_review(site, client)

    def only_reviews(_: object, __: str, action: str, *___: object, **____: object) -> None:
        if action == "read":
            raise RuntimeError("no audit")

    monkeypatch.setattr("bot.staff.act.audit.append", only_reviews)
    answer = _review(client, first)
    assert answer.status_code == 500 and "bubble" not in answer.text
    assert site.read(conversations.get, first).reviewed_at is None


def test_who_may_review_and_not_read_words_gets_no_transcript_with_the_review(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(site)
    client = site.person("clinician")
    first, second = _two_to_review(site, client)
    monkeypatch.setitem(ROLES, "clinician", ROLES["clinician"] - {Right.READ_WORDS})
    answer = _review(client, first)
    assert answer.status_code == 303 and answer.text == ""
    assert site.read(audit.of_object, f"conversation:{second}") == ()


def test_words_that_came_while_somebody_was_reading_are_not_reviewed_unseen(site: Site) -> None:
    fill(site)
    client = site.person("clinician")
    first, _ = _two_to_review(site, client)
    path = f"{CONVERSATIONS}/{first}"
    form = {"q": "is:new", "lines": _lines_seen(client.get(path).text)}
    site.write(messages.append, first, "patient", "now my chest hurts", now=NOW)
    sent_to = client.post(f"{path}/reviewed", data=form).headers["location"]
    page = client.get(sent_to).text
    assert "More was said while you were reading" in page and "now my chest hurts" in page
    assert site.read(conversations.get, first).reviewed_at is None
    client.post(f"{path}/reviewed", data=form | {"lines": _lines_seen(page)})
    assert site.read(conversations.get, first).reviewed_at is not None


def _lines_seen(page: str) -> str:
    return page.partition('name="lines" value="')[2].partition('"')[0]


def test_who_was_slower_sees_who_was_faster(site: Site) -> None:
    ids = fill(site)
    ann, ben = site.person("clinician", "ann"), site.person("clinician", "ben")
    path = f"/staff/conversations/{ids.conversation}"
    ann.post(f"{path}/reviewed", data={"q": "is:new"})
    site.clock.pass_time(minutes=2)
    assert "Ann reviewed this 2 min ago" in ben.get(path).text
    after = ben.post(f"{path}/reviewed", data={"q": ""}).headers["location"]
    assert "taken=Ann" in after and "undo" not in after
    shown = _review(ben, ids.conversation).text
    assert "Ann had reviewed the one before already." in shown
    assert (
        site.read(conversations.get, ids.conversation).reviewed_by != site.read(staff.find_by_login, "ben").id
    )


def test_new_words_bring_a_reviewed_conversation_back(site: Site) -> None:
    ids = fill(site)
    client = site.person("clinician")
    client.post(f"/staff/conversations/{ids.conversation}/reviewed", data={"q": ""})
    site.write(messages.append, ids.conversation, "patient", "one more thing", now=NOW)
    assert site.read(conversations.get, ids.conversation).reviewed_at is None


def test_opening_a_transcript_reviews_nothing(site: Site) -> None:
    ids = fill(site)
    site.person("clinician").get(f"/staff/conversations/{ids.conversation}")
    assert site.read(conversations.get, ids.conversation).reviewed_at is None


def test_a_transcript_shows_both_channels_reports_and_consents_in_one_time_line(site: Site) -> None:
    ids = fill(site)
    with site.database.transaction() as session:
        conversations.ensure(session, "web-too", "web", now=NOW, patient=ids.patient)
        messages.append(session, "web-too", "patient", "hello from the website", now=NOW)
    own = [one.id for one in site.read(conversations.of_patient, ids.patient)]
    page = site.person("clinician").get(f"/staff/conversations/{own[-1]}").text
    for part in ("hello from the website", "how sore are you now", "Report: soreness", "The patient agreed"):
        assert part in page
    assert "<svg" in page and "How it was understood" in page


def test_what_was_said_before_and_reviewed_is_folded_away_and_nothing_new_is(site: Site) -> None:
    ids = fill(site)
    client = site.person("clinician")
    with site.database.transaction() as session:
        for thread in ("before", "now"):
            conversations.ensure(session, thread, "web", now=NOW, patient=ids.patient)
            for number in range(20):
                at = NOW + timedelta(days=1 if thread == "before" else 2, minutes=number)
                messages.append(session, thread, "patient", f"{thread} {number}.", now=at)
    own = [one.id for one in site.read(conversations.of_patient, ids.patient) if one.id != "now"]
    path = f"{CONVERSATIONS}/now"
    assert "Said before" not in client.get(path).text
    for thread in own:
        site.write(reviews.mark_reviewed, thread, actor="ann", now=NOW)
    _, folded, rest = re.split(
        "<details class=.before.*?>|</ol></details>", client.get(path).text, flags=re.S
    )
    assert "before 15." in folded and "how sore are you now" in folded and "now 0." not in folded
    assert [f"before {number}." in rest for number in range(14, 20)] == [False] * 2 + [True] * 4
    assert all(f"now {number}." in rest for number in range(20))
    site.write(messages.append, own[0], "patient", "one more", now=NOW)
    assert "one more" in client.get(path).text.rpartition("</ol></details>")[2]


def test_a_transcript_says_that_an_alert_on_it_waits_and_who_looks_after_it(site: Site) -> None:
    ids = fill(site)
    thread = site.read(alerts.get, ids.alert).conversation_id
    client = site.person("clinician", "ann")
    path = f"/staff/conversations/{thread}"
    assert "nobody looks after it yet" in client.get(path).text
    client.post(f"/staff/alerts/{ids.alert}/acknowledge", data={"x": "1"})
    assert "acknowledged by Ann" in client.get(path).text
    client.post(f"/staff/alerts/{ids.alert}/close", data={"outcome": "called", "note": "is fine"})
    assert "bar red" not in client.get(path).text


def test_notes_tags_and_assignment(site: Site) -> None:
    ids = fill(site)
    client = site.person("clinician", "ann")
    path = f"/staff/conversations/{ids.conversation}"
    client.post(f"{path}/notes", data={"text": "needs a call"})
    client.post(f"{path}/tags", data={"tag": "Good Wording!"})
    client.post(f"{path}/assign", data={"to": "me"})
    page = client.get(path).text
    assert "needs a call" in page and "good-wording" in page and "It is with you" in page
    assert ids.conversation in client.get("/staff/conversations?q=assigned:me+tag:good-wording").text


def test_a_filter_is_saved_by_name_for_everybody(site: Site) -> None:
    ann, ben = site.person("clinician", "ann"), site.person("clinician", "ben")
    ann.post("/staff/filters", data={"name": "Badly understood", "q": "is:new conf:<0.5"})
    assert "Badly understood" in ben.get("/staff/conversations").text


def test_a_visit_recorded_at_the_desk_plans_its_questions(site: Site) -> None:
    client = site.person("front_desk")
    form = {
        "name": "Zoe", "phone": "(202) 555-0166", "patient_id": "MRN-9", "day": "2026-11-20", "time": "09:30",
        "area1": "calf", "consent": "written", "therapist": "Ann",
    }  # fmt: skip
    answer = client.post("/staff/visits", data=form)
    assert answer.status_code == 303, answer.text
    one = site.read(patients.find_by_external_id, "MRN-9")
    (visit,) = site.read(visits.of_patient, one.id)
    assert len(site.read(followups.of_visit, visit.id)) == 3
    assert "Did not take place" in client.get(f"/staff/patients/{one.id}").text
    client.post(f"/staff/visits/{visit.id}/cancel", data={"x": "1"})
    assert {step.state for step in site.read(followups.of_visit, visit.id)} == {"cancelled"}


def test_a_visit_moved_on_the_screen_moves_the_questions_that_are_still_to_come(site: Site) -> None:
    ids = fill(site)
    with site.database.transaction() as session:
        visit, _ = visits.record(
            session, ids.patient, ended_at=NOW - timedelta(hours=2), zone="America/New_York", now=NOW
        )
        before = move_session(session, visit, visit.ended_at, site.settings.clinic, now=NOW).steps
    due = {step.step: step.due_at for step in site.read(followups.of_visit, visit.id)}
    client = site.person("front_desk")
    path = f"/staff/visits/{visit.id}/move"
    later = client.post(path, data={"day": "2026-11-19", "time": "09:30"})
    assert later.headers["location"] == f"/staff/patients/{ids.patient}"
    assert site.read(visits.get, visit.id).ended_at == datetime(2026, 11, 19, 14, 30, tzinfo=UTC)
    moved = {
        step.step: step.due_at for step in site.read(followups.of_visit, visit.id) if step.state == "planned"
    }
    assert before == 3 and "hours3" not in moved and moved["day3"].date() < due["day3"].date()
    assert site.read(audit.of_object, f"visit:{visit.id}")[0].action == "visit moved"
    assert "not complete" in client.post(path, data={"day": "2026-11-19", "time": ""}).text
    assert "when it has ended" in client.post(path, data={"day": "2026-11-25", "time": "09:30"}).text


@pytest.mark.parametrize(
    ("change", "said"),
    [({"phone": "12"}, "phone"), ({"time": "23:59"}, "has not ended yet"), ({"day": "soon"}, "not complete")],
)
def test_a_visit_that_cannot_be_recorded_says_which_field_is_wrong(
    site: Site, change: dict[str, str], said: str
) -> None:
    form = {"name": "Zoe", "phone": "2025550166", "day": "2026-11-20", "time": "09:30", "consent": "asked"}
    answer = site.person("front_desk").post("/staff/visits", data=form | change)
    assert answer.status_code == 422 and said in answer.text


def test_texts_stop_when_the_patient_says_so_at_the_desk(site: Site) -> None:
    ids = fill(site)
    client = site.person("front_desk")
    client.post(f"/staff/patients/{ids.patient}/texts", data={"wish": "stop"})
    assert "stopped" in client.get(f"/staff/patients/{ids.patient}").text


def test_a_patient_is_found_by_name_number_and_clinic_number_and_none_of_it_is_in_an_address(
    site: Site,
) -> None:
    ids = fill(site)
    client = site.person("front_desk")
    for who in ("lopez", "202-555-0110", "MRN-1040"):
        page = client.post("/staff/patients/find", data={"who": who}).text
        assert f"/staff/patients/{ids.patient}" in page and page.count("data-line") == 1


def test_an_anonymous_report_is_tied_to_a_patient_and_the_visit_before_it(site: Site) -> None:
    ids = fill(site)
    details = reports.Details(score=4, complete=True)
    free, _ = site.write(reports.record_report, "anonymous", details, channel="web", now=NOW)
    client = site.person("clinician")
    assert free.id in client.get("/staff/reports?which=unlinked").text
    client.post(f"/staff/reports/{free.id}/link", data={"patient": "MRN-1040"})
    linked = site.read(reports.get, free.id)
    assert (linked.patient_id, linked.visit_id) == (ids.patient, ids.visit)


def test_doubles_become_one_and_the_double_points_to_it(site: Site) -> None:
    ids = fill(site)
    double = site.write(patients.create, zone="America/New_York", now=NOW, external_id="MRN-2").id
    visit, _ = site.write(visits.record, double, ended_at=NOW, zone="America/New_York", now=NOW)
    client = site.person("front_desk")
    client.post(f"/staff/patients/{double}/merge", data={"into": "MRN-1040"})
    assert site.read(visits.get, visit.id).patient_id == ids.patient
    assert site.read(patients.get, double).merged_into == ids.patient


def test_erasing_asks_twice_respects_a_hold_and_leaves_a_tombstone(site: Site) -> None:
    ids = fill(site)
    client = site.person("admin")
    path = f"/staff/patients/{ids.patient}"
    sure = {"sure": "erase", "reason": "the patient asked"}
    assert client.post(f"{path}/erase", data={"reason": "the patient asked"}).status_code == 422
    client.post(f"{path}/hold", data={"held": "yes"})
    assert "legal hold" in client.post(f"{path}/erase", data=sure).text
    client.post(f"{path}/hold", data={"held": "no"})
    assert client.post(f"{path}/erase", data=sure).status_code == 303
    gone = site.read(patients.get, ids.patient)
    assert gone.deleted_at is not None and gone.name is None
    assert site.read(audit.verify) == ()


@pytest.mark.parametrize("kind", ["fhir", "json", "csv", "pdf"])
def test_a_patients_record_leaves_in_four_forms_each_noted(site: Site, kind: str) -> None:
    ids = fill(site)
    answer = site.person("clinician").get(f"/staff/patients/{ids.patient}/export/{kind}")
    assert answer.status_code == 200
    assert "Lopez" not in answer.headers["content-disposition"]
    if kind == "pdf":
        assert answer.content.startswith(b"%PDF")
    elif kind == "csv":
        assert len(list(csv.reader(io.StringIO(answer.text)))) == 4
    else:
        found = json.loads(answer.text)
        assert found.get("resourceType") == "Bundle" if kind == "fhir" else len(found["reports"]) == 3
    assert site.read(audit.of_object, f"patient:{ids.patient}")[0].details["kind"] == kind


def test_no_cell_of_an_export_can_become_a_formula(site: Site) -> None:
    with site.database.transaction() as session:
        person = patients.create(session, zone="America/New_York", now=NOW).id
        for number, text in enumerate(FORMULAS):
            details = reports.Details(score=3, words=text, onset=text, complete=True)
            reports.record_report(session, f"m{number}", details, channel="web", now=NOW, patient=person)
            audit.append(session, text, text, text, now=NOW, reason=text)
    client = site.person("admin")
    for path in (f"/staff/patients/{person}/export/csv", "/staff/reports/export", "/staff/audit/export"):
        rows = list(csv.reader(io.StringIO(client.get(path).text, newline="")))
        assert len(rows) > len(FORMULAS)
        for cell in (cell for row in rows for cell in row):
            bare = cell.lstrip("\u200b\ufeff\u00a0 ")
            assert not bare.startswith(
                ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
            ), cell


def test_one_altered_row_of_the_audit_is_named_on_the_page(site: Site) -> None:
    fill(site)
    client = site.person("auditor")
    assert "No row is altered" in client.post("/staff/audit/verify", data={"x": "1"}).text
    with site.database.engine.begin() as connection:
        connection.exec_driver_sql("update audit set actor = 'somebody else' where sequence = 1")
    assert "Row 1: was altered" in client.post("/staff/audit/verify", data={"x": "1"}).text


def test_an_administrator_adds_changes_and_closes_accounts_but_not_the_own(site: Site) -> None:
    client = site.person("admin", "boss")
    page = client.post("/staff/accounts", data={"login": "new.one", "name": "New", "role": "auditor"}).text
    assert "First password of new.one" in page
    one = site.read(staff.find_by_login, "new.one")
    client.post(f"/staff/accounts/{one.id}", data={"what": "role", "role": "clinician"})
    client.post(f"/staff/accounts/{one.id}", data={"what": "disable"})
    changed = site.read(staff.get, one.id)
    assert changed.role == "clinician" and changed.disabled_at is not None
    own = site.read(staff.find_by_login, "boss").id
    assert client.post(f"/staff/accounts/{own}", data={"what": "disable"}).status_code == 422


def test_the_numbers_are_those_of_the_days_asked_for(site: Site) -> None:
    fill(site)
    client = site.person("auditor")
    assert "Soreness normal" in client.get("/staff/numbers?since=2026-11-01&until=2026-11-20").text
    assert "region%3Acalf" in client.get("/staff/numbers?since=2026-11-01&until=2026-11-20").text
    found = site.person("clinician").get("/staff/conversations?q=since:2026-11-01+region:calf").text
    assert found.count("data-line") == 1 and "with a report of the calf" in found
    assert "Nothing in these days" in client.get("/staff/numbers?since=2020-01-01&until=2020-02-01").text


def test_the_command_line_lists_acknowledges_and_closes_alerts(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = fill(site)
    monkeypatch.setattr("bot.cli.opening.open_current", lambda _: site.database)
    run = CliRunner()
    listed = run.invoke(alerts_cli.app, ["list"]).output
    assert ids.alert in listed and "next told: front desk" in listed and "breath since" not in listed
    assert "breath since" in run.invoke(alerts_cli.app, ["list", "--words"]).output
    assert "Acknowledged by cli" in run.invoke(alerts_cli.app, ["acknowledge", ids.alert]).output
    done = run.invoke(alerts_cli.app, ["close", ids.alert, "--outcome", "called", "--note", "is fine"])
    assert done.exit_code == 0
    again = run.invoke(alerts_cli.app, ["close", ids.alert, "--outcome", "called", "--note", "is fine"])
    assert again.exit_code == 2
    assert site.read(alerts.get, ids.alert).state == "closed"
    assert site.read(audit.of_object, f"alert:{ids.alert}")[0].action == "closed"


def test_the_command_line_adds_lists_resets_and_disables_accounts(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.opening.open_current", lambda _: site.database)
    run = CliRunner()
    assert (
        "password" in run.invoke(staff_cli.app, ["add", "ann", "--name", "Ann", "--role", "clinician"]).output
    )
    assert run.invoke(staff_cli.app, ["add", "ann", "--name", "Ann"]).exit_code == 2
    assert run.invoke(staff_cli.app, ["add", "ben", "--name", "Ben", "--role", "king"]).exit_code == 2
    assert "no second factor yet" in run.invoke(staff_cli.app, ["list"]).output
    assert "New password" in run.invoke(staff_cli.app, ["reset", "ann"]).output
    run.invoke(staff_cli.app, ["disable", "ann"])
    assert site.read(staff.find_by_login, "ann").disabled_at is not None


def test_a_demo_account_is_made_once_and_never_beside_real_staff(
    site: Site, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_VAR", str(tmp_path))
    first = ensure_demo_account(site.database)
    assert first is not None and ensure_demo_account(site.database) == first
    client = site.browser()
    tried = client.post("/staff/sign-in", data={"login": first.login, "password": first.password})
    assert tried.status_code == 422  # this site is no demo: its address is public
    site.account("ann", "clinician")
    assert ensure_demo_account(site.database) is None


def test_the_demos_numbers_are_those_kept_free_for_fiction(site: Site) -> None:
    fill(site)
    with site.database.reading() as session:
        people = [patients.get(session, one) for one in session.scalars(select(PatientRow.id))]
    assert people and all(one and one.phone and one.phone.startswith("+120255501") for one in people)
