"""The answer to a warning sign: the fixed words first. An open report is kept, and offered again later."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import heard
from actions.answers import asked_topics, remember
from actions.reports import closed, line, offer
from actions.soreness import current, with_session
from bot.dialogue import reporting
from bot.dialogue.reporting import Said
from bot.nlu.warning_signs import SAFETY, assessment_from
from bot.records.database import DatabaseUnavailableError
from bot.safety import Tier, urgent_text
from bot.soreness.draft import Draft, as_plain
from bot.soreness.taking_in import is_bare_number, read, says_something, take_in

logger = logging.getLogger(__name__)

ALONE = frozenset({"self_harm", "overdose", "conduct"})  # no form and no education beside these words


class ActionUrgent(Action):
    """Says what to do and whom to call, before anything else."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_urgent"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Say the urgent words; keep what was reported; after a same-day sign offer to go on."""
        message = heard.said(tracker)
        found = assessment_from(tracker.latest_message.get(SAFETY), message.text)
        signs = [sign.sign for sign in found.signs]
        dispatcher.utter_message(
            text=urgent_text(found, message.channel, reporting.clinic(), message.now),
            custom={"kind": "urgent", "tier": found.tier.value, "sign": signs[0], "signs": signs},
        )
        asked = heard.asked_slot(tracker)
        draft = current(heard.draft(tracker), message.now)
        alone = bool(ALONE & set(signs))
        if not alone:
            # The sign's own alert tells staff of strong pain.
            draft = replace(draft, tasks=(*draft.tasks, "soreness_high")) if "severe_pain" in signs else draft
            draft = _kept(draft, message, asked)
        events = [*closed(), SlotSet("report", as_plain(draft)), SlotSet("awaiting", None)]
        events += remember(asked_topics(tracker), tracker)
        unfinished = (asked is not None or draft.message == message.id) and not draft.complete
        if found.tier is Tier.SAME_DAY and not alone and draft.complete and draft.message == message.id:
            dispatcher.utter_message(response="utter_report_saved", line=line(draft, message))
        if unfinished and found.tier is Tier.SAME_DAY and not alone:
            offer(dispatcher, "utter_offer_report", draft, message)
            return [*events, SlotSet("awaiting", "resume"), SlotSet("report_waits", None)]
        return [*events, SlotSet("report_waits", True if unfinished else None)]


def _kept(draft: Draft, message: Said, asked: str | None) -> Draft:
    """Keep what the message reports beside its sign. The urgent words go out even when the database is lost."""
    if asked is None and is_bare_number(message.text):
        return draft
    reading = read(message.text, asked, now=message.now, zone=message.zone, session_at=message.session_at)
    reports_something = reading.score is not None or (asked is not None and says_something(reading))
    if not reports_something:
        return draft
    taken = take_in(with_session(draft, message), reading, asked=asked)
    taken = replace(
        taken,
        message=message.id,
        words=(*draft.words, message.text),
        changed_at=message.now.isoformat(),
        complete=not taken.missing,
        why=None,
    )
    try:
        report, judgement = reporting.keep(taken, message)
    except DatabaseUnavailableError as error:
        logger.error("a report beside a warning sign could not be stored: %s", type(error).__name__)
        return draft
    told = dict.fromkeys((*taken.tasks, *(task.rule for task in judgement.tasks)))
    return replace(taken, report=report, tasks=tuple(told))
