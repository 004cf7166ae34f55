"""How fast webhooks are acknowledged while workers send as fast as they can: no assistants, PostgreSQL.

    python -m benchmarks.acknowledging [--rate 200] [--seconds 20] [--workers 4] [--doors 1]

The door is `python -m bot.web`, the workers are the installation's own sender and stand behind the door as `bot up`
puts them (`nice`); the carrier that takes the texts and the one that sends webhooks run on the same cores. Each
webhook is timed from when it was due. What each took of the processor is in milliseconds a webhook.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer

from benchmarks.drilling import Place, kill, open_at, send_texts, server, start, wait_for
from benchmarks.drilling import carrier as taking_carrier
from benchmarks.kill_drill import queue, unsettled
from benchmarks.rig import server_of, spent_by
from benchmarks.webhooks import TOKEN, Acknowledged, at_rate, carrier
from bot.processes import BEHIND_THE_DOOR
from bot.settings import ROOT
from tests.ports import free_port


def main(
    rate: Annotated[float, typer.Option(help="Webhooks a second.")] = 200,
    seconds: Annotated[float, typer.Option(help="For how long.")] = 20,
    workers: Annotated[int, typer.Option(help="Workers that send.")] = 4,
    doors: Annotated[int, typer.Option(help="Front doors on one address.")] = 1,
) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="ack") as folder, server("postgresql", Path(folder)) as under:
        place = Place(under.url, Path(folder), free_port(), free_port(), grace=120.0)
        database = open_at(place)
        database.upgrade()
        with (
            taking_carrier(place.home, place.carrier_port, "http://127.0.0.1:9/", faults="calm"),
            _doors(place, doors) as standing,
        ):
            asyncio.run(_posted(place, 50, 2))  # what is done once is done
            texts = int(1000 * seconds) if workers else 0  # more than they can send meanwhile
            queue(database, texts, 1)
            crew = [start(_behind_the_door, place) for _ in range(workers)]
            while texts and unsettled(database) == texts:
                time.sleep(0.05)
            postgres, sending = server_of(database).children(), [psutil.Process(one.pid) for one in crew]
            left, before = unsettled(database), [spent_by(each) for each in (standing, postgres, sending)]
            taken = asyncio.run(_posted(place, rate, seconds))
            after, sent = (
                [spent_by(each) for each in (standing, postgres, sending)],
                left - unsettled(database),
            )
            for one in crew:
                kill(one)
        database.close()
    count = len(taken.milliseconds)
    shares = {
        f"{name} ms each": round((late - early) / count, 2)
        for name, early, late in zip(("door", "database", "workers"), before, after, strict=True)
    }
    shown: dict[str, Any] = {
        "rate": rate, "taken": count, "again": taken.again, "refused": taken.refused, "p50_ms": round(taken.p50, 1),
        "p99_ms": round(taken.p99, 1), "texts_sent_a_second": round(sent / seconds, 1), **shares,
        "load ms each": round(taken.load_ms_each, 2), "load": os.getloadavg()[0],
    }  # fmt: skip
    typer.echo(json.dumps(shown, indent=1))


async def _posted(place: Place, rate: float, seconds: float) -> Acknowledged:
    async with carrier(f"http://127.0.0.1:{place.door_port}") as one:
        return await at_rate(one, rate, seconds)


def _behind_the_door(place: Place) -> None:
    os.nice(BEHIND_THE_DOOR)
    send_texts(place)


@contextmanager
def _doors(place: Place, count: int) -> Iterator[list[psutil.Process]]:
    """Front doors that share one address, as `bot up` starts them."""
    listener = socket.create_server(("127.0.0.1", place.door_port), backlog=2048)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BOT_")},
        "BOT_VAR": str(place.home), "BOT_DATABASE_URL": place.url, "BOT_CARRIER_TOKEN": TOKEN,
        "BOT_PUBLIC_URL": f"http://127.0.0.1:{place.door_port}", "BOT_LISTEN_FD": str(listener.fileno()),
    }  # fmt: skip
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "bot.web"], cwd=ROOT, env=environment, pass_fds=[listener.fileno()],
            stderr=subprocess.DEVNULL,
        )
        for _ in range(count)
    ]  # fmt: skip
    try:
        wait_for(place.door_port)
        time.sleep(4)  # all of them are there: one alone would be given every connection
        yield [psutil.Process(one.pid) for one in running]
    finally:
        for one in running:
            one.terminate()
            one.wait()
        listener.close()


if __name__ == "__main__":
    typer.run(main)
