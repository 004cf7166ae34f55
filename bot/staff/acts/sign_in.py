"""Sign in: a login, a password and a code; a fresh session each time."""

from __future__ import annotations

import secrets
import time

from starlette.responses import Response

from bot.records import staff
from bot.staff.act import Act
from bot.staff.demo_account import LOGIN as DEMO
from bot.staff.desk import ABSOLUTE
from bot.staff.signing_in import sign_in
from bot.web.limits import address_of

_TRIES_A_MINUTE = 20  # from one address, whatever the login


def show(act: Act) -> Response:
    """The form."""
    if act.who is not None:
        return act.go("/staff")
    return act.page("sign_in.html", next=act.query("next"), login="", problem="")


def submit(act: Act) -> Response:
    """Check it; one message for every mistake, so that nobody learns which logins exist."""
    login, then = act.field("login")[:200], act.field("next")
    if _too_many(act):
        problem = "Too many tries. Wait a minute, then try again."
        return act.page("sign_in.html", 429, next=then, login=login, problem=problem)
    tried = sign_in(
        act.session, login, act.form.get("password", "")[:1000], act.field("code")[:20], now=act.now
    )
    who = tried.who
    if who is not None and who.login == DEMO and not act.desk.allows_demo:
        who, tried = None, type(tried)(None, "demo account outside a demo")
    if who is None:
        known = staff.find_by_login(act.session, login)
        act.note("sign-in failed", f"staff:{known.id if known else 'unknown'}", reason=tried.reason)
        problem = (
            "That login, password or code is not right. After several tries the account pauses for a while."
        )
        return act.page("sign_in.html", 422, next=then, login=login, problem=problem)
    if act.token:
        staff.revoke_session(act.session, act.token, now=act.now)
    token = secrets.token_urlsafe(32)  # never one that the browser brought: no session fixation
    staff.open_session(act.session, who.id, token, now=act.now, expires_at=act.now + ABSOLUTE)
    act.who = who
    act.note("signed in", f"staff:{who.id}")
    response = act.go(then if _is_ours(then) else "/staff")
    response.set_cookie(
        act.desk.cookie, token, httponly=True, samesite="lax", secure=act.desk.is_https, path="/"
    )
    return response


def _is_ours(path: str) -> bool:
    """Whether a path leads to a page of the staff site, and nowhere else."""
    return (path == "/staff" or path.startswith(("/staff/", "/staff?"))) and not set(path) & set("\\\r\n\t")


def _too_many(act: Act) -> bool:
    now, address = time.monotonic(), address_of(act.request)
    recent = [at for at in act.desk.tries.get(address, []) if at > now - 60]
    if len(act.desk.tries) > 10_000:
        act.desk.tries.clear()
    act.desk.tries[address] = [*recent, now][-_TRIES_A_MINUTE - 1 :]
    return len(recent) >= _TRIES_A_MINUTE
