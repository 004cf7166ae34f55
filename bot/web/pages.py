"""The widget's files: the loader and the frame, the plain chat page, the demo page of a clinic."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.web.door import Door
from bot.widget import Asset, content_security_policy, served

_DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def routes(door: Door) -> list[BaseRoute]:
    """The room's routes: one a file, read once at the start."""
    frame = content_security_policy(door.settings.clinic.web.origins)
    policies = {"/chat": frame, "/": _DEMO_POLICY}
    return [_route(path, asset, policies.get(path)) for path, asset in served().items()]


def _route(path: str, asset: Asset, policy: str | None) -> Route:
    headers = {
        "ETag": asset.etag,
        "Cache-Control": "no-cache",  # asked each time, sent again only when it has changed
        "Vary": "Accept-Encoding",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if policy is not None:
        headers["Content-Security-Policy"] = policy

    async def serve(request: Request) -> Response:
        if asset.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            packed = headers | {"Content-Encoding": "gzip"}
            return Response(asset.compressed, headers=packed, media_type=asset.media_type)
        return Response(asset.body, headers=headers, media_type=asset.media_type)

    return Route(path, serve, methods=["GET"])
