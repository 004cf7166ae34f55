"""How Twilio's library talks HTTP: straight on urllib3, many calls at once over kept connections, two time-outs.

The library's own client goes through requests, which costs as much time as everything else of a call. Proxies
named in the environment are not used, redirects not followed, nothing is tried twice.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

import certifi
import urllib3
from twilio.http import HttpClient
from twilio.http.response import Response
from urllib3.util import Timeout, make_headers

CONNECTIONS = 64


class DirectHttp(HttpClient):
    """One pool of connections. `seconds` are the patience for connecting and for the answer.

    `api` is another address that speaks Twilio's language, such as the fake carrier's. Raises urllib3's errors.
    """

    def __init__(self, api: str | None, seconds: tuple[float, float]) -> None:
        super().__init__(logger=None, is_async=False)
        self._pool = urllib3.PoolManager(
            maxsize=CONNECTIONS,
            ca_certs=certifi.where(),
            timeout=Timeout(connect=seconds[0], read=seconds[1]),
            retries=False,
        )
        self._api = urlsplit(api) if api else None

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request, as a form; fields of None are left out."""
        sent = dict(headers or {})
        if auth is not None:
            sent |= make_headers(basic_auth=":".join(auth))
        body = None
        if data:
            body = _form(data)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        url = self._address(uri)
        if params and (query := _form(params)):
            url = f"{url}{'&' if '?' in url else '?'}{query}"
        answer = self._pool.request(method.upper(), url, body=body, headers=sent, redirect=False)
        return Response(answer.status, answer.data.decode("utf-8", "replace"), answer.headers)

    def _address(self, uri: str) -> str:
        """The address, the host swapped when another API speaks Twilio's language."""
        if self._api is None:
            return uri
        parts = urlsplit(uri)
        path = self._api.path.rstrip("/") + parts.path
        return urlunsplit((self._api.scheme, self._api.netloc, path, parts.query, ""))


def _form(fields: dict[str, object]) -> str:
    return urlencode({name: value for name, value in fields.items() if value is not None}, doseq=True)
