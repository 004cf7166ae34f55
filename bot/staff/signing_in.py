"""Signing in: passwords (argon2), codes from an app (TOTP), throttling. No HTTP here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from bot.records import staff
from bot.records.staff import Staff

SHORTEST_PASSWORD = 12
_FREE_TRIES = 5
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
_STEP_SECONDS = 30

_hasher = PasswordHasher()


@dataclass(frozen=True)
class SignIn:
    """How a try ended: whose account, or why not. The reason is for the audit; the page says less."""

    who: Staff | None
    reason: str


@cache
def _nobodys_hash() -> str:
    """What an unknown login is checked against, so that it takes as long as a known one."""
    return _hasher.hash(secrets.token_hex(16))


class WeakPasswordError(Exception):
    """The password can't be used; the message says why."""


def hash_password(password: str, login: str = "") -> str:
    """Hash a new password. Raises WeakPasswordError when it is short or holds the login."""
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPasswordError(f"Use at least {SHORTEST_PASSWORD} characters, such as four words.")
    if login and login.lower() in password.lower():
        raise WeakPasswordError("Leave your login out of the password.")
    if len(set(password)) < 5:
        raise WeakPasswordError("Use more different characters.")
    return _hasher.hash(password)


def new_secret() -> str:
    """A fresh secret for an authenticator app."""
    return pyotp.random_base32()


def enrolment_uri(secret: str, login: str, clinic: str) -> str:
    """The otpauth:// address that an authenticator app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=f"{clinic} staff")


def step_of_code(secret: str, code: str, *, now: datetime) -> int | None:
    """The time step (30 s) that a code belongs to, one step early or late allowed; None when it is wrong."""
    typed = "".join(character for character in code if character.isdigit())
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // _STEP_SECONDS
    for step in (current, current - 1, current + 1):
        if secrets.compare_digest(totp.generate_otp(step), typed):
            return step
    return None


def sign_in(session: Session, login: str, password: str, code: str, *, now: datetime) -> SignIn:
    """Check a login, its password and its code; failures are counted and slow the account down."""
    who = staff.find_by_login(session, login)
    is_right = _verify(who.password_hash if who else None, password)
    if who is None or who.disabled_at is not None:
        return SignIn(None, "unknown or disabled")
    if who.locked_until is not None and who.locked_until > now:
        return SignIn(None, "locked")
    if not is_right:
        return _failed(session, who, "wrong password", now)
    if who.totp_secret is not None:
        step = step_of_code(who.totp_secret, code, now=now)
        if step is None or not staff.take_totp_step(session, who.id, step):
            return _failed(session, who, "wrong code", now)
    staff.set_fields(session, who.id, failed_logins=0, locked_until=None)
    return SignIn(who, "signed in")


def _failed(session: Session, who: Staff, reason: str, now: datetime) -> SignIn:
    over = who.failed_logins + 1 - _FREE_TRIES
    pause = min(_FIRST_PAUSE * 2 ** min(over, 10), _LONGEST_PAUSE) if over >= 0 else None
    staff.note_failed_login(session, who.id, now + pause if pause else None)
    return SignIn(None, reason)


def _verify(hashed: str | None, password: str) -> bool:
    nobodys = _nobodys_hash()  # made by the first try of all, whoever it is
    try:
        return _hasher.verify(hashed or nobodys, password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False
