"""Headers, other sites, pages, health, figures, the document of the API."""

from __future__ import annotations

import gzip
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from bot.web.app import create_app
from tests.ports import free_port
from tests.web.assistant import TOKEN, FakeAssistant
from tests.web.conftest import CLINIC, FrontDoor, settings_for

SITE = "https://www.example.org"
PATHS = [
    "/",
    "/chat",
    "/widget.js",
    "/static/widget/frame.js",
    "/health/live",
    "/openapi.json",
    "/nothing",
    "/chat/messages",
]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_carries_strict_headers(door: FrontDoor, path: str) -> None:
    headers = (await door.http.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "microphone=()" in headers["permissions-policy"]
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert len(headers["x-request-id"]) == 16
    assert "server" not in headers
    assert "set-cookie" not in headers


async def test_answers_of_the_api_are_kept_by_nobody(door: FrontDoor) -> None:
    visitor = await door.visitor()
    for response in (
        await visitor.say("hello"),
        await door.http.get("/chat/messages", headers=visitor.headers),
    ):
        assert response.headers["cache-control"] == "no-store"


async def test_a_request_id_that_a_client_sends_is_not_taken_over(door: FrontDoor) -> None:
    response = await door.http.get("/health/live", headers={"X-Request-ID": "chosen\tby me"})
    assert response.headers["x-request-id"] != "chosen\tby me"


async def test_the_frame_may_be_shown_by_the_clinic_s_sites_alone(open_door: Any) -> None:
    async with open_door(origins=(SITE,)) as door:
        assert f"frame-ancestors 'self' {SITE};" in _policy(await door.http.get("/chat"))
        assert "frame-ancestors 'none'" in _policy(await door.http.get("/health/live"))


async def test_without_listed_sites_the_frame_is_shown_by_the_door_itself_alone(door: FrontDoor) -> None:
    assert "frame-ancestors 'self';" in _policy(await door.http.get("/chat"))


def _policy(response: httpx.Response) -> str:
    return response.headers["content-security-policy"] + ";"


async def test_a_listed_site_may_call_the_chat_and_another_may_not(open_door: Any) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    async with open_door(origins=(SITE,)) as door:
        for origin, allowed in (
            (SITE, SITE),
            ("https://evil.example", None),
            (f"{SITE}.evil.example", None),
            ("null", None),
        ):
            before = await door.http.options("/chat/messages", headers={"Origin": origin, **asked})
            itself = await door.http.post("/chat/session", json={}, headers={"Origin": origin})
            for response in (before, itself):
                assert response.headers.get("access-control-allow-origin") == allowed
                assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize(
    "origin",
    ["*", "www.example.org", "https://www.example.org/", "http://www.example.org", "https://*.example.org"],
)
def test_an_origin_that_is_not_exact_stops_the_start(origin: str) -> None:
    with pytest.raises(ValueError, match="is not an origin"):
        type(CLINIC.web)(origins=(origin,))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/chat", "text/html"),
        ("/widget.js", "text/javascript"),
        ("/static/widget/frame.js", "text/javascript"),
        ("/static/widget/frame.css", "text/css"),
        ("/static/widget/strings/en.json", "application/json"),
    ],
)
async def test_the_widget_s_files_are_served_compressed_and_only_once(
    door: FrontDoor, path: str, kind: str
) -> None:
    packed = await door.http.get(path, headers={"Accept-Encoding": "gzip"})
    plain = await door.http.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-type"].startswith(kind)
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(gzip.compress(plain.content, 1)) + 20
    again = await door.http.get(path, headers={"If-None-Match": packed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/static/widget/../../web/app.py", "/static/widget/types.d.ts", "/static/", "/static/widget/"]
)
async def test_nothing_else_of_the_project_is_served(door: FrontDoor, path: str) -> None:
    assert (await door.http.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("PUT", "/chat/messages", 405), ("GET", "/chat/session", 405)],
)
async def test_unknown_ways_are_refused_in_the_same_shape(
    door: FrontDoor, method: str, path: str, status: int
) -> None:
    response = await door.http.request(method, path)
    assert response.status_code == status
    assert set(response.json()["error"]) == {"code", "message"}


async def test_ready_means_database_migrations_and_an_assistant_that_understands(door: FrontDoor) -> None:
    response = await door.http.get("/health/ready")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": "ok", "migrations": "ok", "assistant": "ok"}


async def test_without_a_model_the_door_is_not_ready_but_lives(
    door: FrontDoor, assistant: FakeAssistant
) -> None:
    assistant.mode = "503"
    assert (await door.http.get("/health/ready")).json()["assistant"] == "down"
    assert (await door.http.get("/health/ready")).status_code == 503
    assert (await door.http.get("/health/live")).status_code == 200


async def test_without_an_assistant_the_door_is_not_ready(open_door: Any) -> None:
    async with open_door(url=f"http://127.0.0.1:{free_port()}") as door:
        response = await door.http.get("/health/ready")
        assert (response.status_code, response.json()["assistant"]) == (503, "down")


async def test_tables_that_are_behind_are_seen(door: FrontDoor) -> None:
    with door.database.engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = 'older'")
    response = await door.http.get("/health/ready")
    assert (response.status_code, response.json()["migrations"]) == (503, "behind")


async def test_figures_are_for_this_machine_or_with_the_internal_token(door: FrontDoor) -> None:
    await (await door.visitor()).hear("hello")
    direct = await door.http.get("/metrics")
    assert 'chat_messages_received_total{tier="none"}' in direct.text
    assert 'route="/chat/messages"' in direct.text
    proxied = {"X-Forwarded-For": "203.0.113.9"}
    assert (await door.http.get("/metrics", headers=proxied)).status_code == 404
    token = {"Authorization": f"Bearer {TOKEN}"}
    assert (await door.http.get("/metrics", headers={**proxied, **token})).status_code == 200
    wrong = {"Authorization": "Bearer wrong"}
    assert (await door.http.get("/metrics", headers={**proxied, **wrong})).status_code == 404


async def test_paths_that_nobody_made_are_one_route_in_the_figures(door: FrontDoor) -> None:
    for n in range(5):
        await door.http.get(f"/made-up-{n}")
    assert "made-up" not in (await door.http.get("/metrics")).text


async def test_the_api_describes_itself_and_every_route_is_there(door: FrontDoor) -> None:
    document = (await door.http.get("/openapi.json")).json()
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    served = {
        (method, route.path)
        for route in door.app.routes
        if isinstance(route, Route) and route.path.startswith("/chat/")
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert described == served
    assert "Said" in document["components"]["schemas"]


def test_without_https_no_browser_is_told_to_insist_on_it(tmp_path: Any, sqlite_database: Any) -> None:
    settings = settings_for(tmp_path, "http://127.0.0.1:1").model_copy(
        update={"public_url": "http://127.0.0.1:8080"}
    )
    app = create_app(settings, database=sqlite_database)
    from starlette.testclient import TestClient

    assert "strict-transport-security" not in TestClient(app).get("/health/live").headers
