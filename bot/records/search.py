"""Searching words that are encrypted: an index of keyed marks of word stems (docs/decisions).

What was said is sealed, so that the database can't look into it. For each line the stems of its words are
kept as keyed 64-bit marks. Who steals the database alone learns how often some unknown word occurs, and no
word; who has the keys too could read the lines anyway. The marks go with their line.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, Select, exists, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from bot.records.messages import MessageRow
from bot.records.rows import Base, value_of, vault_of

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_ENDINGS = (
    "ations",
    "ation",
    "ingly",
    "edly",
    "ings",
    "ness",
    "ing",
    "ies",
    "ied",
    "est",
    "ed",
    "es",
    "ly",
    "er",
    "s",
    "e",
    "y",
)
_SHORTEST_STEM = 3
RARE, LISTED = 1000, 20_000  # lines with a word
_INDEX_LOCK = 0x6E656578  # any constant: PostgreSQL's advisory lock for indexing
_OVERLAP = timedelta(minutes=2)  # ids are made before they are committed: look back a little


class SearchWordRow(Base):
    """A word stem of a line, as a keyed mark."""

    __tablename__ = "search_words"
    __table_args__ = (
        Index("ix_search_words_message_id", "message_id"),
        {"sqlite_with_rowid": False},
    )

    mark: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)


class SearchPlaceRow(Base):
    """How far the index has come: the newest line in it."""

    __tablename__ = "search_place"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    message_id: Mapped[str]


def stems(text: str) -> frozenset[str]:
    """The stems of a text's words: lower case, without accents and common English endings."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    return frozenset(_stem(word.partition("'")[0]) for word in _WORD.findall(bare))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word[: -len(ending)]
            break
    doubled = len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "aeiou"
    return word[:-1] if doubled else word


def saying(
    session: Session, words: str, conversation: InstrumentedAttribute[str], *, all_of_them: bool = False
) -> list[ColumnElement[bool]]:
    """The conditions that somebody says each of the words in a conversation.

    Rare words are looked up here, so that the database is asked for a few conversations by id. A common one is
    looked for in one conversation after the other: the first page is found soon, and nobody gathers a hundred
    thousand lines. Who wants `all_of_them`, to count, has it listed if it is not too common.
    """
    few: set[str] | None = None
    common = []
    for stem in sorted(stems(words)):
        said = select(SearchWordRow.conversation_id).where(SearchWordRow.mark == _mark(session, stem))
        found = session.scalars(said.limit(RARE + 1)).all()
        if len(found) > RARE:
            common.append(said)
        else:
            few = set(found) if few is None else few & set(found)
    is_listed = all_of_them and few is None
    conditions = [] if few is None else [conversation.in_(sorted(few))]
    return conditions + [
        conversation.in_(said)
        if is_listed and _is_at_most(session, said, LISTED)
        else said.where(SearchWordRow.conversation_id == conversation).exists()
        for said in common
    ]


def _is_at_most(session: Session, said: Select[tuple[str]], lines: int) -> bool:
    found = select(func.count()).select_from(said.limit(lines + 1).subquery())
    return (session.scalar(found) or 0) <= lines


def index_new_lines(session: Session, limit: int = 5000) -> int:
    """Put lines into the index that are not in it yet, oldest first; say how many were looked at.

    0 as well while another worker is at it: two would wait for each other's words.
    """
    if not _is_our_turn(session):
        return 0
    place = session.get(SearchPlaceRow, 1)
    lines = _new_lines(session, place, limit)
    if not lines:
        return 0
    marks = [
        {"mark": _mark(session, stem), "conversation_id": line.conversation_id, "message_id": line.id}
        for line in lines
        for stem in stems(value_of(session, line, "text"))
    ]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    if marks:
        session.execute(dialect.insert(SearchWordRow).on_conflict_do_nothing(), marks)
    newest = max(line.id for line in lines)
    if place is None:
        session.add(SearchPlaceRow(id=1, message_id=newest))
    else:
        place.message_id = max(newest, place.message_id)
    session.flush()
    return len(lines)


def _is_our_turn(session: Session) -> bool:
    """Be the only one who indexes until the transaction ends; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    return bool(session.scalar(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": _INDEX_LOCK}))


def _new_lines(session: Session, place: SearchPlaceRow | None, limit: int) -> list[MessageRow]:
    """Lines behind the place, and late ones shortly before it that are not in the index."""
    rows = select(MessageRow).order_by(MessageRow.id).limit(limit)
    if place is None:
        return list(session.scalars(rows))
    is_in = exists().where(SearchWordRow.message_id == MessageRow.id)
    late = rows.where(
        MessageRow.id > _a_little_before(place.message_id), MessageRow.id <= place.message_id, ~is_in
    )
    return [*session.scalars(late), *session.scalars(rows.where(MessageRow.id > place.message_id))]


def is_behind(session: Session) -> bool:
    """Whether there are lines newer than the index."""
    newest = session.scalar(select(MessageRow.id).order_by(MessageRow.id.desc()).limit(1))
    place = session.get(SearchPlaceRow, 1)
    return newest is not None and (place is None or place.message_id < newest)


def _mark(session: Session, stem: str) -> int:
    """A stem's mark, as a signed 64-bit number."""
    fingerprint = vault_of(session).fingerprint("search", stem)
    return int(fingerprint[:16], 16) - (1 << 63)


_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def _a_little_before(line: str) -> str:
    """An id as it would have been made a little earlier (rows.new_id: the first 48 of 130 bits are ms)."""
    if len(line) != 26 or not set(line) <= set(_LETTERS):
        return ""
    value = 0
    for letter in line:
        value = value << 5 | _LETTERS.index(letter)
    value = max(0, value - (int(_OVERLAP.total_seconds() * 1000) << 80))
    return "".join(_LETTERS[value >> shift & 31] for shift in range(125, -1, -5))
