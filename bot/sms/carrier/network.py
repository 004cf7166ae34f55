"""The fake carrier's memory: what was taken from us, what phones sent, who said STOP, what to tell us next.

SQLite of its own, never our database: it must remember what a killed worker does not.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
#: What the carrier answers by itself, as Twilio does.
CONFIRMATIONS = {
    "stop": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "start": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}
#: Twilio's magic numbers: what happens to texts for them.
MAGIC = {"+15005550001": "21211", "+15005550004": "21610", "+15005550009": "21614"}

_SCHEMA = """
create table if not exists texts (
  sid text primary key, direction text not null, phone text not null, ours text not null, body text not null,
  callback text, status text not null, valid_seconds integer, at real not null
);
create index if not exists texts_phone on texts (phone, at);
create table if not exists hooks (
  id integer primary key, url text not null, fields text not null, due real not null,
  tries integer not null default 0
);
create index if not exists hooks_due on hooks (due);
create table if not exists stopped (phone text primary key);
"""


@dataclass(frozen=True)
class Text:
    """A text as the network knows it; `direction` "out" is ours, "in" a phone's; `at` in Unix seconds."""

    sid: str
    direction: str
    phone: str
    ours: str
    body: str
    callback: str | None
    status: str
    valid_seconds: int | None
    at: float


@dataclass(frozen=True)
class Hook:
    """A request that the carrier owes us."""

    id: int
    url: str
    fields: dict[str, str]
    tries: int


class Network:
    """What the carrier remembers; safe for threads. `path` None keeps it in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(str(path) if path else ":memory:", check_same_thread=False, timeout=10)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=off")
        self._db.executescript(_SCHEMA)

    def refusal(self, phone: str) -> str | None:
        """The error code for a number that takes no texts."""
        with self._lock:
            if self._db.execute("select 1 from stopped where phone=?", (phone,)).fetchone():
                return "21610"
        return MAGIC.get(phone)

    def take(
        self, phone: str, ours: str, body: str, callback: str | None, valid: int | None, at: float
    ) -> Text:
        """Take a text from us."""
        text = Text("SM" + secrets.token_hex(16), "out", phone, ours, body, callback, "queued", valid, at)
        self._insert(text)
        return text

    def hear(self, phone: str, ours: str, body: str, at: float) -> Text:
        """Take a text from a phone; STOP and START words change the carrier's own list."""
        text = Text("SM" + secrets.token_hex(16), "in", phone, ours, body, None, "received", None, at)
        self._insert(text)
        word = body.strip().upper()
        if word in STOP_WORDS and self._change("insert or ignore into stopped values (?)", phone):
            self.take(phone, ours, CONFIRMATIONS["stop"], None, None, at)
        elif word in START_WORDS and self._change("delete from stopped where phone=?", phone):
            self.take(phone, ours, CONFIRMATIONS["start"], None, None, at)
        return text

    def owe(self, url: str, fields: dict[str, str], due: float) -> None:
        """Remember a request to make to us."""
        with self._lock, self._db:
            self._db.execute(
                "insert into hooks (url, fields, due) values (?, ?, ?)", (url, json.dumps(fields), due)
            )

    def owed(self, now: float, limit: int = 50) -> list[Hook]:
        """Requests whose time has come."""
        with self._lock:
            rows = self._db.execute(
                "select id, url, fields, tries from hooks where due<=? order by due limit ?", (now, limit)
            ).fetchall()
        return [Hook(row[0], row[1], json.loads(row[2]), row[3]) for row in rows]

    def made(self, hook: Hook) -> None:
        """A request was answered; a status it told becomes the text's."""
        with self._lock, self._db:
            self._db.execute("delete from hooks where id=?", (hook.id,))
            if status := hook.fields.get("MessageStatus"):
                self._db.execute("update texts set status=? where sid=?", (status, hook.fields["MessageSid"]))

    def failed(self, hook: Hook, again: float | None) -> None:
        """A request was not answered: try again then, or give up."""
        with self._lock, self._db:
            if again is None:
                self._db.execute("delete from hooks where id=?", (hook.id,))
            else:
                self._db.execute("update hooks set due=?, tries=tries+1 where id=?", (again, hook.id))

    def texts(self, phone: str | None = None, *, until: float | None = None, limit: int = 1000) -> list[Text]:
        """Texts, newest first, of one phone or all."""
        where: list[str] = ["1=1"]
        given: list[str | float] = []
        if phone is not None:
            where.append("phone=?")
            given.append(phone)
        if until is not None:
            where.append("at<=?")
            given.append(until)
        query = f"select * from texts where {' and '.join(where)} order by at desc, rowid desc limit ?"  # noqa: S608
        with self._lock:
            rows = self._db.execute(query, (*given, limit)).fetchall()
        return [Text(*row) for row in rows]

    def phones(self) -> list[str]:
        """Every phone that has a thread, newest first."""
        with self._lock:
            rows = self._db.execute("select phone from texts group by phone order by max(at) desc").fetchall()
        return [row[0] for row in rows]

    def counts(self) -> dict[tuple[str, str], int]:
        """How often each phone was sent each body: the drills' verdict."""
        with self._lock:
            rows = self._db.execute(
                "select phone, body, count(*) from texts where direction='out' group by phone, body"
            ).fetchall()
        return {(row[0], row[1]): row[2] for row in rows}

    def _change(self, statement: str, phone: str) -> bool:
        with self._lock, self._db:
            return self._db.execute(statement, (phone,)).rowcount > 0

    def _insert(self, text: Text) -> None:
        with self._lock, self._db:
            self._db.execute("insert into texts values (?,?,?,?,?,?,?,?,?)", tuple(vars(text).values()))
