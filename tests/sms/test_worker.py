"""The worker carries on whatever goes wrong, stops when told, and knows nothing of Rasa."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from bot.worker import Duty, keep_doing


async def test_a_duty_that_fails_is_tried_again_and_the_others_go_on() -> None:
    stop, done = asyncio.Event(), []

    async def work() -> int:
        done.append(1)
        if len(done) < 3:
            raise RuntimeError("the database is away")
        stop.set()
        return 0

    await asyncio.wait_for(keep_doing(Duty("test", 0.001, work), stop), 5)
    assert len(done) == 3


async def test_a_worker_told_to_stop_does_not_wait_for_its_pause() -> None:
    stop = asyncio.Event()

    async def work() -> int:
        return 0

    running = asyncio.create_task(keep_doing(Duty("test", 60.0, work), stop))
    await asyncio.sleep(0.05)
    stop.set()
    await asyncio.wait_for(running, 1)


def test_neither_worker_nor_texts_nor_follow_ups_import_rasa_or_the_command_line() -> None:
    code = (
        "import sys, bot.worker, bot.sms.webhooks, bot.sms.simulator.pages, bot.followups.api\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('rasa', 'tensorflow') or name == 'bot.cli'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
