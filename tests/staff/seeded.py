"""A site with the demo's week in it, and the ids that addresses need."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from bot.records import corrections, staff
from bot.records.alerts import AlertRow
from bot.records.conversations import ConversationRow
from bot.records.inbox import InboxRow
from bot.records.patients import PatientRow
from bot.records.report_rows import ReportRow
from bot.records.unanswered import UnansweredRow
from bot.records.visits import VisitRow
from bot.staff import demo
from tests.staff.site import NOW, Site


@dataclass
class Ids:
    """One id of each kind."""

    alert: str
    conversation: str
    patient: str
    visit: str
    report: str
    question: str
    correction: str
    message: str
    account: str


def fill(site: Site) -> Ids:
    """Seed the demo and look up ids."""
    with site.database.transaction() as session:
        demo.seed(session, now=NOW)
        learnt = corrections.propose(session, "soreness_normal", "is it ok to be sore", actor="demo", now=NOW)
        account = staff.create(session, "colleague", "Colleague", "clinician", now=NOW)
        open_sign = select(AlertRow.id).where(AlertRow.state == "open", AlertRow.report_id.is_(None))
        own = select(ConversationRow.id).where(ConversationRow.patient_id.is_not(None))
        return Ids(
            alert=str(session.scalar(open_sign)),
            conversation=str(session.scalar(own)),
            patient=str(session.scalar(select(PatientRow.id))),
            visit=str(session.scalar(select(VisitRow.id))),
            report=str(session.scalar(select(ReportRow.id))),
            question=str(session.scalar(select(UnansweredRow.id))),
            correction=learnt.id,
            message=str(session.scalar(select(InboxRow.id))),
            account=account.id,
        )
