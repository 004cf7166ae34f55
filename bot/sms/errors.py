"""What a provider's error code asks of us (sms-and-privacy.md B.3; names from Twilio's list of error codes)."""

from __future__ import annotations

from enum import StrEnum


class ErrorClass(StrEnum):
    """RETRY not taken, send again; CARRIER may pass, once more later; CAPACITY a daily cap; NUMBER can't be
    reached by text; CONSENT has opted out; CONTENT the text or campaign is barred; BUG our mistake."""

    RETRY = "retry"
    CARRIER = "carrier"
    CAPACITY = "capacity"
    NUMBER = "number"
    CONSENT = "consent"
    CONTENT = "content"
    BUG = "bug"


_CLASSES = {
    ErrorClass.RETRY: ("429", "20429", "21611"),
    ErrorClass.CARRIER: ("30001", "30003", "30008", "30017", "30022", "delivery_unconfirmed", "40008"),
    ErrorClass.CAPACITY: ("30023", "30027"),
    ErrorClass.NUMBER: ("21211", "21614", "30005", "30006", "40001", "40310"),
    ErrorClass.CONSENT: ("21610", "40300"),
    ErrorClass.CONTENT: ("30004", "30007", "30032", "30034", "21408", "21606", "40002"),
    ErrorClass.BUG: ("21602", "21617", "21612"),
}
_BY_CODE = {code: kind for kind, codes in _CLASSES.items() for code in codes}


def error_class(code: str) -> ErrorClass:
    """The class of a code; an unknown one is for people to look at."""
    return _BY_CODE.get(code, ErrorClass.BUG)
