"""The ladder: who is due to be told of which alert now (sms-and-privacy.md D.8).

An alert is taken under a short lease, people are told outside any transaction, then the step is noted. A crash
in between tells somebody twice rather than nobody. What could not be sent is tried again a minute later, and
the next ones on the ladder are told in their time all the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from bot.alerting.letter import letter_about
from bot.alerting.mail import MailServer, NotSentError, mail_server, send
from bot.alerting.webhook import Webhook, post, webhook
from bot.records import alert_queue, alerts, audit
from bot.records.alerts import Alert
from bot.records.database import Database
from bot.settings import Settings, SettingsError, TellStep

LEASE = timedelta(minutes=1)
log = structlog.get_logger("alerting")


def check_alerting(settings: Settings) -> None:
    """Refuse to start with settings that can't tell anybody. Raises SettingsError with one line."""
    server, hook = mail_server(), webhook()
    if server is not None and not settings.clinic.alerting.steps:
        raise SettingsError("clinic.yml: alerting.steps: BOT_SMTP_URL is set, but nobody is named to be told")
    if hook is not None and not settings.clinic.alerting.steps:
        raise SettingsError("clinic.yml: alerting.steps: BOT_ALERT_WEBHOOK is set, but there are no steps")


def tell_people(database: Database, settings: Settings, now: datetime) -> int:
    """Tell everybody who is due; give the number of letters sent. The worker calls it every few seconds."""
    server, hook = mail_server(), webhook()
    if server is None and hook is None:
        return 0
    with database.transaction() as session:
        due = alert_queue.take_for_telling(session, now=now, lease=LEASE)
    return sum(_tell(database, settings, alert, server, hook, now) for alert in due)


def due_steps(alert: Alert, steps: tuple[TellStep, ...], now: datetime) -> tuple[TellStep, ...]:
    """The steps of the ladder that an alert has reached and that were not told."""
    return tuple(
        step
        for step in steps[alert.escalation_step :]
        if alert.opened_at + timedelta(minutes=step.after_minutes) <= now
    )


def _tell(
    database: Database,
    settings: Settings,
    alert: Alert,
    server: MailServer | None,
    hook: Webhook | None,
    now: datetime,
) -> int:
    steps, sent = settings.clinic.alerting.steps, 0
    told: list[TellStep] = []
    for step in due_steps(alert, steps, now):
        letter = letter_about(alert, settings, now=now, again=alert.escalation_step > 0 or bool(told))
        try:
            if server is not None:
                send(server, settings.clinic.alerting.sender, step.to, letter)
            if hook is not None:
                post(hook, letter, step.name)
        except NotSentError as error:
            log.error("alert_not_told", alert=alert.id, step=step.name, reason=str(error))
            break
        told.append(step)
        sent += 1
    with database.transaction() as session:
        _note(session, alert, steps, told, now)
    return sent


def _note(
    session: Session, alert: Alert, steps: tuple[TellStep, ...], told: list[TellStep], now: datetime
) -> None:
    current = alerts.get(session, alert.id)
    if current is None or current.state != "open" or current.escalation_step != alert.escalation_step:
        return
    for done, step in enumerate(told, start=alert.escalation_step + 1):
        following = steps[done] if done < len(steps) else None
        due = alert.opened_at + timedelta(minutes=following.after_minutes) if following else None
        alerts.escalate(session, alert.id, to=step.name, now=now, next_at=due)
        audit.append(
            session,
            "assistant",
            "told",
            f"alert:{alert.id}",
            now=now,
            patient=alert.patient_id,
            details={"step": step.name, "people": len(step.to)},
        )
    if not told and not due_steps(alert, steps, now):
        following = steps[alert.escalation_step] if alert.escalation_step < len(steps) else None
        due = alert.opened_at + timedelta(minutes=following.after_minutes) if following else None
        alerts.set_next(session, alert.id, due)
