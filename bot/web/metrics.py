"""What is counted, for Prometheus. Labels are routes and codes, never anything a person sent."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

RECEIVED = Counter("chat_messages_received", "Messages stored, by what the rules found", ["tier"])
ANSWERED = Counter("chat_messages_answered", "Messages answered, by what they were taken for", ["intent"])
REPLY_SECONDS = Histogram(
    "chat_reply_seconds",
    "From a message stored to its answer complete or put off",
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60),
)
REQUEST_SECONDS = Histogram(
    "http_request_seconds",
    "Time to the first byte of the response",
    ["route", "method", "status"],
    buckets=(0.002, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
)
