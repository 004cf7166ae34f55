"""The tables of soreness reports; what is done with them is in `reports`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.records.rows import Base, Id, SealedJson, SealedText


class ReportRow(Base):
    """A soreness report; score 0 none to 10 worst imaginable (clinical-facts.md 13.11)."""

    __tablename__ = "soreness_reports"
    __table_args__ = (
        CheckConstraint("score between 0 and 10", name="score"),
        CheckConstraint("previous_score between 0 and 10", name="previous_score"),
        Index("ix_soreness_reports_patient_id", "patient_id", "reported_at"),
        Index("ix_soreness_reports_conversation_id", "conversation_id", "reported_at"),
    )

    id: Mapped[Id]
    source_inbox_id: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"))
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"))
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visits.id"), index=True)
    prompt_id: Mapped[str | None] = mapped_column(ForeignKey("prompts.id"))
    channel: Mapped[str]
    question: Mapped[str | None]
    reported_at: Mapped[datetime] = mapped_column(index=True)
    session_at: Mapped[datetime | None]
    zone: Mapped[str | None]
    score: Mapped[int | None]
    score_low: Mapped[int | None]
    score_high: Mapped[int | None]
    previous_score: Mapped[int | None]
    severity_word: Mapped[str | None]
    onset: Mapped[SealedText | None]
    onset_at: Mapped[datetime | None]
    duration_hours: Mapped[float | None]
    trend: Mapped[str | None]
    words: Mapped[SealedText | None]
    complete: Mapped[bool]
    late: Mapped[bool] = mapped_column(default=False)
    amended_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    linked_by: Mapped[str | None]

    areas: Mapped[list[ReportAreaRow]] = relationship(
        order_by="ReportAreaRow.position", cascade="all, delete-orphan", lazy="selectin"
    )
    symptoms: Mapped[list[ReportSymptomRow]] = relationship(
        order_by="ReportSymptomRow.symptom", cascade="all, delete-orphan", lazy="selectin"
    )


class ReportAreaRow(Base):
    """Where it is sore; an area may have a score of its own."""

    __tablename__ = "soreness_report_areas"
    __table_args__ = (CheckConstraint("score between 0 and 10", name="score"),)

    report_id: Mapped[str] = mapped_column(ForeignKey("soreness_reports.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(index=True)
    side: Mapped[str | None]
    score: Mapped[int | None]
    snomed: Mapped[str | None]


class ReportSymptomRow(Base):
    """Something else that the patient named, or said was not there."""

    __tablename__ = "soreness_report_symptoms"

    report_id: Mapped[str] = mapped_column(ForeignKey("soreness_reports.id"), primary_key=True)
    symptom: Mapped[str] = mapped_column(primary_key=True)
    negated: Mapped[bool] = mapped_column(default=False)


class ReportChangeRow(Base):
    """What a report was before it was amended, undone, restored or linked."""

    __tablename__ = "soreness_report_changes"
    __table_args__ = (UniqueConstraint("report_id", "inbox_id"),)
    append_only = True

    id: Mapped[Id]
    report_id: Mapped[str] = mapped_column(ForeignKey("soreness_reports.id"))
    kind: Mapped[str]
    inbox_id: Mapped[str | None]
    actor: Mapped[str]
    before: Mapped[SealedJson]
    at: Mapped[datetime]
