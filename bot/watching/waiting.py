"""What stands still in the database, read when Prometheus asks, a few seconds at most before."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.records.database import Database, DatabaseUnavailableError
from bot.records.standing import Queue, Standing, standing

_FRESH_SECONDS = 5.0

#: Gauges by name: what they say, and their label if they have one. Each has a partner `…_oldest_seconds`.
QUEUES = {
    "texts_waiting": ("Texts that are due and not handed to the carrier", None),
    "texts_unknown": ("Texts handed over of which nobody knows what became", None),
    "messages_waiting": ("Patients' messages without an answer", "channel"),
    "followups_due": ("Questions that are due and not queued", None),
    "alerts_unacknowledged": ("Alerts that nobody has acknowledged", "tier"),
}
UP, BACKUP = "database_up", "backup_last_timestamp_seconds"


class Waiting(Collector):
    """Gauges of one database. A lost database is a figure too, never a failed scrape."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self._read_at = float("-inf")
        self._found: Standing | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges now."""
        found = self._standing()
        yield GaugeMetricFamily(UP, "Whether the database answers", value=found is not None)
        if found is None:
            return
        backed_up = found.backed_up_at.timestamp() if found.backed_up_at else 0
        yield GaugeMetricFamily(
            BACKUP, "When the last backup was made (Unix time); 0 is never", value=backed_up
        )
        for name, (says, label) in QUEUES.items():
            queues = _queues(found, name)
            labels = [label] if label else []
            counts = GaugeMetricFamily(name, says, labels=labels)
            ages = GaugeMetricFamily(f"{name}_oldest_seconds", f"{says}: age of the first", labels=labels)
            for key, queue in queues.items():
                counts.add_metric([key] if label else [], queue.count)
                ages.add_metric([key] if label else [], queue.oldest.total_seconds())
            yield counts
            yield ages

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing: registering must not read the database."""
        return iter(())

    def _standing(self) -> Standing | None:
        if time.monotonic() - self._read_at > _FRESH_SECONDS:
            try:
                with self._database.reading() as session:
                    self._found = standing(session, now=self._clock())
            except DatabaseUnavailableError:
                self._found = None
            self._read_at = time.monotonic()
        return self._found


def registry_of(database: Database, clock: Callable[[], datetime]) -> CollectorRegistry:
    """A registry of one database's gauges."""
    registry = CollectorRegistry()
    registry.register(Waiting(database, clock))
    return registry


def _queues(found: Standing, name: str) -> dict[str, Queue]:
    named = {
        "texts_waiting": {"": found.texts_waiting},
        "texts_unknown": {"": found.texts_unknown},
        "messages_waiting": found.messages_waiting,
        "followups_due": {"": found.followups_due},
        "alerts_unacknowledged": found.alerts,
    }
    return named[name]
