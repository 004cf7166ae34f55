"""Signing in with the clinic's own accounts: OpenID Connect, authorisation code with PKCE. No pages here.

The provider is asked anew each time (its addresses, its keys): people sign in a few times a day, and a provider
that changes its keys is noticed at once. What is believed of an answer: OpenID Connect Core 1.0, 3.1.3.7.

Authlib and joserfc are imported when somebody signs in this way: most clinics never do, and it is 120 modules.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

import httpx

from bot.records.encryption import Vault
from bot.settings import Oidc

LASTS = timedelta(minutes=10)  # how long somebody may take at the provider
_TIMEOUT = 10.0  # seconds
_ALGORITHMS = ("RS256", "PS256", "ES256")  # signatures of a key pair only: a shared secret signs nothing
_LEEWAY = 60  # seconds that clocks may differ


class OidcError(Exception):
    """Somebody could not be signed in; the message is for the audit and names nobody."""


@dataclass(frozen=True)
class Attempt:
    """A sign-in that was begun: what the browser brings back must belong to it. `until` a Unix time."""

    state: str
    nonce: str
    verifier: str
    then: str
    until: float


@dataclass(frozen=True)
class Person:
    """Who the provider says it is. `subject` never changes; `role` is None for who has none of our roles."""

    subject: str
    login: str
    name: str
    role: str | None


def begin(oidc: Oidc, redirect: str, then: str, now: datetime) -> tuple[str, Attempt]:
    """The provider's address to go to, and the attempt to remember. Raises OidcError."""
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    attempt = Attempt(state, nonce, verifier, then, (now + LASTS).timestamp())
    with httpx.Client(timeout=_TIMEOUT) as client:
        found = _described(client, oidc)
    address = prepare_grant_uri(
        found["authorization_endpoint"], oidc.client_id, "code", redirect, "openid profile email", attempt.state,
        nonce=attempt.nonce, code_challenge=create_s256_code_challenge(attempt.verifier), code_challenge_method="S256",
    )  # fmt: skip
    return str(address), attempt


def finish(
    oidc: Oidc, secret: str, redirect: str, attempt: Attempt, answer: Mapping[str, str], now: datetime
) -> Person:
    """Who came back from the provider. Raises OidcError for an answer that can't be believed."""
    from authlib.common.errors import AuthlibBaseError
    from authlib.oauth2.rfc6749.parameters import prepare_token_request
    from joserfc.errors import JoseError

    if attempt.until <= now.timestamp():
        raise OidcError("took too long")
    if not secrets.compare_digest(answer.get("state", ""), attempt.state):
        raise OidcError("another browser's answer")
    if answer.get("iss", oidc.issuer).rstrip("/") != oidc.issuer:
        raise OidcError("another provider's answer")
    if "code" not in answer:
        raise OidcError("refused by the provider")
    with httpx.Client(timeout=_TIMEOUT) as client:
        found = _described(client, oidc)
        asked = prepare_token_request(
            "authorization_code", code=answer["code"], redirect_uri=redirect, code_verifier=attempt.verifier
        )
        try:
            token = client.post(
                found["token_endpoint"],
                content=asked,
                auth=(quote_plus(oidc.client_id), quote_plus(secret)),  # as RFC 6749, 2.3.1 has it
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            ).raise_for_status()
            keys = client.get(found["jwks_uri"]).raise_for_status()
            claims = _believed(
                oidc, found["issuer"], token.json()["id_token"], keys.json(), attempt.nonce, now
            )
        except (httpx.HTTPError, AuthlibBaseError, JoseError, KeyError, ValueError, TypeError) as error:
            raise OidcError(f"an answer not to be believed ({type(error).__name__})") from error
    return _person(oidc, claims)


def kept(vault: Vault, attempt: Attempt) -> str:
    """An attempt as a cookie that only we can have made."""
    body = base64.urlsafe_b64encode(json.dumps(asdict(attempt)).encode()).decode()
    return f"{body}.{vault.fingerprint('oidc attempt', body)}"


def read_kept(vault: Vault, cookie: str) -> Attempt:
    """The attempt of a cookie. Raises OidcError for one that we did not make."""
    body, _, mark = cookie.partition(".")
    if not secrets.compare_digest(mark.encode(), vault.fingerprint("oidc attempt", body).encode()):
        raise OidcError("nothing was begun in this browser")
    return Attempt(**json.loads(base64.urlsafe_b64decode(body)))


def _described(client: httpx.Client, oidc: Oidc) -> dict[str, Any]:
    """The provider's own description; its name for itself must be the one in clinic.yml."""
    try:
        answer = client.get(f"{oidc.issuer}/.well-known/openid-configuration")
        found: dict[str, Any] = answer.raise_for_status().json()
        if found["issuer"].rstrip("/") != oidc.issuer:
            raise OidcError("the provider calls itself otherwise")
        return {
            name: found[name] for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        }
    except (httpx.HTTPError, KeyError, ValueError, AttributeError) as error:
        raise OidcError("the provider does not answer") from error


def _believed(oidc: Oidc, issuer: str, token: str, keys: Any, nonce: str, now: datetime) -> dict[str, Any]:
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.jwk import KeySet

    signed = jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)
    wanted = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": oidc.client_id},
    }
    asked = {"nonce": nonce, "client_id": oidc.client_id}
    claims = CodeIDToken(signed.claims, signed.header, wanted, asked)
    claims.validate(int(now.timestamp()), _LEEWAY)
    return dict(claims)


def _person(oidc: Oidc, claims: dict[str, Any]) -> Person:
    said: Any = claims
    for part in oidc.role_claim.split("."):
        said = said.get(part) if isinstance(said, dict) else None
    groups = {said} if isinstance(said, str) else set(said) if isinstance(said, list) else set()
    role = next((role for group, role in oidc.roles.items() if group in groups), None)
    login = str(claims.get("preferred_username") or claims.get("email") or claims["sub"]).lower()[:80]
    return Person(f"{oidc.issuer}|{claims['sub']}", login, str(claims.get("name") or login)[:80], role)
