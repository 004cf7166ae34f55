"""Who may do what: four roles, a handful of rights (sms-and-privacy.md D.1: minimum necessary)."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """Something that a route asks of whoever is signed in."""

    ENTER = "enter"  # the queues' counts, one's own account
    SEE_ALERTS = "see alerts"
    ACT_ON_ALERTS = "act on alerts"
    READ_WORDS = "read words"  # transcripts, questions, the words of an alert or report
    REVIEW = "review"
    TEACH = "teach"
    SEE_PATIENTS = "see patients"
    CHANGE_PATIENTS = "change patients"
    EXPORT = "export"
    ERASE = "erase"
    SEE_NUMBERS = "see numbers"
    READ_AUDIT = "read the audit"
    MANAGE_STAFF = "manage staff"
    BREAK_GLASS = "break the glass"


_FRONT_DESK = frozenset(
    {
        Right.ENTER,
        Right.SEE_ALERTS,
        Right.ACT_ON_ALERTS,
        Right.SEE_PATIENTS,
        Right.CHANGE_PATIENTS,
        Right.BREAK_GLASS,
    }
)
_CLINICIAN = (_FRONT_DESK - {Right.BREAK_GLASS}) | {
    Right.READ_WORDS,
    Right.REVIEW,
    Right.TEACH,
    Right.EXPORT,
    Right.SEE_NUMBERS,
}
ROLES: dict[str, frozenset[Right]] = {
    "front_desk": _FRONT_DESK,
    "clinician": _CLINICIAN,
    "admin": _CLINICIAN | {Right.ERASE, Right.READ_AUDIT, Right.MANAGE_STAFF},
    "auditor": frozenset({Right.ENTER, Right.SEE_NUMBERS, Right.READ_AUDIT}),
}


def rights_of(role: str, *, glass_broken: bool = False) -> frozenset[Right]:
    """The rights of a role; an unknown role has none. Who broke the glass reads words too, for an hour."""
    rights = ROLES.get(role, frozenset())
    return rights | {Right.READ_WORDS} if glass_broken and Right.BREAK_GLASS in rights else rights
