"""What the door says when it refuses: one shape for every error, in words for the person who reads it."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.records.database import DatabaseUnavailableError

_CODES = {404: "not_found", 405: "method_not_allowed"}


class RefusalError(Exception):
    """A request that is not served: HTTP status, a code for programs, plain words for people."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after

    def response(self) -> JSONResponse:
        """The refusal as a response."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        body = {"error": {"code": self.code, "message": self.message}}
        return JSONResponse(body, self.status, headers)


def bad_request(message: str = "This request can't be read.") -> RefusalError:
    """The client sent something that is not in the protocol."""
    return RefusalError(422, "bad_request", message)


def too_many(seconds: float) -> RefusalError:
    """A limit is reached; it opens again after some seconds (at least one)."""
    wait = max(1, int(seconds + 0.999))
    return RefusalError(429, "too_many", "That is a lot at once. Please wait a little.", retry_after=wait)


def unavailable() -> RefusalError:
    """The message could not be stored: the client keeps it and sends it again."""
    return RefusalError(503, "unavailable", "We can't take messages now. Please try again.", retry_after=5)


async def on_refusal(_: Request, error: Exception) -> Response:
    """Answer a RefusalError."""
    assert isinstance(error, RefusalError)
    return error.response()


async def on_lost_database(_: Request, error: Exception) -> Response:
    """Answer when the database is lost."""
    assert isinstance(error, DatabaseUnavailableError)
    return unavailable().response()


async def on_http_error(_: Request, error: Exception) -> Response:
    """Answer an unknown path or method."""
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "bad_request")
    body = {"error": {"code": code, "message": error.detail}}
    return JSONResponse(body, error.status_code, error.headers)


HANDLERS = {
    RefusalError: on_refusal,
    DatabaseUnavailableError: on_lost_database,
    HTTPException: on_http_error,
}
