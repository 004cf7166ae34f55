"""Sign in: a login, a password and a code; a fresh session each time."""

from __future__ import annotations

from starlette.responses import Response

from bot.records import staff
from bot.staff.act import Act
from bot.staff.demo_account import LOGIN as DEMO
from bot.staff.entering import enter, too_many_tries
from bot.staff.signing_in import SignIn, sign_in


def show(act: Act) -> Response:
    """The form."""
    if act.who is not None:
        return act.go("/staff")
    return page_of(act, act.query("next"))


def submit(act: Act) -> Response:
    """Check it; one message for every mistake, so that nobody learns which logins exist."""
    login, then = act.field("login")[:200], act.field("next")
    if too_many_tries(act):
        return page_of(act, then, 429, "Too many tries. Wait a minute, then try again.", login)
    tried = _tried(act, login)
    if tried.who is None:
        known = staff.find_by_login(act.session, login)
        act.note("sign-in failed", f"staff:{known.id if known else 'unknown'}", reason=tried.reason)
        problem = (
            "That login, password or code is not right. After several tries the account pauses for a while."
        )
        return page_of(act, then, 422, problem, login)
    return enter(act, tried.who, then, "password")


def page_of(act: Act, then: str, status: int = 200, problem: str = "", login: str = "") -> Response:
    """The sign-in page, with what went wrong, if anything did."""
    oidc = act.desk.settings.clinic.staff.oidc
    return act.page("sign_in.html", status, next=then, login=login, problem=problem, oidc=oidc)


def _tried(act: Act, login: str) -> SignIn:
    oidc = act.desk.settings.clinic.staff.oidc
    if oidc is not None and not oidc.passwords_too:
        return SignIn(None, "passwords are turned off")
    tried = sign_in(
        act.session, login, act.form.get("password", "")[:1000], act.field("code")[:20], now=act.now
    )
    if tried.who is not None and tried.who.login == DEMO and not act.desk.allows_demo:
        return SignIn(None, "demo account outside a demo")
    return tried
