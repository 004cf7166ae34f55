"""Random and odd bodies at the provider's hook: is there an answer of 500 or more, or anything unhandled?

    uv run python benchmarks/fuzz_hooks.py --bodies N [--seed S]

A third is random bytes; a third random fields, signed as the provider would, so that they get past the signature;
a third texts with odd words (control characters, other scripts, commands, base64, 10 kB), signed too and stored.
The real front door is called in this process. Exit code 1 when an answer was 500 or more, or none came.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from twilio.request_validator import RequestValidator

from benchmarks.drilling import ACCOUNT, OURS, TOKEN, clinic_without_limits
from bot.records.database import open_database
from bot.records.encryption import open_vault
from bot.settings import Settings
from bot.sms import webhooks
from bot.web.app import create_app
from bot.web.logs import log_as_json

URL = "http://127.0.0.1:1/sms/fake"
_NAMES = (
    "MessageSid",
    "SmsSid",
    "From",
    "To",
    "Body",
    "NumMedia",
    "MessageStatus",
    "SmsStatus",
    "ErrorCode",
    "X",
)
_WORDS = (
    "6", "7/10", "STOP", "help", "/restart", '/intent{"a":1}', "{slot}", "{{ 1 }}", "%s%n", "' or 1=1 --", "=1+1",
    "<script>", "😀", "👨‍👩‍👧", "e\u0301", "\u202e", "\x00", "\u200b", "\ufeff", "７", "٧", "ﬁ", "no puedo respirar",
    "QUJD", "\n", "+12025550143", "me duele", "日本語", "🛑", "-3", "10-4", " ",
)  # fmt: skip


def main() -> int:
    """Fuzz and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--bodies", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    begun = time.process_time()
    log_as_json(io.StringIO())
    statuses = asyncio.run(fuzz(given.bodies, given.seed))
    print(f"{given.bodies} bodies, seed {given.seed}: {dict(sorted(statuses.items()))}, "
          f"{time.process_time() - begun:.0f} s of processor time")  # fmt: skip
    return 1 if any(status >= 500 for status in statuses) or sum(statuses.values()) != given.bodies else 0


async def fuzz(bodies: int, seed: int) -> Counter[int]:
    """Call the door with so many bodies; how often it gave each status, 599 for an exception."""
    os.environ |= {"BOT_CARRIER_TOKEN": TOKEN, "BOT_INTERNAL_TOKEN": "drill"}
    chance, signer, statuses = random.Random(seed), RequestValidator(TOKEN), Counter[int]()
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        home = Path(folder)
        settings = Settings(
            clinic=clinic_without_limits(), var=home, host="127.0.0.1", port=1, public_url="http://127.0.0.1:1",
            assistant_url="http://127.0.0.1:9", database_url="",
        )  # fmt: skip
        database = open_database(f"sqlite:///{home / 'bot.db'}", open_vault(home / "keys"))
        app = create_app(settings, database=database, rooms=(webhooks.routes,))
        for number in range(bodies):
            body = _body(chance, number)
            statuses[await _post(app, body, _signature(signer, body))] += 1
        database.close()
    return statuses


def _body(chance: random.Random, number: int) -> bytes:
    kind = number % 3
    if kind == 0:
        return chance.randbytes(chance.randrange(300))
    if kind == 1:
        fields = [(chance.choice(_NAMES), _odd(chance)) for _ in range(chance.randrange(12))]
        return urlencode([("AccountSid", ACCOUNT), *fields]).encode()
    text = _odd(chance) * (chance.randrange(1, 400) if chance.random() < 0.01 else 1)
    sender = f"+1202{2_000_000 + number:07d}" if chance.random() < 0.9 else _odd(chance)
    fields = [
        ("AccountSid", ACCOUNT),
        ("MessageSid", f"SM{number}"),
        ("From", sender),
        ("To", OURS),
        ("Body", text),
    ]
    return urlencode(fields).encode()


def _odd(chance: random.Random) -> str:
    drawn = (chr(chance.choice((chance.randrange(128), chance.randrange(0xD800), 0x1F600))) for _ in range(9))
    return "".join(chance.choices([*_WORDS, *drawn], k=chance.randrange(6)))


class _Fields(dict[str, list[str]]):
    """Fields that may repeat, as the library reads them."""

    def getlist(self, name: str) -> list[str]:
        """The values of one."""
        return self[name]


def _signature(signer: RequestValidator, body: bytes) -> str:
    try:
        fields = _Fields()
        for name, value in parse_qsl(body.decode(), keep_blank_values=True):
            fields.setdefault(name, []).append(value)
        return str(signer.compute_signature(URL, fields))
    except (UnicodeDecodeError, ValueError):
        return "x"


async def _post(app: Starlette, body: bytes, signature: str) -> int:
    """One request, without a socket."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/sms/fake", "raw_path": b"/sms/fake", "query_string": b"", "root_path": "",
        "headers": [(b"x-twilio-signature", signature.encode()), (b"content-length", str(len(body)).encode())],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 1),
    }  # fmt: skip
    status = [599]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status[0] = message["status"]

    try:
        await app(scope, receive, send)
    except Exception:
        return 599
    return status[0]


if __name__ == "__main__":
    sys.exit(main())
