"""The last step of every way of signing in: a fresh session, its cookie, the page that was asked for."""

from __future__ import annotations

import secrets
import time

from starlette.responses import Response

from bot.records import staff
from bot.records.staff import Staff
from bot.staff.act import Act
from bot.staff.desk import ABSOLUTE
from bot.web.limits import address_of

_TRIES_A_MINUTE = 20  # from one address, whatever the login


def enter(act: Act, who: Staff, then: str, how: str) -> Response:
    """Open a session; its token is never one that the browser brought (session fixation)."""
    if act.token:
        staff.revoke_session(act.session, act.token, now=act.now)
    token = secrets.token_urlsafe(32)
    staff.open_session(act.session, who.id, token, now=act.now, expires_at=act.now + ABSOLUTE)
    act.who = who
    act.note("signed in", f"staff:{who.id}", how=how)
    response = act.go(then if _is_ours(then) else "/staff")
    response.set_cookie(
        act.desk.cookie, token, httponly=True, samesite="lax", secure=act.desk.is_https, path="/"
    )
    return response


def too_many_tries(act: Act) -> bool:
    """Whether an address has tried too often in the last minute; this try counts."""
    now, address = time.monotonic(), address_of(act.request)
    recent = [at for at in act.desk.tries.get(address, []) if at > now - 60]
    if len(act.desk.tries) > 10_000:
        act.desk.tries.clear()
    act.desk.tries[address] = [*recent, now][-_TRIES_A_MINUTE - 1 :]
    return len(recent) >= _TRIES_A_MINUTE


def _is_ours(path: str) -> bool:
    """Whether a path leads to a page of the staff site, and nowhere else."""
    return (path == "/staff" or path.startswith(("/staff/", "/staff?"))) and not set(path) & set("\\\r\n\t")
