"""The soreness form: takes answers in, stores what there is, and asks for the rest, one question at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import heard
from actions.answers import asked_topics, say_answers
from bot.dialogue import reporting
from bot.dialogue.reporting import Said
from bot.soreness.asides import asks_if_usual, asks_why, statements, wants_a_person
from bot.soreness.draft import ANYTHING_ELSE, SCORE, WHEN, WHERE, Draft, as_plain
from bot.soreness.taking_in import MOST_TRIES, is_bare_number, read, says_something, take_in
from bot.soreness.wording import one_line

KEPT_FOR = timedelta(hours=24)  # a half-finished report is gone on with until then (sms-and-privacy.md C.5)

# Messages that the form takes; any other is answered by its own rule, and then the form asks again.
ANSWERS = frozenset({"inform", "report_soreness", "correct_report"})
SKIP = "skip_question"
USUAL = "soreness_normal"  # the topic of "is that normal?" beside a report


class ValidateSorenessForm(FormValidationAction):
    """Reads each message of an open form. It may be called twice for one message and then does nothing new."""

    def name(self) -> str:
        """Return the action's name."""
        return "validate_soreness_form"

    async def get_validation_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Any]:
        """Take the message in and store the draft; no events say that the message is not for the form."""
        is_open = heard.form_is_open(tracker)
        intent = heard.intent(tracker)
        if is_open and intent not in ANSWERS and intent != SKIP:
            return []
        message = heard.said(tracker)
        draft = current(heard.draft(tracker), message.now)
        if draft.message == message.id or intent == "resume_report":
            return filled(draft)
        if heard.in_another_language(tracker):
            dispatcher.utter_message(response="utter_other_language")
        if is_open and asks_why(message.text):
            dispatcher.utter_message(response="utter_why_asked")
            return filled(replace(draft, message=message.id))
        if not is_open and draft.says_something:
            dispatcher.utter_message(response="utter_report_goes_on", line=_line(draft, message))
        only_asked = is_open and asks_if_usual(message.text) and not statements(message.text)
        heard_now = replace(draft, message=message.id) if only_asked else self._hear(draft, message, tracker)
        draft = kept(heard_now, message)
        topics = [USUAL] if asks_if_usual(message.text) else asked_topics(tracker)
        answered = say_answers(topics, dispatcher, tracker, domain) if topics else []
        if wants_a_person(message.text):
            dispatcher.utter_message(response="utter_talk_to_human")
        opened = [] if is_open else [SlotSet("awaiting", None), SlotSet("report_waits", None)]
        return [*filled(draft), *answered, *opened]

    def _hear(self, draft: Draft, message: Said, tracker: Tracker) -> Draft:
        asked = heard.asked_slot(tracker)
        draft = with_session(replace(draft, message=message.id, why=None), message)
        if heard.intent(tracker) == SKIP:
            return draft.settle(*([asked] if asked else []))
        return hear(draft, message, asked, _agreement(tracker), heard.intent(tracker) == "correct_report")


def current(draft: Draft, now: datetime) -> Draft:
    """Return the draft to go on with: the one at hand, or a new one when that is saved or a day old."""
    old = draft.changed_at is not None and now - datetime.fromisoformat(draft.changed_at) > KEPT_FOR
    return Draft() if draft.complete or old else draft


def with_session(draft: Draft, message: Said) -> Draft:
    """Return the draft with the session's time, where the clinic knows it."""
    return replace(draft, session_at=message.session_at.isoformat()) if message.session_at else draft


def hear(draft: Draft, message: Said, asked: str | None, agreed: bool | None, correcting: bool) -> Draft:
    """Take in one message: what it says, what it leaves unclear, and its words."""
    if asked is None and not draft.says_something and message.prompt is None and is_bare_number(message.text):
        return _offer(draft, message)
    # A correction is about something else than what was asked.
    read_as = None if correcting else asked
    reading = read(message.text, read_as, now=message.now, zone=message.zone, session_at=message.session_at)
    before = draft
    draft = take_in(draft, reading, asked=read_as, correcting=correcting)
    if asked is not None or says_something(reading):
        draft = replace(draft, words=(*draft.words, message.text))
    if asked == SCORE and draft.offered is not None and reading.score is None:
        told_more = draft.slots() != before.slots()
        return _offered(draft, True if told_more and agreed is None else agreed)
    if asked in (WHERE, ANYTHING_ELSE) and draft.score is None and draft.slots() == before.slots():
        late = read(message.text, SCORE, now=message.now, zone=message.zone, session_at=None)
        if late.score is not None:
            return take_in(draft, late, asked=SCORE)  # skipped before, told now: the question comes again
    if asked is None:
        return _unclear(draft, SCORE, reading.ask) if reading.ask and draft.score is None else draft
    if asked == ANYTHING_ELSE:
        return _last_answer(before, draft, agreed)
    if draft.has(asked):
        return draft
    said_else = draft.slots() != before.slots() or len(draft.denied) > len(before.denied)
    if said_else and not (asked == WHERE and draft.side_is_missing):
        return draft  # not what was asked, but not nothing: the question comes again as it was
    return _ask_again(draft, asked, reading.ask or ("word" if reading.severity_word else None), message)


def _offer(draft: Draft, message: Said) -> Draft:
    """A bare number out of the blue may be anything: it is asked about before it counts."""
    reading = read(message.text, SCORE, now=message.now, zone=message.zone, session_at=None)
    if reading.score is None:
        return _unclear(draft, SCORE, reading.ask)
    return replace(draft, offered=int(reading.score), why="offered")


def _offered(draft: Draft, agreed: bool | None) -> Draft:
    if not agreed:
        return replace(draft, offered=None)
    return replace(
        draft, score=draft.offered, score_low=draft.offered, score_high=draft.offered, offered=None
    )


def _last_answer(before: Draft, draft: Draft, agreed: bool | None) -> Draft:
    """Whatever is said to "anything else?" is kept; only a bare "yes" is asked back, once."""
    said_more = draft.symptoms != before.symptoms or draft.denied != before.denied
    if agreed and not said_more and not draft.tries.get(ANYTHING_ELSE):
        return draft.ask_back(ANYTHING_ELSE, "yes")
    return draft.settle(ANYTHING_ELSE)


def _ask_again(draft: Draft, asked: str, why: str | None, message: Said) -> Draft:
    if asked == WHERE and draft.side_is_missing:
        # Asked for once; a patient who does not say the side has still said where.
        return draft.settle("side") if draft.tries.get("side") else draft.ask_back("side", "side")
    if draft.tries.get(asked, 0) < MOST_TRIES:
        return draft.ask_back(asked, why or "unclear")
    return replace(draft.settle(asked), unread=(*draft.unread, message.text))


def _unclear(draft: Draft, slot: str, why: str | None) -> Draft:
    return draft.ask_back(slot, why or "unclear")


def kept(draft: Draft, message: Said) -> Draft:
    """Store the draft if it says anything; complete when nothing is missing. Returns it as stored."""
    draft = replace(
        draft,
        changed_at=message.now.isoformat(),
        complete=draft.complete or (not draft.missing and draft.says_something),
    )
    if not draft.says_something:
        return draft
    report, judgement = reporting.keep(draft, message)
    told = dict.fromkeys((*draft.tasks, *(task.rule for task in judgement.tasks)))
    return replace(draft, report=report, tasks=tuple(told))


def filled(draft: Draft) -> list[Any]:
    """Return the draft as slots: whole, and each question with its answer."""
    return [
        SlotSet("report", as_plain(draft)),
        *(SlotSet(slot, value) for slot, value in draft.slots().items()),
    ]


def _agreement(tracker: Tracker) -> bool | None:
    """Whether the message is a plain yes or no (bot/nlu/form_answers.py)."""
    return {"affirm": True, "deny": False}.get(tracker.latest_message.get("agreement") or "")


def _line(draft: Draft, message: Said) -> str:
    return one_line(draft, message.zone, short=message.channel == "sms")


class _Ask(Action):
    """Asks for one slot: the first time plainly, again with the reason."""

    slot = ""
    kind = ""

    def name(self) -> str:
        """Return the action's name."""
        return f"action_ask_{heard.FORM}_{self.slot}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Ask, with buttons on the web."""
        draft = heard.draft(tracker)
        why = self.why(draft)
        on_web = heard.channel(tracker) == "web"
        titles = self.titles(why) if on_web else ()
        drawn = self.kind and on_web and why not in ("offered", "side")
        custom = {"kind": self.kind, "slot": self.slot} if drawn else {}
        dispatcher.utter_message(
            response=f"utter_ask_{self.slot}_{why}" if why else f"utter_ask_{self.slot}",
            buttons=[{"title": title, "payload": title} for title in titles],
            custom=custom,
            offered=draft.offered,
        )
        return []

    def why(self, draft: Draft) -> str | None:
        """Return the reason for asking again, as the response's name has it."""
        return draft.why if draft.why in self.reasons else None

    reasons: frozenset[str] = frozenset({"unclear"})

    def titles(self, why: str | None) -> tuple[str, ...]:
        """Return what can be answered by a press."""
        return ("Skip",)


class AskScore(_Ask):
    """How sore, 0-10."""

    slot = SCORE
    kind = "scale"
    reasons = frozenset({"unclear", "out_of_range", "other_scale", "several", "word", "offered"})

    def titles(self, why: str | None) -> tuple[str, ...]:
        """Return 0 to 10."""
        return ("Yes", "No") if why == "offered" else (*map(str, range(11)), "Skip")


class AskWhere(_Ask):
    """Where it is sore."""

    slot = WHERE
    kind = "body_map"
    reasons = frozenset({"unclear", "side"})

    def why(self, draft: Draft) -> str | None:
        """Ask for the side when only that is missing."""
        return "side" if draft.side_is_missing else super().why(draft)

    def titles(self, why: str | None) -> tuple[str, ...]:
        """Return the sides when only the side is missing."""
        return ("Left", "Right", "Both") if why == "side" else ("Skip",)


class AskWhen(_Ask):
    """When the session was."""

    slot = WHEN

    def titles(self, why: str | None) -> tuple[str, ...]:
        """Return the likely days."""
        return ("Today", "Yesterday", "2 days ago", "3 days ago", "Skip")


class AskAnythingElse(_Ask):
    """Anything else that should be known."""

    slot = ANYTHING_ELSE
    reasons = frozenset({"yes"})

    def titles(self, why: str | None) -> tuple[str, ...]:
        """Return "No", which is the usual answer."""
        return ("No",)
