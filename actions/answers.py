"""Answers to questions: one or several of a message, more on the last one, in short, again, and where it is from."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.answering import answers
from bot.nlu.follow_up import asks_the_same_again, asks_why

KEPT_TOPICS = 5

_ASKS_A_TIME = re.compile(r"\b(?:how long|how soon|how quick\w*|when|till|until)\b", re.IGNORECASE)
_NAMES_A_TIME = re.compile(r"\b(?:minutes|hours|days|weeks)\b", re.IGNORECASE)  # not "call us the same day"


def asked_topics(tracker: Tracker) -> list[str]:
    """Return the topics of the latest message that have answers, in the order asked."""
    labels = tracker.latest_message.get("topics") or []
    return [label.removeprefix("faq/") for label in labels if label.startswith("faq/")]


def last_topic(tracker: Tracker) -> str | None:
    """Return the topic answered last."""
    topics = tracker.get_slot("topics") or []
    return topics[-1] if topics else None


def remember(topics: list[str], tracker: Tracker) -> list[Any]:
    """Return the events that keep topics, and the question that they were asked with, for follow-ups."""
    kept = [known for known in tracker.get_slot("topics") or [] if known not in topics]
    return [
        SlotSet("topics", [*kept, *topics][-KEPT_TOPICS:]),
        SlotSet("last_question", tracker.latest_message.get("question")),
    ]


def say_answers(
    topics: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
) -> list[Any]:
    """Say the answers of topics in order; return the events that remember them."""
    for topic in topics:
        dispatcher.utter_message(response=answers.response_name(topic), custom=answers.about(domain, topic))
    return remember(topics, tracker)


def say_more(topic: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> bool:
    """Say the deeper answer; return False when there is none, or when it was said just now."""
    deeper = answers.more_name(topic)
    if deeper in _said(tracker)[-1:] or not answers.metadata(domain, topic).get("more"):
        return False
    dispatcher.utter_message(response=deeper, custom=answers.about(domain, topic))
    return True


def leans_on(topic: str | None, text: str) -> bool:
    """Whether a message asks nothing but something of what was said before."""
    return asks_why(text) or asks_the_same_again(text, topic)


def say_short(topic: str, dispatcher: CollectingDispatcher, domain: dict[str, Any]) -> None:
    """Say the answer's SMS version."""
    dispatcher.utter_message(response=answers.short_name(topic), custom=answers.about(domain, topic))


def follow_up(topic: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> bool:
    """Say more on a topic that was answered; asked how long, what the answer said of it. False: answer it anew."""
    said, text = _said(tracker), tracker.latest_message.get("text") or ""
    answer = answers.response_name(topic)
    if answer not in said or not (leans_on(topic, text) or answer in said[-1:]):
        return False
    if _ASKS_A_TIME.search(text) and _NAMES_A_TIME.search(domain["responses"][answer][0]["text"]):
        say_short(topic, dispatcher, domain)
        return True
    return say_more(topic, dispatcher, tracker, domain)


def warn_again(dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
    """Say a warning's fixed words again when they were the last said; return False when they were not.

    They are no second warning: staff have the alert of the first.
    """
    spoken = [event for event in tracker.events if event.get("event") == "bot"]
    warnings = {event["text"] for event in spoken if _kind(event) == "urgent"}
    if not spoken or spoken[-1]["text"] not in warnings:
        return False
    dispatcher.utter_message(text=spoken[-1]["text"], custom={"kind": "notice"})
    return True


def _kind(event: dict[str, Any]) -> str | None:
    custom: dict[str, Any] = (event.get("data") or {}).get("custom") or {}
    return custom.get("kind")


def _said(tracker: Tracker) -> list[str | None]:
    """The names of the responses that were said, in order."""
    said = (event.get("metadata") or {} for event in tracker.events if event.get("event") == "bot")
    return [response.get("utter_action") for response in said]


class ActionAnswer(Action):
    """Says the answer of each topic asked, a topic asked twice in a message once; "how come?" hears more on it.

    "Is that dangerous?" after a warning hears the warning again.
    """

    def name(self) -> str:
        """Return the action's name."""
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Answer in order and remember what was answered."""
        topics, before = asked_topics(tracker), last_topic(tracker)
        if leans_on(before, tracker.latest_message.get("text") or "") and warn_again(dispatcher, tracker):
            return []
        if topics == [before] and follow_up(topics[0], dispatcher, tracker, domain):
            return []
        return say_answers(topics, dispatcher, tracker, domain)


class ActionOfferTopics(Action):
    """Offers the nearest topics as buttons (numbers by text), and a person; the question is kept for staff.

    After a warning, its words are said again instead.
    """

    def name(self) -> str:
        """Return the action's name."""
        return "action_offer_topics"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Say that it is not sure, and what it could answer."""
        if warn_again(dispatcher, tracker):
            return []
        nearest = tracker.latest_message.get("nearest") or []
        buttons = [answers.button(domain, near["name"].removeprefix("faq/")) for near in nearest]
        if tracker.get_latest_input_channel() == "sms":
            titles = ", ".join(f"'{button['title']}'" for button in buttons)
            dispatcher.utter_message(response="utter_unsure", nearest=titles)
        else:
            dispatcher.utter_message(response="utter_unsure", buttons=buttons)
        return []


class _AboutLastAnswer:
    """Something said about the answer given last; without one, `nothing_yet` is said."""

    nothing_yet = ""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Speak about the last answer."""
        topic = last_topic(tracker)
        if topic is None or not self.speak(dispatcher, tracker, domain, topic):
            dispatcher.utter_message(response=self.nothing_yet)
        return []

    def speak(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any], topic: str
    ) -> bool:
        """Say it; return False when there is nothing to say for this topic."""
        raise NotImplementedError


class ActionExplainMore(_AboutLastAnswer, Action):
    """A deeper answer, once; then a person, who knows more."""

    nothing_yet = "utter_more_on_what"

    def name(self) -> str:
        """Return the action's name."""
        return "action_explain_more"

    def speak(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any], topic: str
    ) -> bool:
        """Say the answer's `more`, or that it was all."""
        if not say_more(topic, dispatcher, tracker, domain):
            dispatcher.utter_message(response="utter_explain_more")
        return True


class ActionInShort(_AboutLastAnswer, Action):
    """The short form, as a text message would have it."""

    nothing_yet = "utter_in_short"

    def name(self) -> str:
        """Return the action's name."""
        return "action_in_short"

    def speak(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any], topic: str
    ) -> bool:
        """Say the answer's SMS version."""
        say_short(topic, dispatcher, domain)
        return True


class ActionRepeat(_AboutLastAnswer, Action):
    """The last answer once more."""

    nothing_yet = "utter_repeat"

    def name(self) -> str:
        """Return the action's name."""
        return "action_repeat"

    def speak(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any], topic: str
    ) -> bool:
        """Say the answer again."""
        dispatcher.utter_message(response=answers.response_name(topic), custom=answers.about(domain, topic))
        return True


class ActionCiteSources(_AboutLastAnswer, Action):
    """The sources of the last answer."""

    nothing_yet = "utter_ask_sources"

    def name(self) -> str:
        """Return the action's name."""
        return "action_cite_sources"

    def speak(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any], topic: str
    ) -> bool:
        """List the sources in words, with links on the web."""
        dispatcher.utter_message(
            response="utter_sources",
            sources=answers.sources_in_words(domain, topic),
            custom=answers.about(domain, topic),
        )
        return True
