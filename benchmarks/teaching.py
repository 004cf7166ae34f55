"""From a question that the assistant can't answer to a model that answers it: `uv run python benchmarks/teaching.py`.

One run through everything that staff and operator use: the assistant hears the question and says that it does not
know; a clinician finds it in the queue, names its topic, confirms the phrase; `bot teach try` says what would change;
`bot teach export` writes it into (a copy of) data/nlu and shows the difference; `bot train`; the question again. What
each step said is printed. Nothing of the project or of its database is changed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.records import conversations, corrections, inbox, staff, unanswered
from bot.records.database import Database, open_database
from bot.settings import ROOT, load_settings
from bot.staff import routes
from bot.staff.trial import furnish
from tests.staff.site import HASHED, PASSWORD, settings_for

TOPIC = "aftercare_general"
#: Questions, each with another wording that is never taught; the first that the current model can't answer is used.
QUESTIONS = (
    ("will the airport scanner beep at me afterwards", "does the metal detector go off after this was done"),
    ("is karaoke ok afterwards", "can i sing at karaoke after this"),
    ("may i play the bagpipes tomorrow", "are bagpipes ok the day after"),
    ("do the little plasters come off in the wash", "will the plaster stay on when it gets wet"),
    ("is a trampoline alright", "may i bounce on a trampoline"),
    ("can my cat sit on it", "is it fine when the cat lies on the spot"),
    ("will my smart watch read my pulse wrong", "does it upset the heart rate on my watch"),
    ("blowing up balloons for the party, alright?", "is it ok to blow up balloons"),
)
BEGUN = time.perf_counter()


def say(text: str) -> None:
    """Print a line with the minutes and seconds since the start."""
    took = int(time.perf_counter() - BEGUN)
    print(f"[{took // 60}:{took % 60:02}] {text}", flush=True)


def ask_assistant(database: Database) -> tuple[str, str]:
    """Have the current model hear questions, as the front door hands them over, with the real tracker store.

    Gives the first that it can't answer, and its other wording.
    """
    import bot.dialogue  # noqa: F401  isort:skip  first: it keeps out what Rasa imports and nobody uses
    from rasa.core.channels.channel import UserMessage

    from bot.dialogue.assistant import load_assistant
    from bot.dialogue.channels import SpokenMessages
    from bot.dialogue.tracker_store import RecordsTrackerStore
    from bot.dialogue.training import latest_model, quiet

    quiet()
    model = latest_model()
    store = RecordsTrackerStore(database=database, model_id=model.stem)
    agent = load_assistant(model, load_settings().clinic, store)
    for number, (question, another_way) in enumerate(QUESTIONS):
        visitor, now = f"visitor-{number}", datetime.now(UTC)
        with database.transaction() as session:
            conversations.ensure(session, visitor, "web", now=now)
            heard, _ = inbox.receive(session, "web", f"m{number}", visitor, question, now=now)
        told = SpokenMessages("web")
        message = UserMessage(question, told, visitor, input_channel="web", message_id=heard.id, metadata={})
        asyncio.run(agent.handle_message(message))
        lines = [told.queue.get_nowait() for _ in range(told.queue.qsize())]
        say(f"visitor: {question}\n       assistant: {' / '.join(line['text'] for line in lines if line)}")
        with database.reading() as session:
            if unanswered.waiting(session):
                return question, another_way
    raise SystemExit("the assistant answered them all: think of other questions")


def teach(database: Database, topic: str) -> None:
    """What a clinician does in the browser: the queue, the topic, the phrase looked at and confirmed."""
    with database.transaction() as session:
        staff.create(session, "demo", "Ann", "clinician", now=datetime.now(UTC), password_hash=HASHED)
    settings = settings_for(Path("/nonexistent"))
    client = TestClient(Starlette(routes=routes(settings, database)), base_url=settings.public_url)
    client.headers["sec-fetch-site"] = "same-origin"
    client.post("/staff/sign-in", data={"login": "demo", "password": PASSWORD})
    with database.reading() as session:
        waiting = unanswered.waiting(session)
    page = client.get("/staff/unanswered").text
    say(f"staff: Unanswered shows {len(waiting)} question(s): {waiting[0].words in page}")
    form = {"questions": ",".join(one.id for one in waiting), "what": "topic", "topic": topic}
    client.post("/staff/unanswered", data=form)
    with database.reading() as session:
        proposed = corrections.of_state(session, "proposed")
    for one in proposed:
        kept = {"phrase": one.phrase, "topic": one.topic, "looked": "1"}
        client.post(f"/staff/corrections/{one.id}", data=kept)
    with database.reading() as session:
        confirmed = corrections.of_state(session, "confirmed")
    say(f"staff: confirmed {[(one.phrase, one.topic) for one in confirmed]}")


def run(house: Path, around: dict[str, str], *command: str) -> str:
    """Run `bot` in a house; show and give what it says."""
    say("$ bot " + " ".join(command))
    done = subprocess.run(
        [sys.executable, "-c", "from bot.cli import app; app()", *command],
        cwd=house, env=os.environ | around | {"PYTHONPATH": str(house), "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if command[0] != "ask":
        print(done.stdout, flush=True)
    return done.stdout


def main() -> int:
    """Run; 0 when the question is answered at the end."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--questions", default="tests/questions/dev.yml", help="what both models are asked")
    asked.add_argument("--no-trial", action="store_true", help="leave `bot teach try` out, the longest step")
    given = asked.parse_args()
    os.environ["BOT_DEMO"] = "1"
    with tempfile.TemporaryDirectory(prefix="taught") as folder:
        house = Path(folder) / "house"
        around = {"BOT_VAR": f"{folder}/var", "BOT_DATABASE_URL": f"sqlite:///{folder}/var/bot.db"}
        os.environ |= around
        run(ROOT, around, "train")
        database = open_database(around["BOT_DATABASE_URL"])
        database.upgrade()
        question, another_way = ask_assistant(database)
        teach(database, TOPIC)
        if not given.no_trial:
            run(ROOT, around, "teach", "try", "--questions", str(Path(given.questions).resolve()))
        furnish(house, ())
        own = around | {"BOT_MODELS": str(house / "models")}
        run(house, own, "teach", "export")
        run(house, own, "train")
        answered = []
        batch = house / "asked.jsonl"
        batch.write_text("".join(json.dumps({"text": text}) + "\n" for text in (question, another_way)))
        for line in run(house, own, "ask", "--batch", str(batch)).splitlines():
            reply = json.loads(line)
            topics = ", ".join(reply["topics"])
            say(f"visitor: {reply['text']}\n       assistant ({topics}): {reply['reply'][:160]} ...")
            answered.append(f"faq/{TOPIC}" in reply["topics"])
        database.close()
    say(f"answered now: {answered[0]}; asked in another way, never taught: {answered[1]}")
    return 0 if answered[0] else 1


if __name__ == "__main__":
    sys.exit(main())
