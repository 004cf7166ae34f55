"""Fills answers with the clinic's own facts (`clinic.yml`), so that no conversation carries a stale phone number."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.trackers import DialogueStateTracker

from bot.answering import answers
from bot.clinic_facts import clinic_facts
from bot.settings import Clinic


class ClinicResponses(TemplatedNaturalLanguageGenerator):
    """Rasa's own response templates; `{clinic_phone}` and the like come from `clinic.yml`."""

    def __init__(self, responses: dict[str, list[dict[str, Any]]], clinic: Clinic) -> None:
        super().__init__({**responses, **answers.steps(responses)})
        self._facts = {channel: clinic_facts(clinic, channel) for channel in ("web", "sms")}

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Return the response for this channel with its placeholders filled."""
        facts = self._facts.get(output_channel, self._facts["web"])
        return self.generate_from_slots(utter_action, {}, output_channel, **{**facts, **kwargs})
