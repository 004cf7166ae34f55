"""A message is one trace from the door over the assistant to the database; off, nothing is imported or sent."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.requests import Request
from starlette.responses import Response

from bot.dialogue.measured import measured
from bot.records import messages
from bot.records.database import Database
from bot.settings import ROOT, SettingsError
from bot.watching import tracing
from tests.records.scenario import WORDS
from tests.web.assistant import FakeAssistant, running
from tests.web.conftest import ROOMY, Clock, opened, settings_for


class Listening(FakeAssistant):
    """A stand-in assistant that keeps the headers of what it is asked."""

    trace = ""

    async def turn(self, request: Request) -> Response:
        self.trace = request.headers.get("traceparent", "")
        return await super().turn(request)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    tracing.record_to(SimpleSpanProcessor(exporter), "test")
    yield exporter
    tracing.stop_tracing()


async def test_a_message_is_one_trace_from_the_door_to_the_database_and_the_assistant(
    tmp_path: Path, sqlite_database: Database, clock: Clock, spans: InMemorySpanExporter
) -> None:
    assistant = Listening()
    with running(assistant.app()) as assistant.port:
        async with opened(settings_for(tmp_path, assistant.url, **ROOMY), sqlite_database, clock) as door:
            visitor = await door.visitor()
            spans.clear()
            await visitor.say(WORDS)
    found = spans.get_finished_spans()
    (request,) = [span for span in found if span.name == "request"]
    assert request.attributes is not None and request.attributes["http.route"] == "/chat/messages"
    (answer,) = [span for span in found if span.name == "answer"]
    written = [span for span in found if span.name == "database insert"]
    assert written and answer.parent is not None and answer.parent.span_id == id_of(request)
    assert {trace_of(span) for span in (request, answer, *written)} == {trace_of(request)}
    assert assistant.trace.split("-")[1] == f"{trace_of(request):032x}"
    assert assistant.trace.split("-")[2] == f"{id_of(answer):016x}"
    assert WORDS not in str([(span.name, dict(span.attributes or {}), span.events) for span in found])


async def test_the_assistant_goes_on_with_the_trace_of_the_door(
    sqlite_database: Database, spans: InMemorySpanExporter
) -> None:
    async def act(**_: Any) -> None:
        with sqlite_database.reading() as session:
            messages.after(session, "thread")

    async def handle(_: Any) -> None:
        await actions.request()

    async def nothing(*_: Any) -> dict[str, Any]:
        return {}

    actions = SimpleNamespace(request=act)
    processor = SimpleNamespace(parse_message=nothing, handle_message=handle, action_endpoint=actions)
    store = SimpleNamespace(retrieve=nothing, save=nothing)
    measured(SimpleNamespace(tracker_store=store, processor=processor))  # type: ignore[arg-type]

    tracing.go_on({"traceparent": f"00-{0xABC:032x}-{0xDEF:016x}-01"})
    await processor.handle_message(SimpleNamespace(input_channel="web"))
    found = {span.name: span for span in spans.get_finished_spans()}
    assert {trace_of(span) for span in found.values()} == {0xABC}
    assert found["turn whole"].parent is not None and found["turn whole"].parent.span_id == 0xDEF
    assert found["turn act"].parent is not None and found["turn act"].parent.span_id == id_of(
        found["turn whole"]
    )
    select = found["database select"]
    assert select.parent is not None and select.parent.span_id == id_of(found["turn act"])


def test_a_failure_is_marked_by_its_type_and_never_by_its_words(spans: InMemorySpanExporter) -> None:
    with pytest.raises(RuntimeError), tracing.span("work"):
        raise RuntimeError(WORDS)
    (span,) = spans.get_finished_spans()
    assert (span.status.is_ok, span.status.description, span.events) == (False, "RuntimeError", ())


def test_off_nothing_is_imported_and_a_span_is_nothing() -> None:
    code = (
        "import sys, bot.worker, bot.web.app\nfrom bot.watching import tracing\n"
        "assert not tracing.start_tracing('web') and not tracing.outgoing()\n"
        "assert tracing.span('a') is tracing.span('b')\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_traces_without_the_package_stop_the_start_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TRACES", "http://127.0.0.1:4318")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(SettingsError, match="uv sync --group traces"):
        tracing.start_tracing("web")


def trace_of(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.trace_id


def id_of(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.span_id
