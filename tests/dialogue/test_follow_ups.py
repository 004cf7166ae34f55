"""A follow-up is read with the question before it, through the whole conversation."""

from __future__ import annotations

from rasa.core.agent import Agent

from bot.dialogue.talk import Talk


async def test_a_short_follow_up_leans_on_the_question_before(assistant: Agent) -> None:
    talk = Talk(assistant)
    first = await talk.say("how long does a session take?")
    assert first.topics == ["faq/session_length"]
    assert first.parsed["normalised"]
    second = await talk.say("and how many of them?")
    assert second.topics == ["faq/number_of_sessions"]
    assert second.parsed["metadata"]["previous_question"] == first.parsed["normalised"]


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
