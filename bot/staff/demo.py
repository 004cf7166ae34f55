"""A made-up clinic's week, for trying the staff site and for its screenshots. Nobody in it is real."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.records import (
    alerts,
    consents,
    conversations,
    inbox,
    messages,
    patients,
    reports,
    reviews,
    turns,
    unanswered,
    visits,
)
from bot.records.reports import Area, Details

ZONE = "America/New_York"
_PEOPLE = (
    ("Maria Lopez", "calf", "left"), ("John Becker", "upper_trapezius", "right"), ("Aisha Khan", "gluteal", "left"),
    ("Tom Reed", "forearm", "right"), ("Grace Chen", "neck", None), ("Peter Novak", "hamstring", "left"),
)  # fmt: skip
_TALKS: tuple[tuple[str, str, str, float], ...] = (
    ("is it normal that my calf is sore the day after", "soreness_normal",
     "Yes. Soreness for a day or two is common after needling. It mostly goes within 48 hours.", 0.93),
    ("does it hurt", "does_it_hurt",
     "Most people feel a quick ache or a twitch. The needles are very thin.", 0.97),
    ("how many sessions do i need", "number_of_sessions",
     "That differs from person to person. Your therapist plans it with you.", 0.91),
    ("can i go swimming tonight", "aftercare_exercise",
     "Gentle movement is fine for most people. Ask your therapist about swimming today.", 0.58),
    ("whats the difference to acupuncture", "acupuncture_difference",
     "Both use thin needles. Dry needling treats muscles and works from anatomy.", 0.95),
    ("do you take blue shield", "insurance", "That depends on your plan. Please ask us by phone.", 0.74),
    ("i bruise easily because of my pills, is that a problem", "contraindications",
     "Tell your therapist before the session. They decide with you.", 0.66),
    ("how long does a session last", "session_length", "The needling part is often a few minutes.", 0.96),
)  # fmt: skip
_UNANSWERED = (
    "can i swim in the sea after dry needling", "is swimming ok tomorrow", "can I go for a swim in the pool tonight",
    "swimming after a session?", "do you do home visits", "could somebody come to my house for a home visit",
    "is there parking at the clinic", "where can i park my car", "will it make my tattoo look different",
    "can needles damage a tattoo on my shoulder", "are the needles vegan",
)  # fmt: skip


def seed(session: Session, *, now: datetime, talks: int = 40) -> None:
    """Write the week that ended `now`: patients with visits and reports, visitors, alerts, open questions."""
    chance = random.Random(7)  # noqa: S311 (made-up data)
    people = [_patient(session, number, name, now) for number, (name, _, _) in enumerate(_PEOPLE)]
    for number, (_, part, side) in enumerate(_PEOPLE):
        _course(session, people[number], part, side, chance, now - timedelta(days=number, hours=50))
    for number in range(talks):
        at = now - timedelta(minutes=35 + number * 131)
        said, topic, answer, confidence = _TALKS[number % len(_TALKS)]
        _talk(session, f"demo-web-{number:03}", said, topic, answer, confidence, at)
    for number, words in enumerate(_UNANSWERED):
        _question(session, f"demo-ask-{number:02}", words, now - timedelta(hours=3 + 5 * number))
    _warning(session, people[0], now)


def _patient(session: Session, number: int, name: str, now: datetime) -> str:
    phone = f"+1202555{110 + number:04}"
    one = patients.create(
        session, zone=ZONE, now=now, name=name, phone=phone, external_id=f"MRN-{1040 + number}"
    )
    consents.record(
        session, phone, "texts", "granted", wording_version="1", actor="demo", now=now - timedelta(days=9),
        patient=one.id, evidence="signed at the desk",
    )  # fmt: skip
    return one.id


def _course(
    session: Session, patient: str, part: str, side: str | None, chance: random.Random, begun: datetime
) -> None:
    """A visit, and texts about soreness on the three days after."""
    visit, _ = visits.record(
        session, patient, ended_at=begun, zone=ZONE, now=begun, areas=(part,), therapist="Ann"
    )
    person = patients.get(session, patient)
    assert person is not None
    thread = f"demo-sms-{patient}"
    conversations.ensure(session, thread, "sms", now=begun, patient=patient, phone_hash=person.phone_hash)
    for hours, score in ((3, 3), (22, chance.randint(4, 7)), (46, chance.randint(1, 3))):
        at = begun + timedelta(hours=hours)
        messages.append(
            session,
            thread,
            "assistant",
            "Oak St Clinic: how sore are you now, 0 (none) to 10 (worst)?",
            now=at,
        )
        words = f"about a {score}, mostly the {side + ' ' if side else ''}{part.replace('_', ' ')}"
        heard, _ = inbox.receive(
            session, "sms", f"SM{patient}{hours}", thread, words, now=at, patient=patient
        )
        messages.append(session, thread, "patient", words, now=at + timedelta(minutes=4), inbox=heard.id)
        details = Details(
            score=score, areas=(Area(part, side, None, None),), session_at=begun, words=words, complete=True
        )
        reports.record_report(
            session, heard.id, details, channel="sms", now=at + timedelta(minutes=4), conversation=thread,
            patient=patient, visit=visit.id, zone=ZONE,
        )  # fmt: skip
        turns.record(
            session, thread, heard.id, now=at, text=words, intent="report_soreness", confidence=0.94,
            ranking=({"name": "report_soreness", "confidence": 0.94},), slots={"score": score}, policy="RulePolicy",
            actions=("soreness_form",), answers=("utter_report_saved",), model_id="demo", milliseconds=38,
        )  # fmt: skip
        messages.append(
            session, thread, "assistant", "Thank you. I have noted it for your therapist.",
            now=at + timedelta(minutes=5), answer="utter_report_saved", model_id="demo",
        )  # fmt: skip
        conversations.add_topics(session, thread, ("faq/soreness_normal",))


def _talk(
    session: Session, thread: str, said: str, topic: str, answer: str, confidence: float, at: datetime
) -> str:
    """A visitor's question and its answer; gives the inbound id."""
    conversations.ensure(session, thread, "web", now=at)
    heard, _ = inbox.receive(session, "web", f"{thread}:1", thread, said, now=at)
    messages.append(session, thread, "patient", said, now=at, inbox=heard.id)
    messages.append(
        session, thread, "assistant", answer, now=at + timedelta(seconds=1), inbox=heard.id,
        answer=f"utter_faq/{topic}", model_id="demo",
    )  # fmt: skip
    second = {"name": "faq/side_effects", "confidence": round(1 - confidence, 2)}
    turns.record(
        session, thread, heard.id, now=at, text=said, intent=f"faq/{topic}", confidence=confidence,
        topics=(f"faq/{topic}",), ranking=({"name": f"faq/{topic}", "confidence": confidence}, second),
        policy="RulePolicy", actions=("action_answer",), answers=(f"utter_faq/{topic}",), model_id="demo",
        milliseconds=41,
    )  # fmt: skip
    conversations.add_topics(session, thread, (f"faq/{topic}",))
    return heard.id


def _question(session: Session, thread: str, words: str, at: datetime) -> None:
    told = "I am not sure that I understand. Do you mean one of these?"
    heard = _talk(session, thread, words, "unsure", told, 0.31, at)
    nearest = ({"name": "faq/aftercare_exercise", "confidence": 0.31},)
    unanswered.note(session, thread, heard, words, now=at, nearest=nearest, confidence=0.31)


def _warning(session: Session, patient: str, now: datetime) -> None:
    """A warning sign that waits, one that somebody looks after, one soreness task."""
    rows = (
        (
            "short_of_breath",
            "emergency",
            "cant get a proper breath since yesterdays session, chest feels tight",
            6,
        ),
        ("spreading_redness", "same_day", "the spot on my leg is red and hot and its getting bigger", 190),
        ("fainted", "same_day", "i fainted in the car park after", 1500),
    )
    for number, (sign, tier, words, minutes) in enumerate(rows):
        at, thread = now - timedelta(minutes=minutes), f"demo-sign-{number}"
        conversations.ensure(session, thread, "web", now=at)
        heard, _ = inbox.receive(session, "web", f"{thread}:1", thread, words, now=at)
        messages.append(session, thread, "patient", words, now=at, inbox=heard.id)
        told = (
            "Call 911 now." if tier == "emergency" else "Please call us today, so that somebody looks at it."
        )
        messages.append(session, thread, "assistant", told, now=at, inbox=heard.id)
        alert, _ = alerts.open_alert(
            session, sign, tier, now=at, inbox=heard.id, conversation=thread, words=words, answered=told,
            next_escalation_at=at,
        )  # fmt: skip
        if number == 2:
            alerts.close(
                session, alert.id, actor="demo", outcome="called", note="Called, feels fine now.", now=now
            )
    report = next(iter(reports.recent(session, patient=patient)))
    alerts.open_alert(
        session, "high_score", "same_day", now=now - timedelta(hours=5), patient=patient, report=report.id,
        conversation=report.conversation_id, words="8 out of 10 today, worse than yesterday", next_escalation_at=None,
    )  # fmt: skip
    reviews.tag(session, "demo-web-003", "wording", actor="demo", now=now)
    reviews.add_note(
        session, "The answer should name swimming.", actor="demo", now=now, conversation="demo-web-003"
    )
