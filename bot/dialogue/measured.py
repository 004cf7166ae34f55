"""An assistant whose turns are measured by stage, for Prometheus and for traces. The stages know nothing of it."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.watching.figures import TURN_SECONDS, TURNS
from bot.watching.tracing import span

_UNANSWERED = ("unsure", "out_of_scope")
_intent: ContextVar[str] = ContextVar("intent", default="")


def measured(agent: Agent) -> Agent:
    """The same agent: reading, understanding, acting, writing and the whole of each turn are timed."""
    store, processor = agent.tracker_store, agent.processor
    assert processor is not None
    set_on(store, retrieve=_timed("read", store.retrieve), save=_timed("write", store.save))
    actions = processor.action_endpoint
    if actions is not None:
        set_on(actions, request=_timed("act", actions.request))
    set_on(
        processor,
        parse_message=_understanding(processor.parse_message),
        handle_message=_whole(processor.handle_message),
    )
    return agent


def set_on(thing: object, **methods: Callable[..., Any]) -> None:
    """Put methods of one object in place of its class's."""
    for name, method in methods.items():
        setattr(thing, name, method)


def _timed(stage: str, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    seconds = TURN_SECONDS.labels(stage=stage)

    @functools.wraps(work)
    async def run(*given: Any, **named: Any) -> Any:
        with seconds.time(), span(f"turn {stage}"):
            return await work(*given, **named)

    return run


def _understanding(parse: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    timed = _timed("understand", parse)

    @functools.wraps(parse)
    async def run(message: UserMessage, tracker: Any = None, *given: Any, **named: Any) -> Any:
        if tracker is None:  # a probe of /status
            return await parse(message, tracker, *given, **named)
        parsed = await timed(message, tracker, *given, **named)
        _intent.set((parsed.get("intent") or {}).get("name") or "")
        return parsed

    return run


def _whole(handle: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    timed = _timed("whole", handle)

    @functools.wraps(handle)
    async def run(message: UserMessage) -> Any:
        channel = message.input_channel or "unknown"
        _intent.set("")
        try:
            done = await timed(message)
        except Exception:
            TURNS.labels(channel=channel, outcome="failed").inc()
            raise
        outcome = "unanswered" if _intent.get() in _UNANSWERED else "answered"
        TURNS.labels(channel=channel, outcome=outcome).inc()
        return done

    return run
