"""Forged requests are refused by what the browser itself says about where they come from (no tokens in forms).

Sec-Fetch-Site is sent by every current browser and can't be set by a page; older ones send Origin. A request
that changes something and says neither is refused.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

SAFE_METHODS = frozenset({"GET", "HEAD"})


def is_forged(request: Request) -> bool:
    """Whether an unsafe request may come from another site."""
    if request.method in SAFE_METHODS:
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc != request.headers.get("host", "")
