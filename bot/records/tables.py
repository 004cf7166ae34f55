"""Every table at once, for migrations, key rotation and purges: importing this fills `Base.metadata`."""

from bot.records import (  # noqa: F401
    alerts,
    audit,
    consents,
    conversations,
    followups,
    inbox,
    installation,
    messages,
    outbox,
    patients,
    reports,
    reviews,
    search,
    staff,
    tracker,
    turns,
    unanswered,
    visits,
)
from bot.records.rows import Base

metadata = Base.metadata
