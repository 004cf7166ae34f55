"""Accounts: who may sign in, as what."""

from __future__ import annotations

import re
import secrets

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.records import staff
from bot.staff.act import Act
from bot.staff.roles import ROLES
from bot.staff.signing_in import hash_password

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


def show(act: Act) -> Response:
    """Everybody."""
    return _page(act)


def add(act: Act) -> Response:
    """Add an account; its first password is shown once."""
    login, name, role = act.field("login").lower(), act.field("name")[:80], act.field("role")
    if not _LOGIN.fullmatch(login) or not name or role not in ROLES:
        return _page(act, "Give a login of plain letters, a name and a role.")
    if staff.find_by_login(act.session, login) is not None:
        return _page(act, "That login is taken.")
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    who = staff.create(act.session, login, name, role, now=act.now, password_hash=hash_password(password))
    act.note("account added", f"staff:{who.id}", role=role)
    return _page(act, shown=(login, password))


def change(act: Act) -> Response:
    """Another role, closed, open again, or a fresh start for who lost the phone. Sessions end at once."""
    who = staff.get(act.session, act.part("account"))
    if who is None:
        raise HTTPException(404)
    if who.id == act.staff.id:
        return _page(act, "Ask another administrator to change your own account.")
    what, shown = act.field("what"), None
    if what == "disable":
        staff.set_fields(act.session, who.id, disabled_at=act.now)
    elif what == "enable":
        staff.set_fields(act.session, who.id, disabled_at=None, failed_logins=0, locked_until=None)
    elif what == "reset":
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        shown = (who.login, password)
        hashed = hash_password(password)
        staff.set_fields(act.session, who.id, password_hash=hashed, totp_secret=None, totp_last_step=None)
    elif what == "role" and act.field("role") in ROLES:
        staff.set_fields(act.session, who.id, role=act.field("role"))
    else:
        raise HTTPException(400)
    staff.revoke_all(act.session, who.id, now=act.now)
    act.note(f"account {what}", f"staff:{who.id}", role=act.field("role"))
    return _page(act, shown=shown)


def _page(act: Act, problem: str = "", shown: tuple[str, str] | None = None) -> Response:
    return act.page(
        "accounts.html", 422 if problem else 200, found=staff.everybody(act.session), roles=list(ROLES),
        problem=problem, shown=shown,
    )  # fmt: skip
