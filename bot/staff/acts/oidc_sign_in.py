"""Sign in with the clinic's own account: to the provider and back.

The provider is asked before the page's database session is opened: nobody waits for a stranger's server.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.records import staff
from bot.records.staff import Staff
from bot.settings import Oidc
from bot.staff import oidc
from bot.staff.act import Act
from bot.staff.acts.sign_in import page_of
from bot.staff.desk import Desk
from bot.staff.entering import enter, too_many_tries
from bot.staff.oidc import Attempt, OidcError, Person


def ask_provider(desk: Desk, request: Request) -> None:
    """Before `begin`: where to go."""
    then = request.query_params.get("next", "")[:400]
    _keep(request, lambda: oidc.begin(_settings(desk), _redirect(desk), then, desk.clock()))


def begin(act: Act) -> Response:
    """Send the browser to the provider; it keeps what was begun in a cookie of ten minutes."""
    if isinstance(act.request.state.oidc, OidcError):
        return _failed(act, act.request.state.oidc)
    address, attempt = act.request.state.oidc
    response = RedirectResponse(address, 303)
    response.set_cookie(
        _cookie(act.desk), oidc.kept(act.desk.database.vault, attempt), httponly=True, samesite="lax",
        secure=act.desk.is_https, path="/", max_age=int(oidc.LASTS.total_seconds()),
    )  # fmt: skip
    return response


def hear_provider(desk: Desk, request: Request) -> None:
    """Before `finish`: who it is."""

    def heard() -> tuple[Person, Attempt]:
        settings, now = _settings(desk), desk.clock()
        attempt = oidc.read_kept(desk.database.vault, request.cookies.get(_cookie(desk), ""))
        secret = os.environ.get("BOT_OIDC_SECRET", "")
        return oidc.finish(
            settings, secret, _redirect(desk), attempt, dict(request.query_params), now
        ), attempt

    _keep(request, heard)


def finish(act: Act) -> Response:
    """Sign in whoever came back, with the role that the provider says; an account is made the first time."""
    if too_many_tries(act):
        return page_of(act, "", 429, "Too many tries. Wait a minute, then try again.")
    if isinstance(act.request.state.oidc, OidcError):
        return _failed(act, act.request.state.oidc)
    person, attempt = act.request.state.oidc
    if person.role is None:
        return _failed(act, OidcError("none of our roles"))
    who = _account(act, person, person.role)
    if who.disabled_at is not None:
        return _failed(act, OidcError("disabled"))
    response = enter(act, who, attempt.then, "oidc")
    response.delete_cookie(_cookie(act.desk), path="/", secure=act.desk.is_https, httponly=True)
    return response


def _account(act: Act, person: Person, role: str) -> Staff:
    """The account of a subject. A local account of the same login stays somebody else's."""
    known = staff.find_by_subject(act.session, person.subject)
    if known is None:
        mark = hashlib.sha256(person.subject.encode()).hexdigest()[:6]
        is_taken = staff.find_by_login(act.session, person.login) is not None
        login = f"{person.login}.{mark}" if is_taken else person.login
        who = staff.create(act.session, login, person.name, role, now=act.now, oidc_subject=person.subject)
        act.note("account added", f"staff:{who.id}", role=role, how="oidc")
        return who
    if (known.role, known.name) == (role, person.name):
        return known
    if known.role != role:
        staff.revoke_all(act.session, known.id, now=act.now)
        act.note("account role", f"staff:{known.id}", role=role, how="oidc")
    return staff.set_fields(act.session, known.id, role=role, name=person.name)


def _failed(act: Act, error: OidcError) -> Response:
    act.note("sign-in failed", "staff:unknown", reason=str(error), how="oidc")
    problem = "The clinic's account did not open this site. Try again, or ask an administrator."
    return page_of(act, "", 422, problem)


def _keep(request: Request, ask: Callable[[], object]) -> None:
    try:
        request.state.oidc = ask()
    except OidcError as error:
        request.state.oidc = error


def _settings(desk: Desk) -> Oidc:
    found = desk.settings.clinic.staff.oidc
    if found is None:
        raise HTTPException(404)
    return found


def _redirect(desk: Desk) -> str:
    return f"{desk.settings.public_url}/staff/oidc/callback"


def _cookie(desk: Desk) -> str:
    return f"{desk.cookie}-oidc"
