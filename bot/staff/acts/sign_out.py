"""Sign out: the session ends in the database, so that a copied cookie opens nothing any more."""

from __future__ import annotations

from starlette.responses import Response

from bot.records import staff
from bot.staff.act import Act


def submit(act: Act) -> Response:
    """End this session, or every session of the account."""
    if act.field("everywhere"):
        staff.revoke_all(act.session, act.staff.id, now=act.now)
    else:
        staff.revoke_session(act.session, act.token, now=act.now)
    act.note("signed out", f"staff:{act.staff.id}")
    response = act.go("/staff/sign-in")
    response.delete_cookie(act.desk.cookie, path="/", secure=act.desk.is_https, httponly=True)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
