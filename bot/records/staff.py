"""Staff accounts and sessions. Passwords are argon2 hashes made by the staff site; tokens are kept hashed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.rows import Base, Id, SealedText, add, change, read, vault_of


class StaffRow(Base):
    """An account. Roles: front_desk, clinician, admin, auditor."""

    __tablename__ = "staff"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str | None]
    totp_secret: Mapped[SealedText | None]
    totp_last_step: Mapped[int | None]
    oidc_subject: Mapped[str | None] = mapped_column(unique=True)
    shortcuts: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class StaffSessionRow(Base):
    """A signed-in browser, found by the keyed hash of its token."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]
    last_seen: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    break_glass_until: Mapped[datetime | None]
    break_glass_reason: Mapped[str | None]


_NAMES = select(StaffRow.id, StaffRow.name)


@dataclass(frozen=True)
class Staff:
    """An account; `totp_secret` base32, `totp_last_step` the last time step used: no code counts twice."""

    id: str
    login: str
    name: str
    role: str
    password_hash: str | None
    totp_secret: str | None
    totp_last_step: int | None
    oidc_subject: str | None
    shortcuts: bool
    failed_logins: int
    locked_until: datetime | None
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True)
class StaffSession:
    """A session; times in UTC, `expires_at` the absolute end."""

    token_hash: str
    staff_id: str
    created_at: datetime
    last_seen: datetime
    expires_at: datetime
    revoked_at: datetime | None
    break_glass_until: datetime | None
    break_glass_reason: str | None


def create(
    session: Session,
    login: str,
    name: str,
    role: str,
    *,
    now: datetime,
    password_hash: str | None = None,
    totp_secret: str | None = None,
    oidc_subject: str | None = None,
) -> Staff:
    """Add an account. Raises IntegrityError when the login is taken."""
    row = add(
        session,
        StaffRow,
        login=login.strip().lower(),
        name=name,
        role=role,
        password_hash=password_hash,
        totp_secret=totp_secret,
        oidc_subject=oidc_subject,
        created_at=now,
    )
    return read(session, row, Staff)


def find_by_login(session: Session, login: str) -> Staff | None:
    """The account with a login, in any case of letters."""
    row = session.scalar(select(StaffRow).where(StaffRow.login == login.strip().lower()))
    return None if row is None else read(session, row, Staff)


def find_by_subject(session: Session, subject: str) -> Staff | None:
    """The account of a subject of the clinic's sign-in service ("<issuer>|<sub>")."""
    row = session.scalar(select(StaffRow).where(StaffRow.oidc_subject == subject))
    return None if row is None else read(session, row, Staff)


def get(session: Session, staff: str) -> Staff | None:
    """The account with an id."""
    row = session.get(StaffRow, staff)
    return None if row is None else read(session, row, Staff)


def everybody(session: Session) -> tuple[Staff, ...]:
    """Every account, by login, disabled ones included."""
    return tuple(
        read(session, row, Staff) for row in session.scalars(select(StaffRow).order_by(StaffRow.login))
    )


def names(session: Session) -> dict[str, str]:
    """Everybody's name by id, disabled accounts included."""
    return dict(session.execute(_NAMES).tuples().all())


def count(session: Session) -> int:
    """How many accounts there are, disabled ones included."""
    return session.scalar(select(func.count()).select_from(StaffRow)) or 0


def set_fields(session: Session, staff: str, **values: object) -> Staff:
    """Change fields of an account by name. Raises NoResultFound for an unknown one."""
    row = session.get_one(StaffRow, staff, with_for_update=True)
    change(session, row, **values)
    return read(session, row, Staff)


def take_totp_step(session: Session, staff: str, step: int) -> bool:
    """Use up the code of a time step; False when it or a later one was used before."""
    used = (
        update(StaffRow)
        .where(StaffRow.id == staff)
        .where(StaffRow.totp_last_step.is_(None) | (StaffRow.totp_last_step < step))
        .values(totp_last_step=step)
        .returning(StaffRow.id)
    )
    return session.execute(used).first() is not None


def note_failed_login(session: Session, staff: str, locked_until: datetime | None) -> None:
    """Count a wrong password or code, and close the account until a time."""
    session.execute(
        update(StaffRow)
        .where(StaffRow.id == staff)
        .values(failed_logins=StaffRow.failed_logins + 1, locked_until=locked_until)
    )


def open_session(
    session: Session, staff: str, token: str, *, now: datetime, expires_at: datetime
) -> StaffSession:
    """Remember a signed-in browser by its random token."""
    row = add(
        session,
        StaffSessionRow,
        token_hash=_hashed(session, token),
        staff_id=staff,
        created_at=now,
        last_seen=now,
        expires_at=expires_at,
    )
    return read(session, row, StaffSession)


def find_session(session: Session, token: str) -> StaffSession | None:
    """The session of a token, ended ones included."""
    row = session.get(StaffSessionRow, _hashed(session, token))
    return None if row is None else read(session, row, StaffSession)


def touch_session(session: Session, token: str, *, now: datetime) -> None:
    """Note that a session is in use."""
    session.execute(
        update(StaffSessionRow)
        .where(StaffSessionRow.token_hash == _hashed(session, token))
        .values(last_seen=now)
    )


def break_glass(session: Session, token: str, *, reason: str, until: datetime) -> None:
    """Let a session read what its role may not, until a time, for a reason."""
    session.execute(
        update(StaffSessionRow)
        .where(StaffSessionRow.token_hash == _hashed(session, token))
        .values(break_glass_reason=reason, break_glass_until=until)
    )


def revoke_session(session: Session, token: str, *, now: datetime) -> None:
    """End a session."""
    _revoke(session, StaffSessionRow.token_hash == _hashed(session, token), now)


def revoke_all(session: Session, staff: str, *, now: datetime) -> None:
    """End every session of an account."""
    _revoke(session, StaffSessionRow.staff_id == staff, now)


def _revoke(session: Session, which, now: datetime) -> None:  # type: ignore[no-untyped-def]
    session.execute(
        update(StaffSessionRow).where(which, StaffSessionRow.revoked_at.is_(None)).values(revoked_at=now)
    )


def _hashed(session: Session, token: str) -> str:
    return vault_of(session).fingerprint("staff session", token)
