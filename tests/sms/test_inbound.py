"""Every text is taken once, answered once, in order, whatever it holds and however often it comes."""

from __future__ import annotations

import asyncio
import io
import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from benchmarks.fuzz_hooks import fuzz
from bot.records import chats, restored
from bot.records.followups import PromptRow
from bot.records.inbox import InboxRow
from bot.records.outbox import OutboxRow
from bot.sms.conversing import Conversing
from bot.sms.listening import Listening
from bot.sms.numbers import e164
from bot.sms.provider import LookupFailedError
from bot.sms.words import words_of
from bot.web.logs import log_as_json
from tests.sms.practice import ANA, OURS, PUBLIC, Practice

URL = f"{PUBLIC}/sms/fake"


async def post(practice: Practice, sid: str, body: str, sender: str = ANA, **more: str) -> int:
    fields = {
        "AccountSid": "AC" + "0" * 32,
        "MessageSid": sid,
        "From": sender,
        "To": OURS,
        "Body": body,
        **more,
    }
    headers = {"X-Twilio-Signature": practice.carrier.signature(URL, fields)}
    return (await practice.http.post("/sms/fake", data=fields, headers=headers)).status_code


def count(practice: Practice, column: Any, *where: Any) -> int:
    with practice.database.reading() as session:
        return int(session.scalar(select(func.count(column)).where(*where)) or 0)


async def test_every_hook_posted_many_times_at_once_makes_one_row_one_turn_one_reply(
    practice: Practice,
) -> None:
    chance = random.Random(3)
    posts = [f"SM{number}" for number in range(20) for _ in range(chance.randrange(1, 6))]
    chance.shuffle(posts)
    answers = await asyncio.gather(
        *(post(practice, sid, f"is {sid} normal?", f"+1202555{sid[2:].zfill(4)}") for sid in posts)
    )
    assert set(answers) == {204}
    await practice.run()
    assert count(practice, InboxRow.id) == 20
    assert sorted(practice.assistant.asked.values()) == [1] * 20
    assert count(practice, OutboxRow.id, OutboxRow.kind == "reply", OutboxRow.state != "queued") == 20


async def test_a_captured_request_sent_again_after_30_days_makes_nothing(practice: Practice) -> None:
    await post(practice, "SM1", "6")
    await practice.run()
    before = (count(practice, InboxRow.id), count(practice, OutboxRow.id))
    await practice.later(days=30)
    assert await post(practice, "SM1", "6") == 204
    await practice.run()
    assert (count(practice, InboxRow.id), count(practice, OutboxRow.id)) == before


async def test_three_texts_in_a_second_are_answered_one_by_one_in_order(practice: Practice) -> None:
    for number in range(3):
        await post(practice, f"SM{number}", f"question {number}?")
    other = Conversing(
        practice.conversing.records, practice.conversing.assistant, practice.clinic, "other", practice.clock
    )
    await asyncio.gather(practice.conversing.answer_waiting(), other.answer_waiting())
    await practice.run()
    assert practice.assistant.texts == ["question 0?", "question 1?", "question 2?"]


async def test_a_worker_killed_after_the_turn_answers_once_all_the_same(
    practice: Practice, monkeypatch: Any
) -> None:
    await post(practice, "SM1", "is bruising normal?")

    async def die(*_: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(Conversing, "_ask", die)
        with pytest.raises(asyncio.CancelledError):
            await practice.conversing.answer_waiting()
    assert await practice.conversing.answer_waiting() == 0, "its lease still runs"
    await practice.later(minutes=2)
    assert practice.reads() == ["You said: is bruising normal?"]


async def test_too_many_texts_of_one_number_are_kept_but_not_answered(practice: Practice) -> None:
    limit = practice.clinic.sms.replies_an_hour
    for number in range(limit + 5):
        await post(practice, f"SM{number}", f"question {number}?")
        await practice.run()
    assert count(practice, InboxRow.id) == limit + 5
    assert len(practice.reads()) == limit
    await practice.later(hours=1.1)
    await post(practice, "SMlater", "and now?")
    await practice.run()
    assert practice.reads()[-1] == "You said: and now?"


async def test_a_short_code_or_mail_gateway_is_kept_and_not_answered(practice: Practice) -> None:
    for number, sender in enumerate(("72345", "someone@example.org", "")):
        await post(practice, f"SM{number}", "hello", sender)
    await practice.run()
    assert practice.assistant.turns == []


ODD = [
    "", " ", "\n", "a" * 1600, "a" * 10_000, "😀" * 500, "👨‍👩‍👧" * 50, "e" + "\u0301" * 1000, "\u202eabc", "\x00\x01",
    "\u200b", "７/10", "٧", "7/10", "10-4", "-3", "11", "0.5", "' or 1=1 --", "<script>alert(1)</script>", "=1+1",
    "/intent{\"a\":1}", "{slot} {{ 1 }}", "%s %n", "\ufeff6", "ﬁ", "STOP\x00", "🛑", "QUJD" * 20,
]  # fmt: skip


async def test_odd_and_random_bodies_never_break_the_door_or_the_worker(practice: Practice) -> None:
    chance = random.Random(11)
    letters = [*(chr(chance.randrange(1, 0x3000)) for _ in range(500)), *" 6 \U0001f600" * 50]
    drawn = ["".join(chance.choices(letters, k=chance.randrange(60))) for _ in range(60)]
    for number, body in enumerate([*ODD, *drawn]):
        clean = body.encode("utf-8", "ignore").decode()
        assert await post(practice, f"SM{number}", clean, f"+1202555{number:04d}") == 204, ascii(body)
    await practice.run()
    assert count(practice, InboxRow.id, InboxRow.state.in_(("received", "processing"))) == 0
    with practice.database.reading() as session:
        for row in session.scalars(select(InboxRow.id)):
            assert all("\x00" not in line.text for line in chats.lines_of(session, row))


async def test_random_bodies_signed_or_not_get_an_answer_below_500() -> None:
    """The short form of benchmarks/fuzz_hooks.py."""
    statuses = await fuzz(150, seed=12)
    assert sum(statuses.values()) == 150 and max(statuses) < 500 and statuses[204] >= 100


async def test_a_text_that_no_webhook_brought_is_taken_in_once_and_answered(practice: Practice) -> None:
    lost = practice.carrier.network.hear(ANA, OURS, "is bruising normal?", practice.clock.unix())
    gaps = Listening(practice.database, practice.provider, practice.clinic, practice.clock)
    assert gaps.fill_gaps() == 0, "its webhook may still come"
    practice.clock.now += timedelta(minutes=3)
    assert gaps.fill_gaps() == 1 and gaps.fill_gaps() == 0
    assert await post(practice, lost.sid, lost.body) == 204, "and when it comes after all"
    await practice.run()
    assert practice.reads() == ["You said: is bruising normal?"] and count(practice, InboxRow.id) == 1


async def test_a_stop_that_no_webhook_brought_stops_and_our_own_texts_are_not_taken_for_the_patients(
    practice: Practice,
) -> None:
    practice.session()
    await practice.later(hours=3.5)
    practice.carrier.network.hear(ANA, OURS, "please stop texting me", practice.clock.unix())
    practice.clock.now += timedelta(minutes=3)
    assert Listening(practice.database, practice.provider, practice.clinic, practice.clock).fill_gaps() == 1
    await practice.later(days=3)
    assert len([text for text in practice.reads() if "sore" in text]) == 1


async def test_what_the_lost_installation_may_have_answered_is_not_answered_again(practice: Practice) -> None:
    practice.carrier.network.hear(ANA, OURS, "is bruising normal?", practice.clock.unix())
    practice.clock.now += timedelta(minutes=3)
    with practice.database.transaction() as session:
        restored.make_safe(session, made_at=practice.clock(), now=practice.clock(), actor="test")
    assert Listening(practice.database, practice.provider, practice.clinic, practice.clock).fill_gaps() == 0


async def test_while_the_provider_can_not_be_asked_gaps_wait(practice: Practice, monkeypatch: Any) -> None:
    def down(*_: Any) -> Any:
        raise LookupFailedError("down")

    practice.carrier.network.hear(ANA, OURS, "hello", practice.clock.unix())
    practice.clock.now += timedelta(minutes=3)
    gaps = Listening(practice.database, practice.provider, practice.clinic, practice.clock)
    with monkeypatch.context() as broken:
        broken.setattr(practice.provider, "heard", down)
        assert gaps.fill_gaps() == 0
    assert gaps.fill_gaps() == 1


@pytest.mark.parametrize(
    ("written", "number"),
    [("(202) 555-0143", ANA), ("+1 202 555 0143", ANA), ("202.555.0143", ANA), ("+44 20 7946 0000", "+442079460000"),
     ("0044 20 7946 0000", None), ("555-0143", None), ("+1 415 555 2671 ext 4", None), ("x", None), ("", None),
     ("12345", None), ("+1 055 555 0143", None)],
)  # fmt: skip
def test_numbers_as_people_write_them(written: str, number: str | None) -> None:
    assert e164(written, "US") == number


def test_words_are_kept_as_one_form_without_commands_and_cut_at_a_thousand() -> None:
    assert words_of("/restart") == ("restart", False)
    assert words_of("e\u0301") == ("é", False)
    assert words_of("\u200b\x00") == ("", False)
    assert len(words_of("a" * 10_000)[0]) == 1000 and words_of("a" * 10_000)[1]
    assert words_of("TXkgY2FsZiBpcyBzdGlsbCBzb3JlLCA0IEkgdGhpbms=")[0] == "My calf is still sore, 4 I think"
    assert words_of("ABCDEFGHIJKLMNOPQRSTUVWX")[0] == "ABCDEFGHIJKLMNOPQRSTUVWX"


async def test_no_number_name_or_word_of_a_patient_reaches_a_log(practice: Practice) -> None:
    logged = io.StringIO()
    log_as_json(logged)
    practice.session(ANA, "Quetzal")
    await practice.later(hours=3.5)
    await practice.says(ANA, "zebra-canary my calf 6")
    practice.assistant.mode = "500"
    await practice.says(ANA, "zebra-canary again")
    await practice.http.post("/sms/fake", data={"From": ANA, "Body": "zebra-canary"})
    text = logged.getvalue()
    assert "no_answer" in text and "bad_signature" in text
    for canary in ("zebra", "Quetzal", ANA, ANA[2:], "2025550143"):
        assert canary not in text, canary


async def test_a_question_is_answered_by_the_door_before_the_result_of_its_sending_is_known(
    practice: Practice,
) -> None:
    """The carrier took the question, our call timed out, the patient is faster than the reconciler."""
    practice.session()
    await practice.later(hours=2)
    from bot.sms.provider import Unknown

    send, practice.provider.send = practice.provider.send, lambda text: send(text) and Unknown("ReadTimeout")  # type: ignore[method-assign,assignment,return-value]
    practice.carrier.fate.mix = type(practice.carrier.fate.mix)(lost_callbacks=1.0)
    await practice.later(hours=1.5)
    practice.provider.send = send  # type: ignore[method-assign]
    assert count(practice, PromptRow.id, PromptRow.asked_at.is_(None)) == 1
    await practice.says(ANA, "6")
    assert practice.assistant.turns[-1]["facts"]["prompt"] is not None
