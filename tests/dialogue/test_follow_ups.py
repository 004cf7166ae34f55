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


async def test_what_is_said_to_us_is_no_follow_up(assistant: Agent) -> None:
    talk = Talk(assistant)
    await talk.say("will i bruise?")
    for text, intent in (("no", "deny"), ("ok", "affirm"), ("stop", "stop_form"), ("hello?", "greeting")):
        assert (await talk.say(text)).intent == intent


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
