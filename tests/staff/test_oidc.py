"""Signing in with the clinic's own account, against a provider that really runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import ECKey
from starlette.testclient import TestClient

from bot.records import audit, staff
from bot.records.database import Database
from bot.settings import Oidc, StaffSite
from tests.staff.provider import CLIENT, SECRET, Provider, provider_on_a_port
from tests.staff.site import HASHED, PASSWORD, Clock, Site, settings_for

ANN = {"sub": "person-1", "preferred_username": "Ann", "name": "Ann Weber", "groups": ["all", "clinicians"]}
CALLBACK = "/staff/oidc/callback"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("BOT_OIDC_SECRET", SECRET)
    monkeypatch.setattr("bot.staff.oidc._TIMEOUT", 60.0)
    clock = Clock()
    with provider_on_a_port(clock) as found:
        found.claims = dict(ANN)
        yield found


@pytest.fixture
def oidc_site(provider: Provider, tmp_path: Path, sqlite_database: Database) -> Site:
    return site_with(provider, tmp_path, sqlite_database)


def site_with(provider: Provider, folder: Path, database: Database, *, passwords_too: bool = True) -> Site:
    oidc = Oidc(
        issuer=provider.issuer, client_id=CLIENT, name="Clinic ID", passwords_too=passwords_too,
        roles={"bosses": "admin", "clinicians": "clinician", "desk": "front_desk"},
    )  # fmt: skip
    return Site(database, settings_for(folder, staff=StaffSite(oidc=oidc)), provider.now)


def at_provider(client: TestClient, then: str = "") -> str:
    """Go to the provider, be signed in there; gives the address that it sends the browser back to."""
    begun = client.get("/staff/oidc", params={"next": then} if then else {})
    assert begun.status_code == 303, begun.text
    back = httpx.get(begun.headers["location"], timeout=60)
    assert back.status_code == 307
    return back.headers["location"].removeprefix("https://clinic.example.org")


def refused(site: Site, client: TestClient, path: str, reason: str) -> bool:
    answer = client.get(path)
    entry = site.read(audit.newest, limit=1)[0]
    assert (answer.status_code, entry.action) == (422, "sign-in failed")
    assert reason in (entry.reason or ""), entry.reason
    return client.get("/staff").status_code == 303


def test_somebody_comes_back_from_the_provider_signed_in_on_the_page_asked_for(oidc_site: Site) -> None:
    client = oidc_site.browser()
    assert "Sign in with Clinic ID" in client.get("/staff/sign-in").text
    answer = client.get(at_provider(client, "/staff/alerts"))
    assert answer.headers["location"] == "/staff/alerts"
    assert client.get("/staff/alerts").status_code == 200  # no second factor of ours: the provider asks
    who = oidc_site.read(staff.find_by_login, "ann")
    assert (who.name, who.role, who.password_hash) == ("Ann Weber", "clinician", None)
    assert [entry.action for entry in oidc_site.read(audit.newest)] == ["signed in", "account added"]


def test_the_account_is_the_subjects_and_follows_the_providers_roles(
    oidc_site: Site, provider: Provider
) -> None:
    first, second = oidc_site.browser(), oidc_site.browser()
    first.get(at_provider(first))
    provider.claims |= {"preferred_username": "ann.new", "groups": ["desk"]}
    second.get(at_provider(second))
    (who,) = oidc_site.read(staff.everybody)
    assert (who.login, who.role) == ("ann", "front_desk")
    assert first.get("/staff").status_code == 303  # what was opened with the old role is over


def test_a_local_account_of_the_same_login_is_not_taken_over(oidc_site: Site) -> None:
    oidc_site.account("ann", "admin")
    client = oidc_site.browser()
    client.get(at_provider(client))
    own = oidc_site.read(staff.find_by_login, "ann")
    assert (own.role, own.oidc_subject, own.password_hash) == ("admin", None, HASHED)
    assert client.get("/staff/accounts").status_code == 403


def test_who_has_none_of_our_roles_or_was_closed_stays_out(oidc_site: Site, provider: Provider) -> None:
    client = oidc_site.browser()
    provider.claims["groups"] = ["gardeners"]
    assert refused(oidc_site, client, at_provider(client), "none of our roles")
    provider.claims["groups"] = "clinicians"
    client.get(at_provider(client))
    (who,) = oidc_site.read(staff.everybody)
    oidc_site.write(staff.set_fields, who.id, disabled_at=provider.now())
    assert refused(oidc_site, client, at_provider(client), "disabled")


def test_an_answer_is_taken_once_and_only_in_the_browser_that_asked(oidc_site: Site) -> None:
    client, thief = oidc_site.browser(), oidc_site.browser()
    path = at_provider(client)
    assert refused(oidc_site, thief, path, "nothing was begun in this browser")
    at_provider(thief)
    assert refused(oidc_site, thief, path, "another browser's answer")
    assert client.get(path).status_code == 303
    assert refused(oidc_site, oidc_site.browser(), path, "nothing was begun")


def test_a_cookie_that_somebody_else_wrote_is_not_an_attempt(oidc_site: Site) -> None:
    client = oidc_site.browser()
    path = at_provider(client)
    kept, other = client.cookies["__Host-staff-oidc"], oidc_site.browser()
    other.cookies.set("__Host-staff-oidc", "x" + kept)
    assert refused(oidc_site, other, path, "nothing was begun")


def test_who_takes_longer_than_ten_minutes_begins_anew(oidc_site: Site, provider: Provider) -> None:
    client = oidc_site.browser()
    path = at_provider(client)
    provider.now.pass_time(minutes=11)
    assert refused(oidc_site, client, path, "took too long")


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://evil.example"}, {"aud": "another-client"}, {"nonce": "another"}, {"exp": 1},
        {"aud": [CLIENT, "other"], "azp": "other"}, {"sub": None},
    ],
)  # fmt: skip
def test_a_token_that_was_not_made_for_us_now_is_not_believed(
    oidc_site: Site, provider: Provider, lie: dict[str, object]
) -> None:
    provider.lies = lie
    client = oidc_site.browser()
    assert refused(oidc_site, client, at_provider(client), "not to be believed")


def test_a_token_signed_by_another_key_is_not_believed(oidc_site: Site, provider: Provider) -> None:
    provider.signs_with = ECKey.generate_key("P-256", {"kid": "one"})
    client = oidc_site.browser()
    assert refused(oidc_site, client, at_provider(client), "not to be believed")


def test_a_provider_that_calls_itself_otherwise_or_is_gone_leads_back_to_the_sign_in(
    oidc_site: Site, provider: Provider
) -> None:
    client = oidc_site.browser()
    provider.lies = {"described": "https://evil.example"}
    assert refused(oidc_site, client, "/staff/oidc", "calls itself otherwise")
    gone = provider.issuer.rpartition(":")[0] + ":9"
    site = Site(
        oidc_site.database,
        settings_for(Path(), staff=StaffSite(oidc=Oidc(issuer=gone, client_id="x", roles={"a": "admin"}))),
        provider.now,
    )
    assert refused(site, site.browser(), "/staff/oidc", "does not answer")


def test_without_oidc_its_addresses_lead_nowhere_and_the_page_does_not_name_it(site: Site) -> None:
    client = site.browser()
    assert [client.get(path).status_code for path in ("/staff/oidc", CALLBACK)] == [404, 404]
    assert "Sign in with" not in client.get("/staff/sign-in").text


def test_passwords_can_be_turned_off(provider: Provider, tmp_path: Path, sqlite_database: Database) -> None:
    site = site_with(provider, tmp_path, sqlite_database, passwords_too=False)
    site.account("ben", "clinician")
    client = site.browser()
    assert 'name="password"' not in client.get("/staff/sign-in").text
    form = {"login": "ben", "password": PASSWORD, "code": site.code("ben")}
    assert client.post("/staff/sign-in", data=form).status_code == 422


def test_coming_back_gives_a_fresh_session_never_the_one_that_the_browser_brought(oidc_site: Site) -> None:
    client = oidc_site.browser()
    path = at_provider(client)
    client.cookies.set("__Host-staff", "planted-by-somebody-else")
    answer = client.get(path)
    assert "__Host-staff=planted" not in str(answer.headers.multi_items())
    thief = oidc_site.browser()
    thief.cookies.set("__Host-staff", "planted-by-somebody-else")
    assert thief.get("/staff").status_code == 303
