"""Conversations by text, as patients have them: every score is tied to the right question or asked back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from bot.followups.sessions import Recorded, cancel_session
from bot.records import followups, patients
from bot.records.alerts import AlertRow
from bot.records.followups import PromptRow
from bot.records.rows import read
from tests.sms.practice import ANA, BEN, Practice, at
from tests.web.assistant import says

THREADS = yaml.safe_load(Path(__file__).with_name("threads.yml").read_text(encoding="utf-8"))
DAY = date(2026, 11, 20)


def test_there_are_at_least_sixty_threads() -> None:
    assert len(THREADS) >= 60


@pytest.mark.parametrize("thread", THREADS, ids=lambda thread: next(iter(thread)))
async def test_thread(practice: Practice, thread: dict[str, list[dict[str, Any]]]) -> None:
    ((_, lines),) = thread.items()
    played = Thread(practice)
    for line in lines:
        await played.play(line)


class Thread:
    """Plays the lines of one thread against a practice."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.visits: dict[str, Recorded] = {}

    async def play(self, line: dict[str, Any]) -> None:
        match line:
            case {"session": name}:
                given = {"consent": line.get("consent", "written"), "id": f"visit-of-{name}"}
                self.visits[name] = self.practice.session(ANA, name, **given)
                await self.practice.run()
            case {"until": when}:
                days, _, hour = when.rpartition(" ")
                await self.practice.until(at(f"{DAY + timedelta(days=int(days or 0))} {hour}"))
            case {"a": words}:
                await self.practice.says(ANA, words)
            case {"b": words}:
                await self.practice.says(BEN, words)
            case {"picture": words}:
                await self.practice.says(ANA, words, media=1)
            case {"says": words}:
                self.practice.assistant.lines = [says(words)]
            case {"down": is_down}:
                self.practice.assistant.mode = "503" if is_down else "answer"
                self.practice.assistant.turns.clear()
            case {"cancel": name}:
                with self.practice.database.transaction() as session:
                    cancel_session(session, self.visits[name].visit.id, now=self.practice.clock())
            case {"move": hour}:
                self.practice.session(ANA, "Ana", f"{DAY} {hour}", id="visit-of-Ana")
            case _:
                self.check(line)

    def check(self, line: dict[str, Any]) -> None:
        reads, turns = self.practice.reads(), self.practice.assistant.turns
        match line:
            case {"about": about}:
                assert self.about(turns[-1]["facts"]) == about, (turns[-1], reads)
            case {"heard": words}:
                assert turns[-1]["text"] == words
            case {"asked_back": "who"}:
                assert "Please send name and number" in reads[-1], reads
            case {"asked_back": "whether"}:
                assert "please send the number again" in reads[-1], reads
            case {"told": words}:
                assert any(words in text for text in reads), reads
            case {"texts": count}:
                assert len(reads) == count, reads
            case {"turns": count}:
                answered = [turn for turn in turns if self.practice.assistant.mode == "answer"]
                assert len(answered) == count, turns
            case {"step": [name, state]}:
                assert self.practice.steps(self.visits["Ana"])[name] == state
            case {"alert": sign}:
                with self.practice.database.reading() as session:
                    signs = list(session.scalars(select(AlertRow.sign)))
                assert signs and sign in (*signs, "any")
            case _:
                raise AssertionError(f"unknown line {line}")

    def about(self, facts: dict[str, str | None]) -> str:
        """What the assistant was told, in words: "Ana day1", "Ana -", "Ana none", "nobody"."""
        if facts.get("patient") is None:
            assert facts.get("visit") is None and facts.get("prompt") is None
            return "nobody"
        with self.practice.database.reading() as session:
            person = patients.get(session, str(facts["patient"]))
            assert person is not None
            if facts["visit"] is None:
                return f"{person.name} none"
            assert facts["visit"] == self.visits[str(person.name)].visit.id
            if facts["prompt"] is None:
                return f"{person.name} -"
            row = session.get_one(PromptRow, facts["prompt"])
            step = followups.get(session, str(read(session, row, followups.Prompt).followup_id))
            assert step is not None and step.visit_id == facts["visit"]
            return f"{person.name} {step.step.partition(':')[0]}"
