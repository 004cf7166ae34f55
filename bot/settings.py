"""What the clinic and the operator decide: `clinic.yml` and `BOT_*` variables, checked before a start.

A mistake raises `SettingsError` with one line that names the file, the field and what to do.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

import phonenumbers
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

ROOT = Path(__file__).resolve().parent.parent
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?")


class SettingsError(Exception):
    """Settings cannot be used; the message is one line for the person who can mend it."""


class _Section(BaseModel):
    """A part of `clinic.yml`: unknown fields are mistakes, values do not change after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _dialable(number: str) -> str:
    """Return an E.164 number or a short code ("911") as given; raise ValueError otherwise."""
    if number.isdigit() and 3 <= len(number) <= 6:
        return number
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException as error:
        raise ValueError("must be a short number or E.164, such as +12025550143") from error
    if not phonenumbers.is_possible_number(parsed):
        raise ValueError("is not a possible phone number")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


class Emergency(_Section):
    """Numbers that urgent answers name. There are no defaults: a clinic must state them."""

    number: str
    crisis_line: str
    poison_line: str
    crisis_line_takes_texts: bool = False

    _check = field_validator("number", "crisis_line", "poison_line")(_dialable)


class Soreness(_Section):
    """Cut-offs that make a soreness report a task for staff (docs/clinical-facts.md 13.8, 13.9)."""

    same_day_score: int = Field(default=7, ge=1, le=10)
    rising_after_hours: int = Field(default=48, ge=1)
    settled_by_hours: int = Field(default=72, ge=1)


class Retention(_Section):
    """How many days things are kept. For reports, state law on medical records decides."""

    transcripts_days: int = Field(default=730, ge=1)
    raw_messages_days: int = Field(default=30, ge=1)
    reports_days: int = Field(default=2557, ge=365)


class Web(_Section):
    """The chat on the website: who may embed it, what visitors are asked, how much is served."""

    origins: tuple[str, ...] = ()
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    session_days: int = Field(default=7, ge=1, le=30)
    ask_consent: bool = True
    consent_text: str = Field(
        default="May we keep this chat so that the clinic can help you better? You can delete it any time.",
        min_length=20,
        max_length=400,
    )
    consent_version: str = Field(default="1", min_length=1, max_length=40)
    messages_a_minute: int = Field(default=20, ge=1)
    messages_a_day: int = Field(default=200, ge=1)
    address_messages_a_minute: int = Field(default=60, ge=1)
    address_sessions_an_hour: int = Field(default=30, ge=1)

    @field_validator("origins")
    @classmethod
    def _exact_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is not an origin, such as https://www.example.org")
        return value


class Sms(_Section):
    """Texts: who carries them, from which number, how fast. Credentials are in the environment (BOT_TWILIO_*,
    BOT_TELNYX_*), never here."""

    provider: Literal["fake", "twilio", "telnyx"] = "fake"
    number: str = "+12025550100"
    messaging_service: str = Field(default="", pattern="^(MG[0-9a-f]{32})?$")
    texts_a_second: float = Field(default=5.0, gt=0)
    double_opt_in: bool = True
    wording_version: str = Field(default="1", min_length=1, max_length=40)
    replies_an_hour: int = Field(default=30, ge=1)

    _number = field_validator("number")(_dialable)


class Step(_Section):
    """One question after a session: some hours later, or on a day later at a wall time of the patient's zone."""

    name: str = Field(pattern="^[a-z0-9_]{2,20}$")
    after_hours: float | None = Field(default=None, gt=0)
    day: int | None = Field(default=None, ge=1, le=60)
    at: str = Field(default="10:00", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")
    expires_hours: float = Field(default=36, gt=0)

    @model_validator(mode="after")
    def _hours_or_day(self) -> Step:
        if (self.after_hours is None) == (self.day is None):
            raise ValueError("give after_hours or day, one of them")
        return self


class Followups(_Section):
    """The questions after a session: when they are asked, and when never (sms-and-privacy.md C.5)."""

    version: int = Field(default=1, ge=1)
    steps: tuple[Step, ...] = (
        Step(name="hours3", after_hours=3, expires_hours=6),
        Step(name="day1", day=1),
        Step(name="day3", day=3),
    )
    ask_from: str = Field(default="09:00", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")
    ask_until: str = Field(default="20:00", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")
    sunday_from: str = Field(default="12:00", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")
    jitter_minutes: int = Field(default=20, ge=0, le=60)
    reminder_after_hours: float = Field(default=4, gt=0)
    prompts_a_day: int = Field(default=1, ge=1)
    prompts_a_week: int = Field(default=3, ge=1)
    count_reminders: bool = False

    @model_validator(mode="after")
    def _sensible(self) -> Followups:
        if len({step.name for step in self.steps}) != len(self.steps):
            raise ValueError("two steps have the same name")
        if not self.ask_from <= self.sunday_from < self.ask_until:
            raise ValueError("ask_from, sunday_from and ask_until must follow each other")
        return self


_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")


def _mail_address(value: str) -> str:
    """Return a mail address as given; raise ValueError when it is none."""
    if not _MAIL.fullmatch(value) or ".." in value:
        raise ValueError(f"{value!r} is not a mail address")
    return value


class TellStep(_Section):
    """Whom to tell when nobody has acknowledged an alert so many minutes after it was opened."""

    name: str = Field(min_length=2, max_length=40)
    after_minutes: int = Field(ge=0, le=24 * 60)
    to: tuple[str, ...] = Field(min_length=1)

    @field_validator("to")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_mail_address(one) for one in value)


class Alerting(_Section):
    """Who is told of a warning sign, in which order (sms-and-privacy.md D.8)."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    sender: str = Field(default="assistant@example.org", alias="from")
    steps: tuple[TellStep, ...] = ()

    _sender = field_validator("sender")(_mail_address)

    @field_validator("steps")
    @classmethod
    def _later_and_later(cls, value: tuple[TellStep, ...]) -> tuple[TellStep, ...]:
        minutes = [step.after_minutes for step in value]
        if minutes != sorted(set(minutes)):
            raise ValueError("each step's after_minutes must be more than the one before")
        return value


class Oidc(_Section):
    """Signing in to the staff site with the clinic's own accounts (OpenID Connect).

    The secret is in the environment (BOT_OIDC_SECRET), never here. `roles` maps what the provider says in
    `role_claim` to our roles; who has none of them stays out.
    """

    issuer: str
    client_id: str = Field(min_length=1, max_length=200)
    name: str = Field(default="the clinic's account", min_length=2, max_length=40)
    role_claim: str = Field(default="groups", min_length=1, max_length=100)
    roles: dict[str, Literal["front_desk", "clinician", "admin", "auditor"]] = Field(min_length=1)
    passwords_too: bool = True

    @field_validator("issuer")
    @classmethod
    def _safe_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError("must be an https:// address")
        return value.rstrip("/")


class StaffSite(_Section):
    """The staff site (docs/staff-tour.md)."""

    oidc: Oidc | None = None


class Clinic(_Section):
    """`clinic.yml`: the clinic's names, numbers, hours, zone and choices."""

    name: str = Field(min_length=2, max_length=80)
    sms_name: str = Field(min_length=2, max_length=20)
    phone: str
    address: str = ""
    website: str = ""
    privacy_url: str = ""
    booking_url: str = ""
    country: str
    time_zone: str
    hours: dict[str, str] = Field(default_factory=dict)
    emergency: Emergency
    soreness: Soreness = Soreness()
    retention: Retention = Retention()
    web: Web = Web()
    sms: Sms = Sms()
    followups: Followups = Followups()
    alerting: Alerting = Alerting()
    staff: StaffSite = StaffSite()

    _phone = field_validator("phone")(_dialable)

    @field_validator("country")
    @classmethod
    def _known_country(cls, value: str) -> str:
        if value not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(f"unknown country {value!r}; use two letters such as US")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"unknown time zone {value!r}; use an IANA name such as America/New_York")
        return value


class Settings(BaseModel):
    """Everything a process needs to start: the clinic and the operator's environment."""

    model_config = ConfigDict(frozen=True)

    clinic: Clinic
    var: Path
    host: str
    port: int
    public_url: str
    assistant_url: str
    database_url: str
    redis_url: str = ""

    @property
    def assistant_urls(self) -> tuple[str, ...]:
        """Every assistant that may be asked: BOT_ASSISTANT_URL names one, or several with commas between."""
        return tuple(url.strip().rstrip("/") for url in self.assistant_url.split(",") if url.strip())

    @property
    def keys(self) -> Path:
        """Folder of generated secrets; readable by the owner only."""
        return self.var / "keys"


def load_clinic(path: Path) -> Clinic:
    """Read and check `clinic.yml`; raise SettingsError with one line that says what to mend."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"{path.name}: cannot be read ({error.strerror}); set BOT_CLINIC to its path"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" near line {line + 1}" if line is not None else ""
        raise SettingsError(f"{path.name}: is not valid YAML{where}") from error
    if not isinstance(data, dict):
        raise SettingsError(f"{path.name}: must be a list of `field: value` lines")
    try:
        return Clinic.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{path.name}: {field}: {first['msg'].removeprefix('Value error, ')}") from error


def load_settings() -> Settings:
    """Read `clinic.yml` (BOT_CLINIC) and the environment; raise SettingsError when something is wrong."""
    clinic = load_clinic(Path(os.environ.get("BOT_CLINIC", ROOT / "clinic.yml")))
    var = Path(os.environ.get("BOT_VAR", ROOT / "var"))
    port = _port("BOT_PORT", 8080)
    return Settings(
        clinic=clinic,
        var=var,
        host=os.environ.get("BOT_HOST", "127.0.0.1"),
        port=port,
        public_url=os.environ.get("BOT_PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        assistant_url=os.environ.get("BOT_ASSISTANT_URL", "http://127.0.0.1:5005").rstrip("/"),
        database_url=os.environ.get("BOT_DATABASE_URL", f"sqlite:///{var / 'bot.db'}"),
        redis_url=os.environ.get("BOT_REDIS_URL", ""),
    )


def _port(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise SettingsError(f"{name}: {value!r} is not a port number")
    return int(value)
