"""One's own account: the second factor, the password, single-key shortcuts."""

from __future__ import annotations

import segno
from starlette.responses import Response

from bot.records import staff
from bot.staff.act import Act
from bot.staff.signing_in import (
    WeakPasswordError,
    enrolment_uri,
    hash_password,
    new_secret,
    sign_in,
    step_of_code,
)


def show(act: Act) -> Response:
    """The account's page."""
    return act.page("account.html", problem="", done=act.query("done"))


def show_second_factor(act: Act) -> Response:
    """A fresh secret as a picture and as letters; it counts once a code from it was typed."""
    if act.staff.totp_secret is not None or act.staff.oidc_subject is not None:
        return act.go("/staff/account")
    return _enrolment(act, new_secret(), "")


def submit_second_factor(act: Act) -> Response:
    """Keep the secret when the code fits."""
    if act.staff.totp_secret is not None or act.staff.oidc_subject is not None:
        return act.go("/staff/account")
    secret = act.field("secret")
    try:
        step = step_of_code(secret, act.field("code"), now=act.now) if len(secret) >= 16 else None
    except ValueError:
        step = None
    if step is None:
        return _enrolment(act, new_secret(), "That code does not fit. Scan the new picture and try again.")
    staff.set_fields(act.session, act.staff.id, totp_secret=secret, totp_last_step=step)
    act.note("second factor set", f"staff:{act.staff.id}")
    return act.go("/staff", done="second-factor")


def submit_password(act: Act) -> Response:
    """Change the password; every other session ends."""
    tried = sign_in(
        act.session, act.staff.login, act.form.get("old", "")[:1000], act.field("code"), now=act.now
    )
    problem = "" if tried.who else "The old password or the code is not right."
    if not problem:
        try:
            hashed = hash_password(act.form.get("new", "")[:1000], act.staff.login)
        except WeakPasswordError as error:
            problem = str(error)
    if problem:
        return act.page("account.html", 422, problem=problem, done="")
    staff.set_fields(act.session, act.staff.id, password_hash=hashed)
    staff.revoke_all(act.session, act.staff.id, now=act.now)
    act.note("password changed", f"staff:{act.staff.id}")
    return act.go("/staff/sign-in")


def submit_shortcuts(act: Act) -> Response:
    """Turn single-key shortcuts on or off (WCAG 2.1.4)."""
    staff.set_fields(act.session, act.staff.id, shortcuts=act.field("shortcuts") == "on")
    return act.go("/staff/account", done="shortcuts")


def _enrolment(act: Act, secret: str, problem: str) -> Response:
    picture = segno.make(enrolment_uri(secret, act.staff.login, act.desk.settings.clinic.name))
    svg = picture.svg_inline(scale=5, border=2, title="Code for the authenticator app", light="#fff")
    return act.page(
        "second_factor.html", 422 if problem else 200, secret=secret, picture=svg, problem=problem
    )
