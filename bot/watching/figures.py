"""What the assistant and the worker count. The front door's own figures are in `bot/web/metrics.py`."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SLOW = (0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 15, 30, 60, 300, 900, 3600)

#: Stages of a turn: read (tracker store), understand (NLU), act (custom actions), write (tracker store),
#: whole (the turn without HTTP). Rules and policies are what is left of the whole.
TURN_SECONDS = Histogram("turn_stage_seconds", "A turn of the assistant by stage", ["stage"], buckets=_FAST)
ACTION_FAILURES = Counter(
    "action_failures", "Custom actions that failed: the patient got an apology", ["action"]
)
TURNS = Counter("turns", "Messages that the assistant dealt with", ["channel", "outcome"])

TEXTS_SENT = Counter("texts_sent", "Texts handed to the carrier, by what it said", ["outcome"])
TEXTS_SETTLED = Counter("texts_settled", "Texts of unknown outcome whose outcome was found out")
SEND_SECONDS = Histogram("text_send_seconds", "One call to the carrier", buckets=_SLOW)
REPLY_SECONDS = Histogram(
    "text_reply_seconds", "From a patient's text coming in to its answer being queued", buckets=_SLOW
)
DUTY_SECONDS = Histogram("worker_duty_seconds", "One round of a duty of the worker", ["duty"], buckets=_SLOW)
DUTY_FAILURES = Counter("worker_duty_failures", "Rounds of a duty that failed and are tried again", ["duty"])
LETTERS = Counter("alert_letters", "Steps of the ladder told of an alert, by mail or webhook")
