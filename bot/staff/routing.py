"""From a declared route to an endpoint: same origin, who it is, what they may do, the audit, the headers.

Nothing is served that is not declared here with a right; a handler is a plain function from Act to Response.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.records import staff
from bot.records.alerts import AlertClosedError
from bot.records.staff import Staff, StaffSession
from bot.staff.act import Act, Deed, write_down
from bot.staff.desk import IDLE, Desk
from bot.staff.roles import Right
from bot.staff.same_origin import SAFE_METHODS, is_forged

Handler = Callable[[Act], Response]
LARGEST_FORM = 64 * 1024  # bytes
_TOUCH_AFTER = timedelta(seconds=30)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}
_SAID = {
    400: "That form was not complete.",
    401: "Please sign in.",
    403: "Your role does not open this page.",
    404: "There is nothing here, or it is not this clinic's.",
    409: "Somebody else was faster.",
    413: "That was too much text.",
}


@dataclass(frozen=True)
class Page:
    """A route: method and path, its handler, the right it asks for (None: anybody, such as sign-in)."""

    method: str
    path: str
    handler: Handler
    right: Right | None
    fresh: bool = True  # counts as use of the session; background refreshes do not
    prepare: Callable[[Desk, Request], None] | None = None  # what must be done before it can be read
    writes: bool = False  # a GET that writes all the same: coming back from the clinic's sign-in service


def endpoint(desk: Desk, page: Page) -> Route:
    """The Starlette route of a page."""

    async def serve(request: Request) -> Response:
        if is_forged(request):
            return _refusal(desk, 403, "This form came from another site and was not accepted.")
        try:
            form = await _form(request) if request.method not in SAFE_METHODS else FormData()
            response = await run_in_threadpool(_answer, desk, page, request, form)
        except HTTPException as error:
            response = _refusal(desk, error.status_code)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    methods = ["GET"] if page.method == "GET" else [page.method]
    return Route(page.path, serve, methods=methods, name=f"{page.method} {page.path}")


async def _form(request: Request) -> FormData:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST_FORM:
        raise HTTPException(413)
    return await request.form(max_files=0, max_fields=200)


def _answer(desk: Desk, page: Page, request: Request, form: FormData) -> Response:
    now, token = desk.clock(), request.cookies.get(desk.cookie, "")
    if page.prepare is not None and (token or page.right is None):
        page.prepare(desk, request)
    writes = page.writes or request.method not in SAFE_METHODS
    deeds: list[Deed] = []
    with _opened(desk, writes) as session:
        login, who = _signed_in(session, token, now)
        act = Act(request, desk, session, now, who, login, token, _plain(form), deeds)
        denied = _denied(act, page)
        if denied is not None:
            response = denied
        else:
            try:
                response = page.handler(act)
            except AlertClosedError:
                raise HTTPException(409) from None
        actor = act.who.id if act.who else "nobody"
        stale = page.fresh and login is not None and who is not None and now - login.last_seen > _TOUCH_AFTER

        def keep(session: Session) -> None:
            if stale:
                staff.touch_session(session, token, now=now)
            write_down(
                session, actor, deeds, now
            )  # last: everybody who writes waits for the end of the audit

        if writes:
            keep(session)
    if not writes and (deeds or stale):
        with desk.database.transaction() as session:
            keep(session)
    return response


def _opened(desk: Desk, writes: bool) -> AbstractContextManager[Session]:
    return desk.database.transaction() if writes else desk.database.reading()


def _signed_in(session: Session, token: str, at: datetime) -> tuple[StaffSession | None, Staff | None]:
    login = staff.find_session(session, token) if token else None
    if (
        login is None
        or login.revoked_at is not None
        or login.expires_at <= at
        or login.last_seen + IDLE <= at
    ):
        return None, None
    who = staff.get(session, login.staff_id)
    return (login, who) if who is not None and who.disabled_at is None else (None, None)


def _denied(act: Act, page: Page) -> Response | None:
    if page.right is None:
        return None
    if act.who is None:
        if page.method == "GET" and page.fresh:
            path = act.request.url.path + (f"?{act.request.url.query}" if act.request.url.query else "")
            return RedirectResponse(f"/staff/sign-in?next={quote(path)}", 303)
        return _refusal(act.desk, 401)
    has_second = act.who.totp_secret or act.who.oidc_subject  # the clinic's sign-in service asks for its own
    if not has_second and not act.desk.allows_demo and "second-factor" not in page.path:
        return RedirectResponse("/staff/second-factor", 303)
    if page.right not in act.rights:
        act.note("refused", f"route:{page.method} {page.path}")
        return _refusal(act.desk, 403, act=act)
    return None


def _plain(form: FormData) -> dict[str, str]:
    return {name: value.replace("\x00", "") for name, value in form.items() if isinstance(value, str)}


def _refusal(desk: Desk, status: int, said: str = "", act: Act | None = None) -> Response:
    text = desk.pages.get_template("refusal.html").render(
        desk=desk, act=None, R=Right, status=status, said=said or _SAID.get(status, "That did not work.")
    )
    return HTMLResponse(text, status, headers=HEADERS)
