"""The clinic's own system tells us of sessions: a small authenticated REST endpoint and its description."""

from __future__ import annotations

import hmac
import json
import os
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.followups.imports import SessionBody, from_json
from bot.followups.sessions import SessionError, cancel_session, record_session
from bot.internal_token import kept_token
from bot.records import visits
from bot.settings import Settings
from bot.sms.clock import clock_in

if TYPE_CHECKING:
    from bot.web.door import Door

ACTOR = "api:clinic"
_LARGEST = 16 * 1024


def clinic_token(settings: Settings) -> str:
    """The token of the clinic's system: BOT_CLINIC_TOKEN, else var/keys/clinic, made on first use."""
    if given := os.environ.get("BOT_CLINIC_TOKEN"):
        return given
    return kept_token(settings.keys / "clinic")


def routes(door: Door) -> list[BaseRoute]:
    """The room's routes."""
    api = SessionsApi(door)
    return [
        Route("/api/sessions", api.record, methods=["POST"]),
        Route("/api/sessions/{id:path}", api.cancel, methods=["DELETE"]),
        Route("/api/openapi.json", api.describe, methods=["GET"]),
    ]


class SessionsApi:
    """The handlers."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._token = clinic_token(door.settings)
        self._now = clock_in(door)

    async def record(self, request: Request) -> Response:
        """`POST /api/sessions`: 201 new, 200 known or moved, 422 with the field that is wrong."""
        if refused := self._refused(request):
            return refused
        body = await request.body()
        if len(body) > _LARGEST:
            return _error(413, "too_large", "At most 16 KiB.")
        try:
            given = json.loads(body)
        except ValueError:
            return _error(422, "not_json", "The body is not JSON.")
        read = from_json(given, self._door.settings.clinic)
        if read.problems:
            return _error(422, "bad_session", read.problems[0].what)
        try:
            done = await self._door.records.write(
                record_session, read.sessions[0][1], self._door.settings.clinic, actor=ACTOR,
                now=self._now(),
            )  # fmt: skip
        except SessionError as error:
            return _error(422, "bad_session", str(error))
        told = {
            "visit": done.visit.id,
            "patient": done.patient.id,
            "change": done.change,
            "planned": done.steps,
        }
        return JSONResponse(told, 201 if done.change == "new" else 200)

    async def cancel(self, request: Request) -> Response:
        """`DELETE /api/sessions/{id}`: the session did not take place; nothing more is asked about it."""
        if refused := self._refused(request):
            return refused
        visit = await self._door.records.read(visits.find_by_external_id, request.path_params["id"])
        if visit is None:
            return _error(404, "not_found", "No session has this id.")
        await self._door.records.write(cancel_session, visit.id, now=self._now())
        return Response(status_code=204)

    async def describe(self, _: Request) -> Response:
        """`GET /api/openapi.json`."""
        return JSONResponse(document(self._door.settings.public_url))

    def _refused(self, request: Request) -> Response | None:
        sent = request.headers.get("authorization", "").encode()
        if hmac.compare_digest(sent, f"Bearer {self._token}".encode()):
            return None
        return _error(401, "not_authorised", "Send Authorization: Bearer with the token of var/keys/clinic.")


def document(url: str) -> dict[str, Any]:
    """The endpoint as OpenAPI 3.1."""
    schema = SessionBody.model_json_schema(ref_template="#/components/schemas/{model}")
    answers = {
        "201": {"description": "Recorded, its questions planned."},
        "200": {"description": "Known already, or moved."},
        "401": {"description": "No token or a wrong one."},
        "413": {"description": "More than 16 KiB."},
        "422": {"description": "A field is wrong; the message names it."},
    }
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/SessionBody"}}}}
    session_id = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    cancelled = {
        "204": {"description": "Cancelled."},
        "404": {"description": "Unknown."},
        "401": answers["401"],
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sessions",
            "version": "1",
            "description": "What the clinic's own system tells us.",
        },
        "servers": [{"url": url}],
        "security": [{"clinic": []}],
        "components": {
            "schemas": {"SessionBody": schema},
            "securitySchemes": {"clinic": {"type": "http", "scheme": "bearer"}},
        },
        "paths": {
            "/api/sessions": {
                "post": {
                    "operationId": "recordSession",
                    "requestBody": {"required": True, **body},
                    "responses": answers,
                }
            },
            "/api/sessions/{id}": {
                "delete": {"operationId": "cancelSession", "parameters": [session_id], "responses": cancelled}
            },
        },
    }


def _error(status: int, code: str, message: str) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)
