"""The chat API as an OpenAPI 3.1 document, made from the models of the protocol."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.web.door import Door
from bot.web.limits import LARGEST_BODY
from bot.web.protocol import LARGEST_CURSOR, Begun, End, Line, Lines, Refused, Said
from bot.web.wording import LONGEST_TEXT

_REFUSALS = {
    "401": "No session token.",
    "403": "The token is invalid, expired or ended.",
    "413": f"More than {LARGEST_BODY} bytes or {LONGEST_TEXT} characters.",
    "422": "Not in the protocol, or empty.",
    "429": "Too many; see Retry-After.",
    "503": "Not stored; send it again.",
}
_MODELS = (Said, Begun, Line, End, Lines, Refused)


def routes(door: Door) -> list[BaseRoute]:
    """The room's route."""
    text = document(door.settings.public_url)

    async def serve(_: Request) -> Response:
        return JSONResponse(text)

    return [Route("/openapi.json", serve, methods=["GET"])]


def document(url: str) -> dict[str, Any]:
    """The whole document, for a door at `url`."""
    models = [(model, "serialization") for model in _MODELS]
    _, schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    said = schemas["$defs"]["Said"]["properties"]
    said["text"]["maxLength"] = LONGEST_TEXT
    return {
        "openapi": "3.1.0",
        "info": {"title": "Chat", "version": "1", "description": "One conversation, opened by its token."},
        "servers": [{"url": url}],
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
        "paths": _paths(),
    }


def _paths() -> dict[str, Any]:
    cursor = {"type": "integer", "minimum": 0, "maximum": LARGEST_CURSOR, "default": 0}
    after = {"name": "after", "in": "query", "required": False, "schema": cursor}
    streamed = {"anyOf": [_ref(Line), _ref(End)]}
    say = _operation(
        "Say something", "200", "The message and its answer, a line each", streamed, media="x-ndjson"
    )
    say["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(Said)}}}
    read = _operation("Read again", "200", "What came after the cursor", _ref(Lines))
    read["parameters"] = [after]
    begin = _operation("Begin a conversation", "201", "A session", _ref(Begun), codes=("413", "422", "429"))
    begin["security"] = []
    ended = {"type": "object", "properties": {name: {"type": "boolean"} for name in ("ended", "erased")}}
    plain = {"type": "string"}
    return {
        "/chat/session": {"post": begin},
        "/chat/messages": {"post": say, "get": read},
        "/chat/transcript": {"get": _operation("Take home", "200", "The conversation", plain, media="plain")},
        "/chat/conversation": {"delete": _operation("End it", "200", "Ended", ended)},
    }


def _operation(
    summary: str,
    status: str,
    result: str,
    schema: dict[str, Any],
    *,
    media: str = "json",
    codes: tuple[str, ...] = tuple(_REFUSALS),
) -> dict[str, Any]:
    name = "text/plain" if media == "plain" else f"application/{media}"
    refused = {"application/json": {"schema": _ref(Refused)}}
    responses: dict[str, Any] = {status: {"description": result, "content": {name: {"schema": schema}}}}
    responses |= {code: {"description": _REFUSALS[code], "content": refused} for code in codes}
    return {"summary": summary, "security": [{"session": []}], "responses": responses}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
