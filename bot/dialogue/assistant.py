"""Loads the assistant: the trained model with our processor, answers, actions and tracker store."""

from __future__ import annotations

from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import TrackerStore

from bot.dialogue.graph_runner import InOrder
from bot.dialogue.in_process_actions import InProcessActions
from bot.dialogue.lock_store import ConversationLocks
from bot.dialogue.processor import Processor
from bot.dialogue.rasa_repeats import do_once
from bot.dialogue.responses import ClinicResponses
from bot.settings import Clinic, SettingsError


def load_assistant(
    model: Path, clinic: Clinic, tracker_store: TrackerStore, lock_store: LockStore | None = None
) -> Agent:
    """Return an agent ready to talk; raise SettingsError when the model can't be loaded."""
    do_once()
    actions = InProcessActions()
    agent = Agent(
        tracker_store=tracker_store, lock_store=lock_store or ConversationLocks(), action_endpoint=actions
    )
    try:
        agent.load_model(str(model))
    except Exception as error:
        raise SettingsError(
            f"{model.name} can't be loaded ({type(error).__name__}); run `bot train --force`"
        ) from error
    processor = agent.processor
    if processor is None or agent.domain is None:
        raise SettingsError(f"{model.name} holds no assistant; run `bot train --force`")
    # Rasa makes these itself and takes no others: the store is unwrapped from FailSafeTrackerStore, which would
    # answer a lost database with silence, and the processor gets our methods and runner.
    tracker_store.domain = agent.domain
    agent.tracker_store = processor.tracker_store = tracker_store
    processor.__class__ = Processor
    processor.graph_runner = InOrder(processor.graph_runner)
    agent.nlg = processor.nlg = ClinicResponses(agent.domain.responses, clinic)
    actions.set_responses(agent.domain.responses)
    return agent
