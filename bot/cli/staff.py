"""`bot staff`: accounts of the staff site."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Accounts of the staff site.")


@app.command()
def add(
    login: Annotated[str, typer.Argument(help="What they type to sign in, such as ann.")],
    name: Annotated[str, typer.Option(help="Their name, as colleagues see it.")],
    role: Annotated[str, typer.Option(help="front_desk, clinician, admin or auditor.")] = "clinician",
) -> None:
    """Add an account and print its first password, once. The second factor is set at the first sign-in."""
    import secrets

    from sqlalchemy.exc import IntegrityError

    from bot.cli.opening import open_current, operator
    from bot.records import audit, staff
    from bot.settings import load_settings
    from bot.staff.roles import ROLES
    from bot.staff.signing_in import hash_password

    if role not in ROLES:
        raise typer.BadParameter(f"choose one of {', '.join(ROLES)}", param_hint="--role")
    settings, password, now = (
        load_settings(),
        "-".join(secrets.token_hex(2) for _ in range(4)),
        datetime.now(UTC),
    )
    try:
        with open_current(settings).transaction() as session:
            who = staff.create(session, login, name, role, now=now, password_hash=hash_password(password))
            details = {"role": role}
            audit.append(session, operator(), "account added", f"staff:{who.id}", now=now, details=details)
    except IntegrityError:
        raise typer.BadParameter(f"the login {login!r} is taken") from None
    typer.echo(f"Sign in at {settings.public_url}/staff")
    typer.echo(f"  login     {who.login}\n  password  {password}")
    typer.echo("It is shown once. At the first sign-in an authenticator app is set up.")


@app.command(name="list")
def list_accounts() -> None:
    """List the accounts."""
    from bot.cli.opening import open_current
    from bot.records import staff
    from bot.settings import load_settings

    with open_current(load_settings()).reading() as session:
        for one in staff.everybody(session):
            marks = [] if one.totp_secret else ["no second factor yet"]
            marks += ["disabled"] if one.disabled_at else []
            typer.echo(f"{one.login:16} {one.role:12} {one.name}  {', '.join(marks)}".rstrip())


@app.command()
def disable(login: str) -> None:
    """Close an account; its sessions end at once."""
    _change(login, "account disabled", disabled_at=datetime.now(UTC))


@app.command()
def enable(login: str) -> None:
    """Open a closed account again."""
    _change(login, "account enabled", disabled_at=None, failed_logins=0, locked_until=None)


@app.command()
def reset(login: str) -> None:
    """Give a new password and forget the second factor, for somebody who lost a phone. Sessions end."""
    import secrets

    from bot.staff.signing_in import hash_password

    password = "-".join(secrets.token_hex(2) for _ in range(4))
    _change(
        login, "account reset", password_hash=hash_password(password), totp_secret=None, totp_last_step=None,
        failed_logins=0, locked_until=None,
    )  # fmt: skip
    typer.echo(f"New password for {login}: {password}")


def _change(login: str, action: str, **values: object) -> None:
    from bot.cli.opening import open_current, operator
    from bot.records import audit, staff
    from bot.settings import load_settings

    now = datetime.now(UTC)
    with open_current(load_settings()).transaction() as session:
        who = staff.find_by_login(session, login)
        if who is None:
            raise typer.BadParameter(f"no account {login!r}")
        staff.set_fields(session, who.id, **values)
        staff.revoke_all(session, who.id, now=now)
        audit.append(session, operator(), action, f"staff:{who.id}", now=now)
