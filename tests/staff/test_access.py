"""Every route, every role: who gets in, who does not, and that every look is written down."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from bot.records import audit, corrections
from bot.staff.pages import PAGES
from bot.staff.roles import ROLES, Right, rights_of
from bot.staff.routing import Page
from tests.staff.seeded import Ids, fill
from tests.staff.site import Site

OPEN_TO_ALL = {("GET", "/staff/static/{name}"), ("GET", "/staff/sign-in"), ("POST", "/staff/sign-in"),
               ("GET", "/staff/oidc"), ("GET", "/staff/oidc/callback")}  # fmt: skip


def path_of(page: Page, ids: Ids) -> str:
    path = page.path.replace("{name}", "staff.css").replace("{kind}", "json")
    for name, value in vars(ids).items():
        path = path.replace("{" + name + "}", value)
    assert "{" not in path
    return path


def form_of(page: Page, ids: Ids) -> dict[str, str]:
    return {
        "message": ids.message, "topic": "soreness_normal", "note": "called", "outcome": "called",
        "questions": ids.question, "what": "reset" if "accounts" in page.path else "out_of_scope",
        "role": "clinician", "patient": ids.patient,
    }  # fmt: skip


def ask(client: TestClient, page: Page, path: str, form: dict[str, str]) -> int:
    return (client.get(path) if page.method == "GET" else client.post(path, data=form)).status_code


@pytest.mark.parametrize("role", list(ROLES))
def test_every_route_opens_to_exactly_the_roles_that_have_its_right(site: Site, role: str) -> None:
    ids = fill(site)
    client = site.person(role)
    wrong, asked = [], set()
    last = {"/staff/sign-out", "/staff/account/password"}  # asked last: they may end the session
    for page in sorted(PAGES, key=lambda page: page.path in last):
        asked.add((page.method, page.path))
        if page.path in last:
            assert page.right is Right.ENTER and page.right in rights_of(role)
            client = site.signed_in_anew(role)
        status = ask(client, page, path_of(page, ids), form_of(page, ids))
        if (status != 403) != (page.right is None or page.right in rights_of(role)):
            wrong.append((page.method, page.path, status))
    assert wrong == []
    assert asked == {(page.method, page.path) for page in PAGES}


def test_nobody_who_is_not_signed_in_sees_anything_but_the_sign_in(site: Site) -> None:
    ids = fill(site)
    client = site.browser()
    for page in PAGES:
        if (page.method, page.path) in OPEN_TO_ALL:
            assert page.right is None
            continue
        answer = client.request(page.method, path_of(page, ids), data=form_of(page, ids))
        assert answer.status_code in (303, 401), page.path
        assert "calf" not in answer.text and "Lopez" not in answer.text


def test_every_route_is_in_the_table_and_no_two_are_the_same(site: Site) -> None:
    served = {(method, route.path) for route in site.app.routes for method in route.methods - {"HEAD"}}
    assert served == {(page.method, page.path) for page in PAGES}
    assert len(served) == len(PAGES)


UNSAFE = [page for page in PAGES if page.method != "GET"]


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "", "origin": "https://evil.example"},
    ],
)
def test_a_form_of_another_site_is_refused_on_every_unsafe_route(site: Site, headers: dict[str, str]) -> None:
    ids = fill(site)
    client = site.person("admin")
    before = site.read(audit.newest, limit=1)[0].sequence
    for page in UNSAFE:
        answer = client.post(path_of(page, ids), data=form_of(page, ids), headers=headers)
        assert answer.status_code == 403, page.path
        assert "another site" in answer.text
    assert site.read(audit.newest, limit=1)[0].sequence == before


def test_a_form_that_says_nothing_of_its_origin_is_refused_and_an_old_browsers_origin_counts(
    site: Site,
) -> None:
    client = site.person("admin")
    del client.headers["sec-fetch-site"]
    assert client.post("/staff/account/shortcuts", data={"x": "1"}).status_code == 403
    own = {"origin": "https://clinic.example.org"}
    assert client.post("/staff/account/shortcuts", data={"x": "1"}, headers=own).status_code == 303


@pytest.mark.parametrize("role", list(ROLES))
def test_ids_of_another_clinic_open_nothing_on_any_route_for_any_role(
    site: Site, other_clinic: Site, role: str
) -> None:
    """The other clinic is real: its own database and keys, with the same people under ids of its own."""
    fill(site)
    foreign = fill(other_clinic)
    their_rows = other_clinic.read(audit.newest, limit=1)
    client = site.person(role)
    asked = set()
    for page in PAGES:
        if "{" not in page.path or "{name}" in page.path:
            continue
        asked.add(page)
        answer = client.request(page.method, path_of(page, foreign), data=form_of(page, foreign))
        expected = 404 if page.right in rights_of(role) else 403
        assert (answer.status_code, "Lopez" in answer.text) == (expected, False), page.path
    assert len(asked) == sum("{" in page.path for page in PAGES) - 1
    assert other_clinic.read(audit.newest, limit=1) == their_rows


def test_ids_of_another_clinic_in_a_form_or_a_query_do_nothing(site: Site, other_clinic: Site) -> None:
    ids, foreign = fill(site), fill(other_clinic)
    client = site.person("admin")
    before = {kind: site.read(corrections.of_state, kind) for kind in ("proposed", "confirmed")}
    forms = {
        "/staff/corrections": ({"message": foreign.message, "topic": "does_it_hurt"}, 404),
        "/staff/unanswered": ({"questions": foreign.question, "what": "topic", "topic": "does_it_hurt"}, 303),
        f"/staff/patients/{ids.patient}/merge": ({"into": foreign.patient}, 422),
        f"/staff/reports/{ids.report}/link": ({"patient": foreign.patient}, 422),
        "/staff/visits": ({"patient": foreign.patient, "day": "2026-11-20", "time": "08:00"}, 422),
        "/staff/filters/remove": ({"id": foreign.report}, 303),
    }
    for path, (form, status) in forms.items():
        assert client.post(path, data=form).status_code == status, path
    assert {kind: site.read(corrections.of_state, kind) for kind in before} == before
    for query in (f"q=patient:{foreign.patient}", f"q=assigned:{foreign.account}"):
        assert "Nothing found" in client.get(f"/staff/conversations?{query}").text
    whole = client.get("/staff/conversations").text
    assert client.get(f"/staff/conversations?after={foreign.conversation}").text.count(
        "data-line"
    ) == whole.count("data-line")


def test_a_session_of_another_clinic_is_no_session_here(site: Site, other_clinic: Site) -> None:
    theirs = other_clinic.person("admin")
    here = site.browser()
    for name, value in theirs.cookies.items():
        here.cookies.set(name, value)
    for page in PAGES:
        if page.method == "GET" and page.right is not None and "{" not in page.path:
            assert here.get(page.path).status_code in (303, 401), page.path


#: Routes that show nothing of a patient.
BARE = {
    "/staff/static/{name}", "/staff/sign-in", "/staff/keys", "/staff/account", "/staff/second-factor", "/staff",
    "/staff/counts", "/staff/break-glass", "/staff/visits/new", "/staff/numbers", "/staff/accounts",
    "/staff/conversations", "/staff/patients", "/staff/oidc", "/staff/oidc/callback",
}  # fmt: skip


def test_every_page_that_shows_a_patients_words_leaves_a_row_in_the_audit(site: Site) -> None:
    ids = fill(site)
    client = site.person("admin")
    for page in PAGES:
        if page.method != "GET" or page.path in BARE:
            continue
        before = site.read(audit.newest, limit=1)[0].sequence
        assert client.get(path_of(page, ids)).status_code == 200, page.path
        assert site.read(audit.newest, limit=1)[0].sequence > before, page.path
    assert site.read(audit.verify) == ()


def test_the_lists_without_audit_rows_hold_no_words_and_no_names(site: Site) -> None:
    fill(site)
    client = site.person("admin")
    for path in ("/staff", "/staff/conversations", "/staff/patients", "/staff/numbers", "/staff/counts"):
        page = client.get(path).text
        for private in ("Lopez", "Becker", "+1202", "about a ", "proper breath", "can i swim", "blue shield"):
            assert private not in page, (path, private)


def test_a_transcript_notes_every_conversation_of_the_patient_that_it_shows(site: Site) -> None:
    ids = fill(site)
    client = site.person("clinician")
    client.get(f"/staff/conversations/{ids.conversation}")
    rows = site.read(audit.of_object, f"conversation:{ids.conversation}")
    assert [(row.action, row.patient_id is not None) for row in rows] == [("read", True)]


def test_a_page_does_not_leave_when_its_reading_cannot_be_noted(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = fill(site)
    client = site.person("clinician")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr("bot.staff.act.audit.append", fail)
    answer = client.get(f"/staff/conversations/{ids.conversation}")
    assert answer.status_code == 500 and "calf" not in answer.text


def test_front_desk_sees_that_there_is_a_sign_and_not_the_words(site: Site) -> None:
    ids = fill(site)
    client = site.person("front_desk")
    for path in ("/staff", "/staff/alerts", f"/staff/alerts/{ids.alert}"):
        page = client.get(path)
        assert page.status_code == 200
        assert "proper breath" not in page.text and "getting bigger" not in page.text
    assert client.get(f"/staff/conversations/{ids.conversation}").status_code == 403


def test_emergency_access_needs_a_reason_lasts_an_hour_and_is_told_to_the_clinic(site: Site) -> None:
    ids = fill(site)
    client = site.person("front_desk")
    assert client.post("/staff/break-glass", data={"reason": "x"}).status_code == 422
    reason = "patient on the phone cannot speak, ambulance asks"
    assert client.post("/staff/break-glass", data={"reason": reason}).status_code == 303
    path = f"/staff/conversations/{ids.conversation}"
    assert client.get(path).status_code == 200
    (row,) = site.read(audit.of_object, f"conversation:{ids.conversation}")
    assert row.reason == reason
    assert "Emergency access" in client.get("/staff/alerts").text
    for _ in range(6):
        site.clock.pass_time(minutes=11)
        client.get("/staff")
    assert client.get(path).status_code == 403


def test_a_refused_page_is_noted(site: Site) -> None:
    client = site.person("auditor")
    client.get("/staff/patients")
    assert site.read(audit.newest, limit=1)[0].action == "refused"


def test_a_name_and_a_number_show_only_when_revealed_and_that_is_noted(site: Site) -> None:
    ids = fill(site)
    client = site.person("front_desk")
    masked = client.get(f"/staff/patients/{ids.patient}").text
    assert "Lopez" not in masked and "+1202555" not in masked
    assert "Maria Lopez" in client.post(f"/staff/patients/{ids.patient}/reveal", data={"x": "1"}).text
    assert site.read(audit.of_object, f"patient:{ids.patient}")[0].action == "revealed"


def test_headers_forbid_what_the_site_does_not_need(site: Site) -> None:
    client = site.person("admin")
    for path in ("/staff", "/staff/sign-in", "/staff/nothing"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


def test_every_right_belongs_to_some_role_and_some_route() -> None:
    used = {page.right for page in PAGES} - {None}
    assert used == set(Right)
    assert set().union(*ROLES.values()) == set(Right)


def test_a_form_larger_than_64_kb_is_refused(site: Site) -> None:
    client = site.person("admin")
    assert client.post("/staff/account/shortcuts", data={"x": "y" * 70_000}).status_code == 413
