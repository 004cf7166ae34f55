"""A door with figures and traces to look at."""

from __future__ import annotations

from tests.web.conftest import _internal_token, clock  # noqa: F401
