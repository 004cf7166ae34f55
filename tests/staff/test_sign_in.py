"""Signing in, staying in, and being out for good."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from argon2 import extract_parameters
from starlette.testclient import TestClient

from bot.records import audit, staff
from bot.staff import signing_in
from bot.staff.signing_in import WeakPasswordError, hash_password
from tests.staff.site import HASHED, NOW, PASSWORD, Site


def cookie(client: TestClient) -> str:
    return next(value for name, value in client.cookies.items() if name == "__Host-staff")


def try_to(
    site: Site, client: TestClient, login: str, password: str = PASSWORD, code: str | None = None
) -> int:
    form = {"login": login, "password": password, "code": site.code(login) if code is None else code}
    return client.post("/staff/sign-in", data=form).status_code


def test_nothing_opens_before_signing_in_and_the_page_asked_for_opens_after(site: Site) -> None:
    site.account("ann", "clinician")
    client = site.browser()
    answer = client.get("/staff/alerts?x=1")
    assert answer.headers["location"] == "/staff/sign-in?next=/staff/alerts%3Fx%3D1"
    form = {"login": "Ann", "password": PASSWORD, "code": site.code("ann"), "next": "/staff/alerts?x=1"}
    assert client.post("/staff/sign-in", data=form).headers["location"] == "/staff/alerts?x=1"
    assert client.get("/staff/alerts").status_code == 200


@pytest.mark.parametrize(
    "then", ["https://evil.example/", "//evil.example", "/\\evil.example", "/staff/\\..", "/chat", "/staffx"]
)
def test_signing_in_leads_nowhere_but_to_the_site(site: Site, then: str) -> None:
    site.account("ann", "clinician")
    form = {"login": "ann", "password": PASSWORD, "code": site.code("ann"), "next": then}
    assert site.browser().post("/staff/sign-in", data=form).headers["location"] == "/staff"


def test_a_wrong_password_a_wrong_code_and_an_unknown_login_get_the_same_words(site: Site) -> None:
    site.account("ann", "clinician")
    forms = [
        {"login": "ann", "password": "wrong-wrong-wrong", "code": site.code("ann")},
        {"login": "ann", "password": PASSWORD, "code": "000000"},
        {"login": "ann", "password": PASSWORD},
        {"login": "bob", "password": PASSWORD, "code": "000000"},
    ]
    pages = []
    for form in forms:
        answer = site.browser().post("/staff/sign-in", data=form)
        assert answer.status_code == 422
        pages.append(answer.text.replace(form["login"], ""))
    assert len(set(pages)) == 1


@pytest.mark.parametrize("login", ["ann", "nobody", "closed", "paused", "with-oidc"])
def test_whatever_the_login_exactly_one_password_hash_is_worked_out(
    site: Site, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hash takes a fifth of a second and all else next to nothing: counted, not timed."""
    kept = hash_password(PASSWORD)
    for name in ("ann", "closed", "paused"):
        site.write(staff.set_fields, site.account(name, "clinician"), password_hash=kept)
    changes = {"closed": {"disabled_at": NOW}, "paused": {"locked_until": NOW + timedelta(minutes=5)}}
    for name, change in changes.items():
        site.write(staff.set_fields, site.read(staff.find_by_login, name).id, **change)
    site.write(staff.create, "with-oidc", "With", "clinician", now=NOW, oidc_subject="x|y")
    signing_in._nobodys_hash()  # made by the first try of all, whichever test has it
    hashed = []
    verify = signing_in._hasher.verify

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            hashed.append(extract_parameters(kept))
            return bool(verify(kept, password))

    monkeypatch.setattr(signing_in, "_hasher", Counting())
    assert try_to(site, site.browser(), login, "no-no-no-no-no", "000000") == 422
    assert hashed == [extract_parameters(kept)]


def test_a_code_counts_once(site: Site) -> None:
    site.person("clinician", "ann")
    assert try_to(site, site.browser(), "ann") == 422
    site.clock.pass_time(seconds=31)
    assert try_to(site, site.browser(), "ann") == 303


def test_after_five_mistakes_the_account_pauses_and_opens_again_by_itself(site: Site) -> None:
    site.account("ann", "clinician")
    for _ in range(5):
        assert try_to(site, site.browser(), "ann", "wrong-wrong-wrong") == 422
    assert try_to(site, site.browser(), "ann") == 422
    site.clock.pass_time(minutes=1)
    assert try_to(site, site.browser(), "ann") == 303


def test_twenty_tries_a_minute_from_one_address_are_enough(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "_nobodys_hash", lambda: HASHED)
    client = site.browser()
    codes = [
        client.post("/staff/sign-in", data={"login": f"x{n}", "password": "y"}).status_code for n in range(22)
    ]
    assert codes == [422] * 20 + [429] * 2


def test_a_session_id_that_the_browser_brought_is_never_used(site: Site) -> None:
    site.account("ann", "clinician")
    client = site.browser()
    client.cookies.set("__Host-staff", "planted-by-somebody-else")
    form = {"login": "ann", "password": PASSWORD, "code": site.code("ann")}
    answer = client.post("/staff/sign-in", data=form)
    assert "planted" not in answer.headers["set-cookie"]
    thief = site.browser()
    thief.cookies.set("__Host-staff", "planted-by-somebody-else")
    assert thief.get("/staff").status_code == 303


def test_the_cookie_is_bound_to_the_host_and_out_of_reach_of_scripts(site: Site) -> None:
    site.account("ann", "clinician")
    form = {"login": "ann", "password": PASSWORD, "code": site.code("ann")}
    line = site.browser().post("/staff/sign-in", data=form).headers["set-cookie"].lower()
    assert line.startswith("__host-staff=")
    for part in ("httponly", "secure", "samesite=lax", "path=/"):
        assert part in line
    assert "domain" not in line


def test_a_cookie_stolen_before_signing_out_opens_nothing_after(site: Site) -> None:
    client = site.person("clinician")
    thief = site.browser()
    thief.cookies.set("__Host-staff", cookie(client))
    assert thief.get("/staff").status_code == 200
    client.post("/staff/sign-out", data={"x": "1"})
    assert thief.get("/staff").headers["location"].startswith("/staff/sign-in")


def test_a_session_ends_after_fifteen_quiet_minutes(site: Site) -> None:
    client = site.person("clinician")
    for _ in range(3):
        site.clock.pass_time(minutes=14)
        assert client.get("/staff").status_code == 200
    site.clock.pass_time(minutes=16)
    assert client.get("/staff").status_code == 303


def test_the_refresh_of_the_counts_does_not_keep_a_session_alive(site: Site) -> None:
    client = site.person("clinician")
    for _ in range(4):
        site.clock.pass_time(minutes=4)
        last = client.get("/staff/counts").status_code
    assert last == 401


def test_a_session_ends_after_ten_hours_however_busy(site: Site) -> None:
    client = site.person("clinician")
    for _ in range(60):
        site.clock.pass_time(minutes=10)
        last = client.get("/staff").status_code
    assert last == 303


def test_disabling_an_account_ends_its_sessions_at_once(site: Site) -> None:
    client = site.person("clinician", "ann")
    who = site.read(staff.find_by_login, "ann")
    site.write(staff.set_fields, who.id, disabled_at=NOW)
    assert client.get("/staff").status_code == 303
    assert try_to(site, site.browser(), "ann") == 422


def test_a_new_account_sets_up_its_second_factor_before_anything_opens(site: Site) -> None:
    site.write(staff.create, "new", "New", "clinician", now=NOW, password_hash=HASHED)
    client = site.browser()
    client.post("/staff/sign-in", data={"login": "new", "password": PASSWORD})
    assert client.get("/staff/alerts").headers["location"] == "/staff/second-factor"
    page = client.get("/staff/second-factor").text
    secret = page.partition('name="secret" value="')[2].partition('"')[0]
    assert client.post("/staff/second-factor", data={"secret": secret, "code": "000000"}).status_code == 422
    code = pyotp.TOTP(secret).at(site.clock())
    assert client.post("/staff/second-factor", data={"secret": secret, "code": code}).status_code == 303
    assert client.get("/staff/alerts").status_code == 200
    assert site.read(staff.find_by_login, "new").totp_secret == secret


def test_changing_the_password_ends_every_session(site: Site) -> None:
    client = site.person("clinician", "ann")
    other = site.browser()
    other.cookies.set("__Host-staff", cookie(client))
    site.clock.pass_time(seconds=31)
    form = {"old": PASSWORD, "new": "a-longer-password-now", "code": site.code("ann")}
    assert client.post("/staff/account/password", data=form).status_code == 303
    assert other.get("/staff").status_code == 303


@pytest.mark.parametrize("password", ["short", "ann-is-my-name-1", "aaaaaaaaaaaaaaaa"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError):
        hash_password(password, "ann")


def test_signing_in_and_failing_to_are_in_the_audit(site: Site) -> None:
    site.person("clinician", "ann")
    try_to(site, site.browser(), "ann", "wrong-wrong-wrong")
    entries = site.read(audit.newest)
    assert [(entry.action, entry.reason) for entry in entries] == [
        ("sign-in failed", "wrong password"),
        ("signed in", None),
    ]
    assert site.read(audit.verify) == ()


def test_passwords_and_codes_are_nowhere_in_the_audit(site: Site) -> None:
    try_to(site, site.browser(), "zebra", "zebra-canary-password", "123456")
    assert all("zebra" not in str(entry) for entry in site.read(audit.newest))
