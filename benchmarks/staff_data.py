"""A clinic's database with years of conversations, made for measuring: rows in bulk, every word really sealed.

Ten lines a conversation, words by how often words occur in speech, one conversation every five minutes. The words
of a line are sealed for their row like real ones, and their stems are in the search index.
"""

from __future__ import annotations

import io
import itertools
import json
import random
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from bot.records import search, staff
from bot.records.database import Database
from bot.records.encryption import Vault
from bot.settings import ROOT
from bot.staff.topics import topics
from tests.staff.site import HASHED

LINES_EACH = 10
BETWEEN = timedelta(minutes=5)
RARE = tuple(f"zword{number}" for number in range(5000))
_BATCH = 2000
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_SIGNS = ("short_of_breath", "spreading_redness", "fainted")

Row = Iterable[Any]


class Words:
    """Sentences of words that occur as often as in speech: the n-th commonest 1/n times as often as the first.

    Patients' sentences are of 20,000 kinds and answers of 2,000, as people ask alike and are answered alike.
    """

    def __init__(self, chance: random.Random) -> None:
        data = "".join(file.read_text("utf-8") for file in sorted((ROOT / "data" / "nlu").glob("*.yml")))
        seen = Counter(word for word in data.lower().split() if word.isalpha())
        self.chance = chance
        self.known = [word for word, _ in seen.most_common(3000)]
        weights = list(itertools.accumulate(1 / place for place in range(1, len(self.known) + 1)))

        def kinds(number: int, length: int) -> list[str]:
            return [
                " ".join(chance.choices(self.known, cum_weights=weights, k=length)) for _ in range(number)
            ]

        self._kinds = {"patient": kinds(20_000, 8), "assistant": kinds(2_000, 25)}
        self._stems: dict[str, frozenset[str]] = {}

    def sentence(self, side: str) -> tuple[str, frozenset[str]]:
        """A sentence and its stems, at times a rare word among them."""
        one = self.chance.choice(self._kinds[side])
        found = self._stems.get(one)
        if found is None:
            found = self._stems[one] = search.stems(one)
        if self.chance.random() < 0.2:
            rare = self.chance.choice(RARE)
            return f"{one} {rare}", found | {rare}
        return one, found


def fill(database: Database, conversations: int, now: datetime) -> None:
    """Make it all; the database has its tables and nothing else in it."""
    maker = _Maker(database.vault, conversations, now)
    with _bulk(database) as bulk:
        for table, rows in maker.rows():
            if rows:
                bulk.insert(table, list(rows[0]), (row.values() for row in rows))
        bulk.run("drop index ix_search_words_message_id")
        bulk.insert("search_words", ["mark", "conversation_id", "message_id"], maker.marks())
        bulk.run("create index ix_search_words_message_id on search_words (message_id)")
        bulk.insert("search_place", ["id", "message_id"], [(1, maker.newest)])
    with database.transaction() as session:
        staff.create(session, "demo", "Ann", "admin", now=now, password_hash=HASHED)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(
            text("vacuum analyze" if database.engine.dialect.name == "postgresql" else "analyze")
        )


@dataclass
class _Maker:
    vault: Vault
    conversations: int
    now: datetime
    newest: str = ""
    lines: list[str] = field(default_factory=list)
    threads: list[str] = field(default_factory=list)
    said: dict[str, array[int]] = field(default_factory=lambda: defaultdict(lambda: array("l")))

    def __post_init__(self) -> None:
        self.chance = random.Random(1)
        self.words = Words(self.chance)
        self.topics = [f"faq/{topic.name}" for topic in topics()]
        self.patients = [self._id(self.now) for _ in range(max(1, self.conversations // 20))]

    def rows(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Rows by table, a batch at a time, in an order that foreign keys allow."""
        yield "patients", [self._patient(number, one) for number, one in enumerate(self.patients)]
        for begin in range(0, self.conversations, _BATCH):
            batch: dict[str, list[dict[str, Any]]] = {
                name: [] for name in ("conversations", "conversation_topics", "inbox", "messages", "turns",
                                      "soreness_reports", "alerts", "unanswered", "tags", "notes")
            }  # fmt: skip
            for number in range(begin, min(begin + _BATCH, self.conversations)):
                self._talk(number, batch)
            yield from batch.items()

    def marks(self) -> Iterator[Row]:
        """The search index, in the order of its key."""
        by_mark = sorted(
            (int(self.vault.fingerprint("search", stem)[:16], 16) - (1 << 63), stem) for stem in self.said
        )
        for mark, stem in by_mark:
            found = [(self.threads[at // LINES_EACH], self.lines[at]) for at in self.said[stem]]
            found.sort()
            for thread, line in found:
                yield mark, thread, line

    def _talk(self, number: int, batch: dict[str, list[dict[str, Any]]]) -> None:
        chance = self.chance
        thread = f"{chance.getrandbits(128):032x}"
        begun = self.now - BETWEEN * (self.conversations - number)
        is_new = number > self.conversations * 0.97 or number % 25 == 0
        lowest = round(chance.uniform(0.2, 1.0), 3)
        patient = chance.choice(self.patients) if number % 4 == 0 else None
        channel = "sms" if number % 3 == 0 else "web"
        self.threads.append(thread)
        batch["conversations"].append({
            "id": thread, "channel": channel, "patient_id": patient, "created_at": begun,
            "last_seen": begun + timedelta(seconds=20 * LINES_EACH), "messages": LINES_EACH,
            "lowest_confidence": lowest, "reviewed_at": None if is_new else begun + timedelta(days=1),
            "reviewed_by": None if is_new else "ben",
        })  # fmt: skip
        batch["conversation_topics"] += [
            {"conversation_id": thread, "topic": topic} for topic in set(chance.choices(self.topics, k=2))
        ]
        heard = ""
        for position in range(1, LINES_EACH + 1):
            heard = self._line(thread, channel, patient, position, lowest, begun, heard, batch)
        if number % 10 == 0:
            batch["soreness_reports"].append({
                "id": self._id(begun), "source_inbox_id": heard, "conversation_id": thread, "patient_id": patient,
                "channel": channel, "reported_at": begun, "session_at": begun - timedelta(hours=number % 90),
                "score": number % 11, "complete": True, "late": False,
            })  # fmt: skip
        if number % 50 == 0:
            self._alert(number, thread, patient, heard, begun, batch)
        if number % 30 == 0:
            batch["unanswered"].append(self._sealed("unanswered", self._id(begun), {
                "message_id": heard, "conversation_id": thread, "words": self.words.sentence("patient")[0],
                "nearest": [], "confidence": lowest, "at": begun,
                "state": "open" if number > self.conversations * 0.97 else "answered",
            }, ("words",)))  # fmt: skip
        if number % 40 == 0:
            tag = f"tag{number // 40 % 12}"
            batch["tags"].append({"conversation_id": thread, "tag": tag, "actor": "ben", "at": begun})
            batch["notes"].append(self._sealed("notes", self._id(begun), {
                "conversation_id": thread, "text": "A note.", "actor": "ben", "at": begun,
            }, ("text",)))  # fmt: skip

    def _line(
        self, thread: str, channel: str, patient: str | None, position: int, lowest: float, begun: datetime,
        heard: str, batch: dict[str, list[dict[str, Any]]],
    ) -> str:  # fmt: skip
        at = begun + timedelta(seconds=20 * position)
        is_patient = position % 2 == 1
        said, stems = self.words.sentence("patient" if is_patient else "assistant")
        line = self._id(at)
        if is_patient:
            heard = self._id(at)
            batch["inbox"].append(self._sealed("inbox", heard, {
                "channel": channel, "external_id": heard, "conversation_id": thread, "patient_id": patient,
                "body": said, "received_at": at, "state": "answered", "attempts": 1,
            }, ("body",)))  # fmt: skip
            batch["turns"].append(self._sealed("turns", self._id(at), {
                "conversation_id": thread, "message_id": heard, "text": said, "intent": "faq/x",
                "confidence": lowest, "topics": ["faq/x"], "ranking": [{"name": "faq/x", "confidence": lowest}],
                "slots": "{}", "actions": ["action_answer"], "answers": ["utter_faq/x"], "at": at,
            }, ("text", "slots")))  # fmt: skip
        batch["messages"].append(self._sealed("messages", line, {
            "conversation_id": thread, "position": position, "side": "patient" if is_patient else "assistant",
            "channel": channel, "inbox_id": heard, "text": said, "at": at,
        }, ("text",)))  # fmt: skip
        for stem in stems:
            self.said[stem].append(len(self.lines))
        self.lines.append(line)
        self.newest = max(self.newest, line)
        return heard

    def _alert(
        self, number: int, thread: str, patient: str | None, heard: str, at: datetime,
        batch: dict[str, list[dict[str, Any]]],
    ) -> None:  # fmt: skip
        is_open = number > self.conversations * 0.995
        batch["alerts"].append(self._sealed("alerts", self._id(at), {
            "inbox_id": heard, "conversation_id": thread, "patient_id": patient, "sign": self.chance.choice(_SIGNS),
            "tier": "same_day", "words": "words", "opened_at": at, "state": "open" if is_open else "closed",
            "closed_at": None if is_open else at + timedelta(hours=1), "escalation_step": 0,
        }, ("words",)))  # fmt: skip

    def _patient(self, number: int, one: str) -> dict[str, Any]:
        phone = f"+1202555{number % 10000:04}"
        return self._sealed("patients", one, {
            "name": f"{self.chance.choice(self.words.known).title()} {self.chance.choice(RARE).title()}",
            "phone": phone, "phone_hash": self.vault.phone_hash(phone), "zone": "America/New_York", "language": "en",
            "external_id": f"MRN-{number}", "created_at": self.now, "legal_hold": False,
        }, ("name", "phone"))  # fmt: skip

    def _sealed(self, table: str, key: str, values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
        for name in names:
            values[name] = self.vault.seal(f"{table}|{name}|{key}", values[name])
        return {"id": key} | values

    def _id(self, at: datetime) -> str:
        """An id as rows.new_id would have made it at a moment."""
        value = int(at.timestamp() * 1000) << 80 | self.chance.getrandbits(80)
        return "".join([_LETTERS[value >> shift & 31] for shift in range(125, -1, -5)])


class _SqliteBulk:
    """Rows by executemany, nothing waited for: the file is thrown away when this fails."""

    def __init__(self, database: Database) -> None:
        self._connection: Any = database.engine.raw_connection()
        for pragma in ("synchronous=off", "cache_size=-800000", "foreign_keys=off", "query_only=0"):
            self._connection.execute(f"pragma {pragma}")

    def __enter__(self) -> _SqliteBulk:
        self._connection.execute("begin immediate")
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.execute("commit")
        self._connection.execute("pragma wal_checkpoint(truncate)")
        self._connection.close()

    def run(self, statement: str) -> None:
        """Run a statement of its own."""
        self._connection.execute(statement)

    def insert(self, table: str, names: list[str], rows: Iterable[Row]) -> None:
        """Insert rows of values in the order of the names."""
        statement = f"insert into {table} ({','.join(names)}) values ({','.join('?' * len(names))})"
        self._connection.executemany(statement, ([_plain(value) for value in row] for row in rows))


class _PostgresBulk:
    """Rows by COPY, without looking for foreign keys."""

    def __init__(self, database: Database) -> None:
        self._connection: Any = database.engine.raw_connection()
        self._cursor = self._connection.cursor()
        self._cursor.execute("set session_replication_role = replica")

    def __enter__(self) -> _PostgresBulk:
        return self

    def __exit__(self, *_: object) -> None:
        self._cursor.execute("set session_replication_role = origin")
        self._connection.commit()
        self._connection.close()

    def run(self, statement: str) -> None:
        """Run a statement of its own."""
        self._cursor.execute(statement)

    def insert(self, table: str, names: list[str], rows: Iterable[Row]) -> None:
        """Insert rows of values in the order of the names."""
        for batch in _batches(rows):
            lines = "".join(["\t".join([_copied(value) for value in row]) + "\n" for row in batch])
            self._cursor.copy_expert(f"copy {table} ({','.join(names)}) from stdin", io.StringIO(lines))


def _bulk(database: Database) -> _SqliteBulk | _PostgresBulk:
    return _SqliteBulk(database) if database.engine.dialect.name == "sqlite" else _PostgresBulk(database)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    several = iter(rows)
    while batch := list(itertools.islice(several, 20_000)):
        yield batch


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    if kind is datetime:
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    return json.dumps(value) if kind is list else value


def _copied(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return f"{_plain(value)}+00" if isinstance(value, datetime) else str(_plain(value))
