"""A follow-up is read with the question before it, through the whole conversation."""

from __future__ import annotations

import pytest
from rasa.core.agent import Agent

from bot.dialogue.talk import Talk


async def test_a_short_follow_up_leans_on_the_question_before(assistant: Agent) -> None:
    talk = Talk(assistant)
    first = await talk.say("how long does a session take?")
    assert first.topics == ["faq/session_length"]
    assert first.parsed["question"]
    second = await talk.say("and how many of them?")
    assert second.topics == ["faq/number_of_sessions"]
    assert second.parsed["metadata"]["previous_question"] == first.parsed["question"]


async def test_follow_ups_of_a_follow_up_lean_on_the_same_question(assistant: Agent) -> None:
    talk = Talk(assistant)
    await talk.say("will i bruise?")
    for text in ("ok thanks. is that normal?", "on my face?", "how come"):
        assert (await talk.say(text)).topics == ["faq/bruising"]
    assert (await talk.say("and the gym?")).topics == ["faq/aftercare_exercise"]


@pytest.mark.parametrize(
    "text",
    [
        "how long does it last?",
        "is it dangerous?",
        "how do i get rid of it",
        "can i prevent it",
        "does everyone get it",
        "what if it doesn't go",
        "how often",
        "why",
    ],
)
async def test_it_is_what_a_patient_gets(assistant: Agent, text: str) -> None:
    talk = Talk(assistant)
    await talk.say("will i bruise?")
    assert (await talk.say(text)).topics == ["faq/bruising"]


@pytest.mark.parametrize(
    ("question", "text", "topic"),
    [
        ("how long is a session?", "is it safe?", "safety"),
        ("how long is a session?", "does it hurt?", "does_it_hurt"),
        ("will i bruise?", "how much is it?", "cost"),
        ("i'm pregnant, can i have it?", "is it safe?", "pregnancy"),
        ("does it hurt?", "and for how long?", "soreness_duration"),
    ],
)
async def test_it_is_else_the_treatment_and_what_can_be_unsafe(
    assistant: Agent, question: str, text: str, topic: str
) -> None:
    talk = Talk(assistant)
    await talk.say(question)
    assert (await talk.say(text)).topics == [f"faq/{topic}"]


async def test_why_is_about_the_last_answer_whatever_it_was(assistant: Agent) -> None:
    talk = Talk(assistant)
    for question in ("can i have a beer after?", "does it help back pain?", "do i need a referral?"):
        answer = await talk.say(question)
        for text in ("why?", "but why not", "how come"):
            assert (await talk.say(text)).topics == answer.topics


async def test_what_is_said_to_us_is_no_follow_up(assistant: Agent) -> None:
    talk = Talk(assistant)
    await talk.say("will i bruise?")
    for text, intent in (("no", "deny"), ("ok", "affirm"), ("stop", "stop_form"), ("hello?", "greeting")):
        assert (await talk.say(text)).intent == intent
    assert (await talk.say("ok thanks bye")).intent in {"thanks", "goodbye"}


async def test_a_place_said_to_our_question_leans_on_none_of_theirs(assistant: Agent) -> None:
    talk = Talk(assistant)
    await talk.say("will i bruise?")
    await talk.say("my neck is sore, a 5")
    assert "faq/bruising" not in (await talk.say("the inner bit of it")).topics


async def test_more_short_again_and_sources_are_about_the_last_answer(assistant: Agent) -> None:
    talk = Talk(assistant)
    answer = await talk.say("what is dry needling?")
    more = await talk.say("tell me more")
    short = await talk.say("in short please")
    again = await talk.say("say that again")
    cited = await talk.say("where is that from?")
    assert len({answer.text, more.text, short.text}) == 3
    assert again.text == answer.text
    assert "Dunning" in cited.text


async def test_more_that_was_just_said_is_not_said_again(assistant: Agent) -> None:
    talk = Talk(assistant)
    await talk.say("what is dry needling?")
    more = await talk.say("tell me more")
    assert (await talk.say("tell me more")).text != more.text


@pytest.mark.parametrize("channel", ["web", "sms"])
async def test_a_follow_up_on_the_same_topic_hears_more_on_it(assistant: Agent, channel: str) -> None:
    talk = Talk(assistant, channel)
    answer = await talk.say("what are the side effects?")
    deeper = await talk.say("how come?")
    assert deeper.topics == answer.topics == ["faq/side_effects"]
    assert "a wheeze" in deeper.text and "a wheeze" not in answer.text
    assert (await talk.say("how come?")).text == answer.text


@pytest.mark.parametrize("channel", ["web", "sms"])
async def test_more_and_short_name_the_clinics_numbers(assistant: Agent, channel: str) -> None:
    talk = Talk(assistant, channel)
    await talk.say("is it normal to be sore after?")
    for text in ("in short please", "tell me more"):
        said = (await talk.say(text)).text
        assert "(202) 555-0143" in said and "{" not in said


async def test_an_answer_is_not_said_twice_in_a_row(assistant: Agent) -> None:
    talk = Talk(assistant)
    answer = await talk.say("what should i wear?")
    again = await talk.say("do i have to take my bra off")
    assert again.topics == answer.topics and again.text != answer.text


async def test_asked_how_long_a_follow_up_hears_the_time_that_the_answer_named(assistant: Agent) -> None:
    talk = Talk(assistant)
    await talk.say("will i bruise?")
    assert "fades in days to a week" in (await talk.say("how long does it last?")).text


@pytest.mark.parametrize("channel", ["web", "sms"])
async def test_more_on_nothing_asks_on_what(assistant: Agent, channel: str) -> None:
    talk = Talk(assistant, channel)
    await talk.say("hello")
    assert "like to hear more about" in (await talk.say("tell me more")).text


async def test_after_a_warning_follow_ups_hear_it_again_and_open_no_second_alert(assistant: Agent) -> None:
    talk = Talk(assistant)
    await talk.say("can i go swimming after?")
    warning = await talk.say("i cant breathe properly since the session")
    assert warning.messages[0]["custom"]["kind"] == "urgent"
    for text in ("what should i do", "is that dangerous?", "why"):
        again = await talk.say(text)
        assert again.text == warning.text
        assert again.messages[0]["custom"]["kind"] == "notice"
    assert (await talk.say("how much does it cost?")).topics == ["faq/cost"]
