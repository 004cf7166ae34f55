"""The chat API does what its own OpenAPI document says, whatever is sent: schemathesis reads it and tries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from bot.records.database import Database
from bot.web.app import create_app
from tests.web.assistant import FakeAssistant, running
from tests.web.conftest import ROOMY, settings_for

#: Not whether what fits is taken (a button may never have been offered) and what does not is refused (fields that
#: nobody knows are not looked at): tests/web/test_chat.py says what is refused.
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    ignored_auth, unsupported_method,
]  # fmt: skip
FITS, MISFITS = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
#: What takes neither body nor parameters has nothing to be wrong.
OPERATIONS = [
    ("POST", "/chat/session", FITS), ("POST", "/chat/messages", FITS), ("POST", "/chat/messages", MISFITS),
    ("GET", "/chat/messages", FITS), ("GET", "/chat/messages", MISFITS), ("GET", "/chat/transcript", FITS),
    ("DELETE", "/chat/conversation", FITS),
]  # fmt: skip
EXAMPLES = 50


@pytest.fixture
def url(tmp_path: Path, sqlite_database: Database, assistant: FakeAssistant) -> Iterator[str]:
    with running(
        create_app(settings_for(tmp_path, assistant.url, **ROOMY), database=sqlite_database)
    ) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(("method", "path", "mode"), OPERATIONS)
def test_the_door_keeps_to_its_own_document(url: str, method: str, path: str, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    schema.config.update(base_url=url)
    operation: Any = schema[path][method]
    token = httpx.post(f"{url}/chat/session", json={}).json()["token"]
    seen: set[int] = set()

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def conforms(case: Any) -> None:
        response = case.call(headers={"Authorization": f"Bearer {token}"})
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    conforms()
    assert seen and max(seen) < 500
