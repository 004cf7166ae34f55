"""The assistant as it is loaded: our shorter ways lead where Rasa's own do."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain

from bot.dialogue.training import latest_model

DOMAIN = "components/domain_provider/domain.yml"


def test_a_model_s_domain_is_the_one_that_rasa_s_own_checks_let_through(
    tmp_path: Path, assistant: Any
) -> None:
    copy = tmp_path / "domain.yml"
    with tarfile.open(latest_model()) as model, model.extractfile(DOMAIN) as stored:  # type: ignore[union-attr]
        copy.write_bytes(stored.read())
    assert assistant.domain.as_dict() == Domain.from_path(copy).as_dict()
