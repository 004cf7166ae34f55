"""What a message means as an answer: "6", "left calf" and "no" say nothing alone, and all when they were asked for.

While the soreness form asks, a message that the reading room can read becomes `inform`; a question keeps its topic,
and so does a wish to stop, to wait or to talk to a person. Without a form, a report that reads as one is one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.warning_signs import WARNING
from bot.settings import load_settings
from bot.soreness.asides import asks, asks_if_usual, asks_why, is_question, statements
from bot.soreness.draft import ANYTHING_ELSE, SCORE, SLOTS, WHEN, WHERE
from bot.soreness.taking_in import is_bare_number, read

AGREEMENT = "agreement"  # "affirm" or "deny": a plain yes or no
VISIT_CODE = "visit_code"
OTHER_LANGUAGE = "other_language"  # also set on a message that reports in another language
SHORT = 6  # words

# Meant as said, whatever was asked.
KEPT = frozenset({WARNING, "opt_out", "talk_to_human", "undo_report", "my_progress", OTHER_LANGUAGE, "rude"})
# Said in the middle of a form, these may as well be an answer in the patient's own words.
VAGUE = frozenset(
    {"unsure", "out_of_scope", "diagnosis_request", "distress", "affirm", "deny", "inform", None}
)
MANNERS = frozenset({"greeting", "goodbye", "thanks"})

_SKIP = re.compile(
    r"^\W*(?:(?:i'?d|i would|id)?\s*(?:rather|prefer)\s+not.*|skip.*|pass|next(?: (?:one|question))?|no comment"
    r"|(?:i )?(?:don'?t|do not|dont) (?:know|do numbers|remember|want to (?:say|give a number|answer)).*"
    r"|dunno|idk|no idea|(?:i'?m )?not sure|can'?t (?:say|remember|tell)|hard to say|leave (?:it|that) out)\W*$",
    re.IGNORECASE,
)
_DEPENDS = re.compile(
    r"^\W*(?:it |that |well )*(?:depends|varies|comes and goes|on and off|up and down|changes)\W*$",
    re.IGNORECASE,
)
_WHERE_IT_WAS = re.compile(r"^\W*(?:right |just )?where\b", re.IGNORECASE)  # "where the needles went"
_STOP = re.compile(
    r"^\W*(?:stop|quit|cancel|exit|enough|end|never ?mind|nvm|forget (?:it|about it))\b.{0,25}$",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^\W*(?:yes|yep|yeah|yea|yup|ya|y|sure|ok|okay|correct|right|that'?s right|go on|go ahead|please do|si)"
    r"(?: please| pls)?\W*$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^\W*(?:no|nope|nah|naw|n|none|nothing|no thanks?|no thank you|not really|that'?s (?:it|all)|all good"
    r"|nothing to add|nada)(?:[\s,]+(?:thanks?|thank you|that'?s (?:it|all)|nothing|all good|else))*\W*$",
    re.IGNORECASE,
)
# Four and four of the visit code's letters; the records check the last one.
_CODE = re.compile(
    r"(?<![A-Za-z0-9])([2-9A-HJKMNP-Z]{4})[-\s]?([2-9A-HJKMNP-Z]{4})(?![A-Za-z0-9])", re.IGNORECASE
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FormAnswers(GraphComponent):
    """Sets the intent of a message that answers a question of ours, and `agreement` on a plain yes or no."""

    def __init__(self, zone: str) -> None:
        self._zone = zone

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FormAnswers:
        """Make the component with the clinic's time zone."""
        return cls(load_settings().clinic.time_zone)

    def process(self, messages: list[Message]) -> list[Message]:
        """Decide each message."""
        for message in messages:
            text = (message.get(TEXT) or "").strip()
            intent = (message.get(INTENT) or {}).get("name")
            if not text or (message.get(METADATA) or {}).get("chosen"):
                continue
            agreement = agreement_in(text)
            if agreement:
                message.set(AGREEMENT, agreement, add_to_output=True)
            if intent != WARNING:
                self._decide(message, text, intent)
        return messages

    def _decide(self, message: Message, text: str, intent: str | None) -> None:
        known = message.get(METADATA) or {}
        asked, awaiting = known.get("asked_slot"), known.get("awaiting")
        code = visit_code(text)
        if code:
            message.set(VISIT_CODE, code, add_to_output=True)
            meant: str | None = VISIT_CODE
        elif asked in SLOTS:
            meant = self._in_form(text, intent, asked)
        elif awaiting == "resume" and agreement_in(text) == "affirm":
            meant = "resume_report"
        elif awaiting == "resume" and intent not in KEPT and self._goes_on(text):
            meant = "report_soreness"
        elif awaiting == "correction" and intent in {*VAGUE, "report_soreness", "correct_report"}:
            meant = "correct_report"
        else:
            meant = self._out_of_the_blue(text, intent, known)
        if meant is None or meant == intent:
            return
        if meant != "faq" and not asks(text):
            message.set("topics", [], add_to_output=True)  # nothing was asked beside it
        if intent == OTHER_LANGUAGE:
            # The report is kept, and that we only know English is said all the same.
            message.set(OTHER_LANGUAGE, True, add_to_output=True)
        message.set(INTENT, {"name": meant, "confidence": 1.0}, add_to_output=True)

    def _in_form(self, text: str, intent: str | None, asked: str) -> str | None:
        if asks_why(text) or asks_if_usual(text) or _DEPENDS.match(text):
            return "inform"
        if asked == ANYTHING_ELSE and agreement_in(text) == "deny":
            return "inform"
        if _SKIP.match(text):
            return "skip_question"
        if _STOP.match(text) and (intent != "opt_out" or len(text.split()) == 1):
            return "stop_form"
        told = statements(text)
        found = bool(told) and self._answers(told, asked)
        if intent in KEPT and not (found and intent == OTHER_LANGUAGE):
            return intent
        if intent == "correct_report":
            return intent if self._answers(text, None) else "inform"
        if found:
            return "inform"
        if is_question(text) or intent in ("stop_form", "later"):
            return intent
        if intent == "faq" or intent in MANNERS:
            one_word = len(text.split()) == 1  # "purple", to our question, asks nothing
            says_it = one_word or asked == ANYTHING_ELSE or (asked == WHERE and _WHERE_IT_WAS.match(text))
            return "inform" if says_it and intent == "faq" else intent
        return "inform"

    def _goes_on(self, text: str) -> bool:
        """Whether a short message answers what the waiting report would ask next: "neck"."""
        return len(text.split()) <= SHORT and not is_question(text) and self._answers(text, None)

    def _out_of_the_blue(self, text: str, intent: str | None, known: dict[str, Any]) -> str | None:
        if is_bare_number(text):
            return "report_soreness"
        if (
            intent == "report_soreness"
            or intent in KEPT - {OTHER_LANGUAGE}
            or not re.search(r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten)\b", text, re.I)
        ):
            return intent
        told = statements(text)
        if intent == "correct_report" or not told:
            return intent
        reading = self._read(told, None)
        tells = reading.score is not None and (bool(reading.areas) or reading.onset or reading.session)
        return "report_soreness" if tells else intent

    def _answers(self, text: str, asked: str | None) -> bool:
        reading = self._read(text, asked)
        score = reading.score is not None or reading.ask is not None
        place, symptom = bool(reading.areas), bool(reading.other_symptoms or reading.negated_symptoms)
        when = bool(reading.session or reading.onset)
        answered = {
            SCORE: score or reading.severity_word is not None,
            WHERE: place,
            WHEN: when or reading.duration is not None,
            ANYTHING_ELSE: symptom or agreement_in(text) is not None,
        }
        return answered.get(asked or "", False) or score or place or when or symptom

    def _read(self, text: str, asked: str | None) -> Any:
        return read(text, asked, now=datetime.now(UTC), zone=self._zone, session_at=None)


def agreement_in(text: str) -> str | None:
    """Return "affirm" or "deny" for a plain yes or no, else None."""
    return "affirm" if _YES.match(text) else "deny" if _NO.match(text) else None


def visit_code(text: str) -> str | None:
    """Return a visit code in a message, as typed: eight letters and digits, both or a hyphen among them."""
    for found in _CODE.finditer(text):
        code = found[0]
        if "-" in code or (any(c.isdigit() for c in code) and any(c.isalpha() for c in code)):
            return code
    return None
