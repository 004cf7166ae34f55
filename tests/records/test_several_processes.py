"""Several processes on one PostgreSQL: they do not wait for each other's work, and find a lost connection out."""

from __future__ import annotations

import pytest
from sqlalchemy import NullPool, create_engine, text

from bot.records import conversations, database, messages, search
from bot.records.database import Database
from tests.records.scenario import NOW

_OWN = text("select pg_backend_pid()")
_END_THE_OTHERS = text(
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where datname = current_database() and pid <> pg_backend_pid()"
)


def test_of_two_workers_one_indexes_and_the_other_goes_on(postgresql_database: Database) -> None:
    with postgresql_database.transaction() as session:
        conversations.ensure(session, "thread", "web", now=NOW)
        for words in ("sore calf", "calf sore"):
            messages.append(session, "thread", "patient", words, now=NOW)
    with postgresql_database.transaction() as one, postgresql_database.transaction() as other:
        assert search.index_new_lines(one) == 2
        assert search.index_new_lines(other) == 0
    with postgresql_database.transaction() as session:
        assert search.index_new_lines(session) == 0 and not search.is_behind(session)


def test_a_connection_that_was_lost_while_it_was_idle_is_replaced_unnoticed(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "TRUSTED_SECONDS", -1.0)
    with postgresql_database.reading() as session:
        lost = session.scalar(_OWN)
    elsewhere = create_engine(postgresql_database.engine.url, poolclass=NullPool)
    with elsewhere.connect() as other:
        other.execute(_END_THE_OTHERS)
    with postgresql_database.reading() as session:
        assert session.scalar(_OWN) not in (None, lost)
