"""Traces across door, assistant, actions and database (OpenTelemetry). Off unless BOT_TRACES names a collector.

Off, a span is one comparison and nothing is imported. On, it needs the dependency group `traces`. A span carries
names, codes and ids of ours: never words, numbers or a statement's values.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from bot.settings import SettingsError

_OFF: AbstractContextManager[Any] = nullcontext()
_tracer: Any = None


def span(name: str, **attributes: str | int) -> AbstractContextManager[Any]:
    """A piece of work inside a `with`; an exception that leaves it marks it as failed, by its type alone."""
    return _OFF if _tracer is None else _Span(name, attributes)


def is_on() -> bool:
    """Whether traces are recorded."""
    return _tracer is not None


def outgoing() -> dict[str, str]:
    """Headers that let another process of ours go on with this trace."""
    if _tracer is None:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    headers: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(headers)
    return headers


def go_on(headers: Mapping[str, str]) -> None:
    """Go on, in this task, with the trace that another process of ours began."""
    if _tracer is None:
        return
    from opentelemetry.context import attach
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    attach(TraceContextTextMapPropagator().extract({"traceparent": headers.get("traceparent", "")}))


def start_tracing(process: str) -> bool:
    """Send this process's traces to BOT_TRACES (an OTLP/HTTP address); False when it is not set.

    Raises SettingsError when OpenTelemetry is not installed.
    """
    address = os.environ.get("BOT_TRACES", "").strip()
    if not address:
        return False
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SettingsError("BOT_TRACES needs OpenTelemetry: uv sync --group traces, or unset it") from error
    record_to(BatchSpanProcessor(OTLPSpanExporter(f"{address.rstrip('/')}/v1/traces")), process)
    return True


def record_to(processor: Any, process: str) -> None:
    """Record spans of this process with a span processor of OpenTelemetry's SDK."""
    global _tracer
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    provider = TracerProvider(resource=Resource({"service.name": f"needle-{process}"}))
    provider.add_span_processor(processor)
    _watch_statements()
    _tracer = provider.get_tracer("bot")


def stop_tracing() -> None:
    """Record no more."""
    global _tracer
    _tracer = None


class _Span(AbstractContextManager[Any]):
    def __init__(self, name: str, attributes: Mapping[str, str | int]) -> None:
        self._entered = _tracer.start_as_current_span(
            name, attributes=attributes, record_exception=False, set_status_on_exception=False
        )

    def __enter__(self) -> Any:
        self._span = self._entered.__enter__()
        return self._span

    def __exit__(self, kind: type[BaseException] | None, *rest: Any) -> None:
        if kind is not None:
            from opentelemetry.trace import Status, StatusCode

            self._span.set_status(Status(StatusCode.ERROR, kind.__name__))
        self._entered.__exit__(None, None, None)


_watched = False


def _watch_statements() -> None:
    """Every statement inside a span becomes a span: its verb, never its text or values."""
    global _watched
    if _watched:
        return
    _watched = True
    from opentelemetry.trace import get_current_span
    from sqlalchemy import Engine, event

    @event.listens_for(Engine, "before_cursor_execute")
    def _begin(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
        if _tracer is not None and get_current_span().is_recording():
            verb = statement.split(None, 1)[0].lower()
            named = {"db.system": connection.dialect.name, "db.operation": verb}
            context.bot_span = _tracer.start_span(f"database {verb}", attributes=named)

    @event.listens_for(Engine, "after_cursor_execute")
    def _end(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
        if (begun := getattr(context, "bot_span", None)) is not None:
            begun.end()

    @event.listens_for(Engine, "handle_error")
    def _fail(error: Any) -> None:
        if (begun := getattr(error.execution_context, "bot_span", None)) is not None:
            begun.end()
