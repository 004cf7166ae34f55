"""Whether a number may be texted: asked, agreed, stopped. Append-only; the newest entry counts.

47 CFR 64.1200(a)(10): any reasonable words stop the texts, at once, and one confirmation may follow
(sms-and-privacy.md B.2). STOP covers the number, whoever shares it.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from bot.records import consents, prompts, submissions
from bot.records.rows import vault_of
from bot.settings import Clinic
from bot.sms import wording
from bot.sms.saying import say

SCOPE = "texts"
CONFIRM_WITHIN = timedelta(minutes=5)
_AGREES = frozenset({
    "yes", "y", "yep", "yeah", "yup", "ok", "okay", "okey", "sure", "agree", "agreed", "fine", "k", "si",
    "i agree", "yes please", "ok thanks", "sure thanks", "sounds good", "that is fine", "please do",
})  # fmt: skip
_DECLINES = frozenset(["no", "n", "nope", "nah", "no thanks", "no thank you", "not now"])
# Whole bodies, any case; "Stop please" is not one (sms-and-privacy.md B.2).
_CARRIER_STOPS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_WRONG_NUMBER = re.compile(
    r"\bwr+o+n+g+ (?:number|num|no\b|person|phone|guy)|\bnumero equivocado\b|\bpersona equivocada\b"
    r"|\b(?:not|isn'?t) (?:my|her|his|\w+'s) (?:number|phone)\b|\bdon'?t know (?:any|who) \w+"
)


class Wish(StrEnum):
    """What a text asks of the texts themselves."""

    STOP = "stop"
    STOP_PERHAPS = "stop_perhaps"
    START = "start"
    AGREE = "agree"
    DECLINE = "decline"
    HELP = "help"
    NONE = "none"


def wish_in(text: str, state: str | None) -> Wish:
    """Read a text's wish. "Yes" agrees only where the number was asked, and starts only where it had stopped."""
    # Not at the front door's start, which reads no text's wish: 0.15 s.
    from bot.reading.keywords import Keyword, keyword_in
    from bot.reading.opt_out import OptOut, reads_as_opt_out

    keyword = keyword_in(text)
    if keyword is Keyword.HELP:
        return Wish.HELP
    if keyword is Keyword.START:
        return Wish.START
    bare = " ".join(re.sub(r"[^\w\s']", " ", text.casefold()).split())
    if state == "asked" and bare in _AGREES:
        return Wish.AGREE
    if state == "asked" and bare in _DECLINES:
        return Wish.DECLINE
    if state == "withdrawn" and bare in ("yes", "unstop"):
        return Wish.START
    opt_out = reads_as_opt_out(text)
    if opt_out is OptOut.YES:
        return Wish.STOP
    return Wish.STOP_PERHAPS if opt_out is OptOut.AMBIGUOUS else Wish.NONE


def said_to_carrier(text: str) -> bool:
    """Whether carriers take a text for STOP themselves: they confirm it, and refuse whatever we would say."""
    return text.strip().upper() in _CARRIER_STOPS


def is_wrong_number(text: str) -> bool:
    """Whether a text says that we reached somebody else: a stranger may have read about a patient."""
    return bool(_WRONG_NUMBER.search(text.casefold().replace("’", "'")))


def state_of(session: Session, phone_hash: str) -> str | None:
    """What a number has said: None, "asked", "granted" or "withdrawn"."""
    return consents.state_of(session, phone_hash, SCOPE)


def withdraw(
    session: Session, phone: str, clinic: Clinic, *, evidence: str, actor: str, now: datetime
) -> None:
    """Stop all texts to a number: from this transaction's end nothing is submitted to it any more."""
    submissions.lock_out_submissions(session)
    consents.record(
        session, phone, SCOPE, "withdrawn", wording_version=clinic.sms.wording_version, actor=actor, now=now,
        evidence=evidence,
    )  # fmt: skip
    number = vault_of(session).phone_hash(phone)
    submissions.cancel_queued(session, number, "opted_out", keep=("urgent",))
    prompts.close_all(session, number, now=now)


def grant(
    session: Session, phone: str, clinic: Clinic, *, evidence: str, actor: str, now: datetime,
    patient: str | None = None,
) -> None:  # fmt: skip
    """Write down that a number agreed to texts."""
    consents.record(
        session, phone, SCOPE, "granted", wording_version=clinic.sms.wording_version, actor=actor, now=now,
        patient=patient, evidence=evidence,
    )  # fmt: skip


def invite(session: Session, phone: str, clinic: Clinic, *, actor: str, now: datetime) -> bool:
    """Ask a number by text whether it agrees, unless it was asked or has answered before."""
    if state_of(session, vault_of(session).phone_hash(phone)) is not None:
        return False
    consents.record(
        session, phone, SCOPE, "asked", wording_version=clinic.sms.wording_version, actor=actor, now=now
    )
    key = f"invitation:{vault_of(session).phone_hash(phone)}:{clinic.sms.wording_version}"
    say(session, phone, key, wording.invitation(clinic), "invitation", now=now)
    return True
