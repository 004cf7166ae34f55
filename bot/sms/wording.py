"""Every fixed text that we send, in plain letters, one segment each (tests count them with the longest names).

No question's natural answer is a carrier's word: STOP, END, CANCEL, QUIT, YES, HELP, INFO, START never reach us
(sms-and-privacy.md 0.10). Texts name no body part and no diagnosis (B.4).
"""

from __future__ import annotations

import unicodedata

from bot.clinic_facts import phone
from bot.settings import Clinic
from bot.sms.segments import cost, plain

LONGEST_NAME = 16


def first_name(name: str | None) -> str:
    """A first name as texts use it, in letters of GSM-7; "" when it has none."""
    first = (name or "").split(" ")[0][:LONGEST_NAME]
    if not first or cost(first).encoding == "GSM-7":
        return first
    decomposed = unicodedata.normalize("NFKD", first)
    without_marks = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return without_marks if cost(without_marks).encoding == "GSM-7" else ""


def question(clinic: Clinic, name: str | None) -> str:
    """The question after a session. A first name tells those apart who share a phone."""
    return (
        f"{_hello(name)}{_from(clinic)}: how sore are you now after dry needling, 0-10? "
        "0 is none, 10 the worst. Reply STOP to end."
    )


def reminder(clinic: Clinic, name: str | None) -> str:
    """The one reminder."""
    return (
        f"{_hello(name)}{_from(clinic)}: a short reminder. How sore are you now, 0-10? "
        "A number is enough. Reply STOP to end."
    )


def invitation(clinic: Clinic) -> str:
    """The text that asks whether we may ask: the second half of a double opt-in."""
    return (
        f"{_from(clinic)}: may we text you up to {len(clinic.followups.steps)}x after each session to ask how sore "
        "you are? Reply OK to agree. Msg&data rates may apply. STOP to end."
    )


def agreed(clinic: Clinic) -> str:
    """After a yes."""
    return (
        f"{_from(clinic)}: thank you. An automated assistant will ask how sore you are after a session. "
        "Text HELP for help, STOP to end."
    )


def declined(clinic: Clinic) -> str:
    """After a no to the invitation."""
    return f"{_from(clinic)}: all right, we will not text you. Reply START if you change your mind."


def stopped(clinic: Clinic) -> str:
    """The one confirmation after STOP."""
    return f"{_from(clinic)}: you will get no more texts from us. Reply START to get them again."


def stopped_perhaps(clinic: Clinic) -> str:
    """After words that may mean STOP."""
    return (
        f"{_from(clinic)}: it reads as if you want no more texts, so we stopped them. Reply START to go on."
    )


def help_text(clinic: Clinic) -> str:
    """HELP. A frightened patient may send it: the emergency number comes first."""
    return (
        f"Emergency? Call {_emergency(clinic)}. {_from(clinic)} automated texts on soreness after dry needling. "
        f"Clinic: {_call(clinic)}. Rates may apply. STOP to end."
    )


def no_words(clinic: Clinic) -> str:
    """A picture, a recording or nothing at all."""
    return (
        f"{_from(clinic)}: I can only read words. Please write it, or call {_call(clinic)}. "
        f"In an emergency call {_emergency(clinic)}."
    )


def holding(clinic: Clinic) -> str:
    """The answer takes longer than it should."""
    return (
        f"{_from(clinic)}: we got your text; the answer takes a while. If it is urgent, call {_call(clinic)}; "
        f"in an emergency {_emergency(clinic)}."
    )


def cannot_answer(clinic: Clinic) -> str:
    """This message can't be answered by us."""
    return (
        f"{_from(clinic)}: sorry, I can't answer that. Please use other words, or call {_call(clinic)}; "
        f"in an emergency {_emergency(clinic)}."
    )


def ask_whether(clinic: Clinic, number: str, day: str) -> str:
    """A number came, but no question is open: nothing is noted until it comes again."""
    return (
        f"{_from(clinic)}: is {number} how sore you are now, after your session on {day}? "
        "If so, please send the number again."
    )


def ask_who(clinic: Clinic, names: tuple[str, ...], number: str) -> str:
    """A number came and could be about several people who share the phone."""
    shown = " or ".join(names[:3])
    return (
        f"{_from(clinic)}: is {number} for {shown}? Please send name and number, such as: {names[0]} {number}"
    )


def _from(clinic: Clinic) -> str:
    return plain(clinic.sms_name)


def _hello(name: str | None) -> str:
    shown = first_name(name)
    return f"Hi {shown}, " if shown else ""


def _call(clinic: Clinic) -> str:
    return phone(clinic.phone, clinic.country)


def _emergency(clinic: Clinic) -> str:
    return phone(clinic.emergency.number, clinic.country)
