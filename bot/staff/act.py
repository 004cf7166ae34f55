"""One request of one member of staff: what a handler works with, and the helpers that every view starts with.

`conversation_for`, `patient_for` and `alert_for` find what a page is about and note that it was read. Notes are
written to the audit before the page leaves; when that fails, the page does not leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.records import alerts, audit, conversations, patients
from bot.records.alerts import Alert
from bot.records.conversations import Conversation
from bot.records.patients import Patient
from bot.records.staff import Staff, StaffSession
from bot.staff.desk import Desk
from bot.staff.queues import PLACES, queues_of
from bot.staff.roles import Right, rights_of

LONGEST_FIELD = 4000  # characters of a form's field


@dataclass(frozen=True)
class Deed:
    """What will stand in the audit."""

    action: str
    object: str
    patient: str | None = None
    reason: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass
class Act:
    """A request, who makes it, and the database session it works in (read-only for GET)."""

    request: Request
    desk: Desk
    session: Session
    now: datetime
    who: Staff | None
    login: StaffSession | None
    token: str
    form: Mapping[str, str]
    deeds: list[Deed] = field(default_factory=list)

    @property
    def staff(self) -> Staff:
        """Who is signed in."""
        if self.who is None:
            raise HTTPException(401)
        return self.who

    @property
    def rights(self) -> frozenset[Right]:
        """What whoever is signed in may do now."""
        if self.who is None:
            return frozenset()
        until = self.login.break_glass_until if self.login else None
        return rights_of(self.who.role, glass_broken=until is not None and until > self.now)

    @property
    def hour(self) -> int:
        """The hour on the clinic's clock."""
        return self.now.astimezone(ZoneInfo(self.desk.settings.clinic.time_zone)).hour

    def may(self, right: Right) -> bool:
        """Whether a right is there."""
        return right in self.rights

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def query(self, name: str, default: str = "") -> str:
        """A query parameter, at most as long as a field may be."""
        return self.request.query_params.get(name, default)[:LONGEST_FIELD]

    def field(self, name: str, default: str = "") -> str:
        """A field of the form, without blanks around it."""
        return self.form.get(name, default).strip()[:LONGEST_FIELD]

    def note(
        self, action: str, object_: str, patient: str | None = None, reason: str | None = None, **details: Any
    ) -> None:
        """Have an act written to the audit: ids and counts, never a patient's words."""
        self.deeds.append(Deed(action, object_, patient, reason, details))

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page from a template."""
        around = {"queues": queues_of(self.session, self.rights), "places": PLACES} if self.who else {}
        text = self.desk.pages.get_template(template).render(
            act=self, desk=self.desk, R=Right, **around, **values
        )
        return HTMLResponse(text, status)

    @property
    def wants_page(self) -> bool:
        """Whether our script sent the form and shows the page that comes back where it stands (RFC 7240)."""
        return self.request.headers.get("prefer") == "return=representation"

    def go(self, path: str, **query: Any) -> Response:
        """Send the browser to another page of the site."""
        return RedirectResponse(address(path, **query), 303)


def address(path: str, **query: Any) -> str:
    """A page's address; what is empty in the query is left out."""
    named = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(named)}" if named else path


def write_down(session: Session, actor: str, deeds: list[Deed], now: datetime) -> None:
    """Write deeds at the end of the audit."""
    for deed in deeds:
        audit.append(
            session,
            actor,
            deed.action,
            deed.object,
            now=now,
            patient=deed.patient,
            reason=deed.reason,
            details=deed.details,
        )


def conversation_for(act: Act, conversation: str) -> Conversation:
    """The conversation that a page is about, its reading noted; 404 for an unknown one."""
    return opened(act, conversation_named(act, conversation))


def conversation_named(act: Act, conversation: str) -> Conversation:
    """The conversation that an act is about which shows nothing of it; 404 for an unknown one."""
    found = conversations.get(act.session, conversation)
    if found is None:
        raise HTTPException(404)
    return found


def opened(act: Act, one: Conversation) -> Conversation:
    """A conversation whose words a page shows, its reading noted."""
    act.note("read", f"conversation:{one.id}", one.patient_id, _why(act))
    return one


def patient_for(act: Act, patient: str) -> Patient:
    """The patient that a page is about, its reading noted; 404 for an unknown one."""
    found = patients.get(act.session, patient)
    if found is None:
        raise HTTPException(404)
    act.note("read", f"patient:{found.id}", found.id, _why(act))
    return found


def alert_for(act: Act, alert: str) -> Alert:
    """The alert that a page is about, its reading noted; 404 for an unknown one."""
    found = alerts.get(act.session, alert)
    if found is None:
        raise HTTPException(404)
    act.note("read", f"alert:{found.id}", found.patient_id, _why(act))
    return found


def _why(act: Act) -> str | None:
    until = act.login.break_glass_until if act.login else None
    return act.login.break_glass_reason if act.login and until and until > act.now else None
