"""A newer model is taken by an assistant that runs: loaded beside the old one, tried, and then put in its place.

Turns under way end with the model that they began with. Of several assistants on a machine one loads at a time.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.dialogue.training import code_state, latest_model, models_folder
from bot.settings import SettingsError

LOOK_EVERY_S = 2.0

logger = logging.getLogger("bot.assistant")


class NewModels:
    """The model in use, and whichever comes after it."""

    def __init__(self, model: Path, load: Callable[[Path], Agent]) -> None:
        """Load `model`. Raises SettingsError when it can't be."""
        self.model = model
        self._load = load
        self.agent = load(model)
        self._code = code_state()
        self._refused: set[str] = set()

    async def follow(self, use: Callable[[Agent], object]) -> None:
        """Give each newer model to `use`, for as long as the process lives."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                if await self.look():
                    use(self.agent)
            except Exception as error:  # never the end of the assistant that runs
                logger.error("no new model could be taken: %s", type(error).__name__)

    async def look(self) -> bool:
        """Take the newest model if it is another; False when there is none, or it can't be used."""
        newest = latest_model()
        if newest.name == self.model.name or newest.name in self._refused:
            return False
        if code_state() != self._code:
            self._refused.add(newest.name)
            logger.error("%s needs newer code: restart the assistant to use it", newest.name)
            return False
        with _one_at_a_time(models_folder()) as is_ours:
            return is_ours and await self._take(newest)

    async def _take(self, newest: Path) -> bool:
        try:
            agent = await asyncio.get_running_loop().run_in_executor(None, self._load, newest)
            await parse_one(agent)
        except Exception as error:
            self._refused.add(newest.name)
            why = error if isinstance(error, SettingsError) else type(error).__name__
            logger.error("%s is not used: %s", newest.name, why)
            return False
        self.model, self.agent = newest, agent
        logger.warning("%s is in use", newest.name)
        return True


async def parse_one(agent: Agent) -> None:
    """Have a message understood, as the first patient's would be."""
    assert agent.processor is not None
    await agent.processor.parse_message(UserMessage("does it hurt?"))


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[bool]:
    """Whether no other process of this machine is loading a model; the block is ours while it lasts."""
    with (folder / ".loading").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
