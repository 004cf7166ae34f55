"""kill -9 of an assistant that is a process of its own, at the worst moment: a report is stored, its turn is not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rasa.core.channels.channel import UserMessage

from bot.dialogue import reporting
from bot.dialogue.assistant import load_assistant
from bot.dialogue.channels import SpokenMessages
from bot.dialogue.tracker_store import RecordsTrackerStore
from bot.dialogue.training import latest_model
from bot.records import reports
from bot.records.database import open_database
from bot.records.encryption import open_vault
from bot.settings import load_settings

CONVERSATION = "a-patient-in-mid-form"

# Says what it is told to say; ends itself with signal 9 once the report of the last message is committed.
_VICTIM = """
import asyncio, json, os, signal, sys
import bot.dialogue
from pathlib import Path
from tests.dialogue.test_killed_in_mid_form import assistant_on, say
from bot.dialogue import reporting
from bot.dialogue.training import quiet

quiet()
url, keys, messages = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])
agent, database = assistant_on(url, keys)

async def talk():
    for number, text in enumerate(messages):
        if number == len(messages) - 1:
            keep = reporting.keep
            reporting.keep = lambda draft, said: (keep(draft, said), os.kill(os.getpid(), signal.SIGKILL))[0]
        await say(agent, text, f"message-{number}")

asyncio.run(talk())
"""


def assistant_on(url: str, keys: Path):
    """An assistant whose conversations and reports are kept in the database at `url`."""
    database = open_database(url, open_vault(keys))
    database.upgrade()
    reporting.use(lambda: database)
    model = latest_model()
    store = RecordsTrackerStore(database=database, model_id=model.stem)
    return load_assistant(model, load_settings().clinic, store), database


async def say(agent, text: str, message_id: str) -> str:
    """Send one message; return what was said to it."""
    output = SpokenMessages("web")
    await agent.handle_message(
        UserMessage(text, output, CONVERSATION, input_channel="web", message_id=message_id, metadata={})
    )
    spoken = [output.queue.get_nowait() for _ in range(output.queue.qsize())]
    return "\n".join(line["text"] for line in spoken if line)


@pytest.fixture
def survivor(assistant, tmp_path, monkeypatch):
    """Have an assistant killed in the middle of a report; the one that comes after it goes on with its records."""
    url, keys = f"sqlite:///{tmp_path / 'bot.db'}", tmp_path / "keys"
    messages = json.dumps(["im sore", "4", "left calf"])
    killed = subprocess.run([sys.executable, "-c", _VICTIM, url, str(keys), messages], timeout=600)
    assert killed.returncode == -9
    database = open_database(url, open_vault(keys))
    store = RecordsTrackerStore(assistant.domain, database=database)
    monkeypatch.setattr(assistant, "tracker_store", store)
    monkeypatch.setattr(assistant.processor, "tracker_store", store)
    monkeypatch.setattr(reporting, "_open", lambda: database)
    yield assistant, database
    database.close()


async def test_after_kill_9_the_message_asked_again_carries_on_and_nothing_is_lost_or_doubled(survivor):
    agent, database = survivor
    with database.reading() as session:
        (stored,) = reports.recent(session, conversation=CONVERSATION)
    assert (stored.details.score, stored.details.areas[0].part) == (4, "calf")  # committed, its turn was not

    assert "When was your session" in await say(agent, "left calf", "message-2")
    await say(agent, "yesterday", "message-3")
    assert "Saved: 4 out of 10, left calf" in await say(agent, "no", "message-4")
    with database.reading() as session:
        (report,) = reports.recent(session, conversation=CONVERSATION)
    assert report.id == stored.id and report.details.complete
