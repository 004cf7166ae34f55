"""What becomes of a soreness report: read back, corrected, taken back, left for later, gone on with, looked back at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import heard
from actions.soreness import current, filled, kept, with_session
from bot.dialogue import reporting
from bot.dialogue.reporting import Said, Score
from bot.soreness.course import Course, judge
from bot.soreness.curve import Point, curve
from bot.soreness.draft import SLOTS, Draft, as_plain
from bot.soreness.taking_in import CONFIRM, read, says_something, take_in
from bot.soreness.wording import day_in_words, one_line

CODE_TRIES = 5  # wrong visit codes in one conversation


def closed() -> list[Any]:
    """Return the events that close the form; what was said stays in the draft."""
    return [ActiveLoop(None), SlotSet("requested_slot", None), *(SlotSet(slot, None) for slot in SLOTS)]


def line(draft: Draft, message: Said) -> str:
    """Return the draft in one line, as this channel has it."""
    return one_line(draft, message.zone, short=message.channel == "sms")


class ActionFinishReport(Action):
    """Reads the stored report back in one line and says what is usual. The form has stored it (actions/soreness.py)."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_finish_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Say "saved" for what is saved, and how it can be taken back."""
        draft, message = heard.draft(tracker), heard.said(tracker)
        told = [
            *(SlotSet(slot, None) for slot in SLOTS),
            SlotSet("awaiting", None),
            SlotSet("report_waits", None),
        ]
        if draft.report is None or not draft.complete:
            dispatcher.utter_message(response="utter_nothing_to_report")
            return [*told, SlotSet("report", None)]
        say_saved(dispatcher, "utter_report_saved", draft, message)
        return told


def say_saved(dispatcher: CollectingDispatcher, response: str, draft: Draft, message: Said) -> None:
    """Read a stored report back, then say whether it is inside the usual course and when to call."""
    buttons = [{"title": "Take it back", "payload": "undo my report"}] if message.channel == "web" else []
    dispatcher.utter_message(
        response=response,
        line=line(draft, message),
        buttons=buttons,
        custom={"kind": "notice", "report": draft.report},
    )
    judgement = judge(draft, reporting.clinic().soreness, now=message.now)
    course = Course.TODAY if {"soreness_rising", "soreness_high"} & set(draft.tasks) else judgement.course
    dispatcher.utter_message(
        response=f"utter_course_{course.value}",
        custom={"kind": "answer", "topic": "soreness_course"},
        same_day_score=reporting.clinic().soreness.same_day_score,
    )


class ActionCorrectReport(Action):
    """Changes the report that was just saved, and reads it back again."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_correct_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Amend what the message corrects; ask what to change when it does not say."""
        draft, message = heard.draft(tracker), heard.said(tracker)
        if draft.report is None:
            dispatcher.utter_message(response="utter_no_report_yet")
            return []
        reading = read(
            message.text, CONFIRM, now=message.now, zone=message.zone, session_at=message.session_at
        )
        if not says_something(reading) or reading.ask:
            dispatcher.utter_message(response="utter_correct_what", line=line(draft, message))
            return [SlotSet("awaiting", "correction")]
        draft = take_in(draft, reading, correcting=True)
        draft = kept(replace(draft, message=message.id, words=(*draft.words, message.text)), message)
        say_saved(dispatcher, "utter_report_changed", draft, message)
        return [SlotSet("report", as_plain(draft)), SlotSet("awaiting", None)]


class ActionUndoReport(Action):
    """Takes the last report back, finished or not."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_undo_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Say that it is taken back once it is."""
        draft = heard.draft(tracker)
        if draft.report is not None:
            reporting.take_back(draft.report, heard.said(tracker))
        dispatcher.utter_message(
            response="utter_report_undone" if draft.says_something else "utter_undo_report"
        )
        return [*closed(), SlotSet("report", None), SlotSet("awaiting", None), SlotSet("report_waits", None)]


class ActionStopReport(Action):
    """Ends the questions; what was said is kept for a day, in case the patient comes back to it."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_stop_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Close the form kindly."""
        kept = heard.form_is_open(tracker) and heard.draft(tracker).report is not None
        dispatcher.utter_message(response="utter_report_stopped" if kept else "utter_stop_form")
        return [*closed(), SlotSet("awaiting", None), SlotSet("report_waits", None)]


class ActionLeaveForLater(Action):
    """Leaves the questions for later; they are offered again."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_leave_for_later"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Close the form until the patient comes back."""
        dispatcher.utter_message(response="utter_later")
        waits = heard.form_is_open(tracker)
        return [*closed(), SlotSet("awaiting", None), SlotSet("report_waits", True if waits else None)]


class ActionOfferReport(Action):
    """Offers to go on with a report that waits: once, and never by itself."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_offer_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Ask whether to go on."""
        message = heard.said(tracker)
        draft = current(heard.draft(tracker), message.now)
        if draft.message is None or tracker.get_slot("awaiting") == "resume":
            return []
        offer(dispatcher, "utter_offer_report", draft, message)
        return [SlotSet("awaiting", "resume")]


def offer(dispatcher: CollectingDispatcher, response: str, draft: Draft, message: Said) -> None:
    """Offer to go on with a report, with buttons on the web."""
    titles = ("Yes", "No") if message.channel == "web" else ()
    so_far = line(draft, message) if draft.says_something else "no answers yet"
    dispatcher.utter_message(
        response=response, line=so_far, buttons=[{"title": title, "payload": title} for title in titles]
    )


class ActionResumeReport(Action):
    """Says that the report goes on; the form, which comes next, asks."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_resume_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Take the draft up again."""
        return [SlotSet("awaiting", None), SlotSet("report_waits", None)]


class ActionShowProgress(Action):
    """The patient's own numbers, in words and on the web as a curve."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_show_progress"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Say each score with its day."""
        message = heard.said(tracker)
        scores = reporting.scores(message)
        if not scores:
            dispatcher.utter_message(response="utter_my_progress")
            return []
        told = ", ".join(f"{day_in_words(one.at, message.zone)}: {one.score}" for one in scores)
        picture = _picture(scores, message)
        dispatcher.utter_message(response=f"utter_progress_{_way(scores)}", scores=told, custom=picture)
        return []


def _way(scores: tuple[Score, ...]) -> str:
    if len(scores) == 1:
        return "one"
    change = scores[-1].score - scores[0].score
    return "down" if change < 0 else "up" if change > 0 else "same"


def _picture(scores: tuple[Score, ...], message: Said) -> dict[str, Any]:
    points = [Point(one.hours, one.score) for one in scores if one.hours is not None]
    if message.channel != "web" or not points:
        return {"kind": "notice"}
    return {"kind": "curve", "svg": curve(points)}


class ActionVisitCode(Action):
    """A web visitor's visit code: from then on their reports belong to that visit."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_visit_code"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Tie the conversation to the visit, at most a few tries."""
        message, tries = heard.said(tracker), int(tracker.get_slot("code_tries") or 0)
        code = tracker.latest_message.get("visit_code")
        visit = reporting.visit_by_code(code, message) if code and tries < CODE_TRIES else None
        if visit is None:
            dispatcher.utter_message(response="utter_code_unknown")
            return [SlotSet("code_tries", tries + 1)]
        dispatcher.utter_message(response="utter_code_known", day=day_in_words(visit.ended_at, visit.zone))
        known = {
            "visit": visit.id, "patient": visit.patient_id, "session_at": visit.ended_at.isoformat(), "zone": visit.zone
        }  # fmt: skip
        if not heard.form_is_open(tracker):
            return [SlotSet("visit", known)]
        draft = with_session(heard.draft(tracker), replace(message, session_at=visit.ended_at))
        return [SlotSet("visit", known), *filled(draft)]
