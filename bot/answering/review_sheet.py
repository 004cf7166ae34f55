"""The reviewer's sheet: every answer on one page, with what a clinician needs to sign it off."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, select_autoescape

from bot.answering.bibliography import load_bibliography
from bot.answering.library import Answer, all_answers
from bot.answering.reading_grade import Grade, grade, spoken
from bot.clinic_facts import Channel, clinic_facts
from bot.settings import Clinic
from bot.sms.segments import cost


@dataclass(frozen=True)
class Reviewed:
    """An answer with its figures; `segments` is how many texts the SMS version takes."""

    answer: Answer
    web: str
    sms: str
    grades: tuple[Grade, Grade]
    words: int
    segments: int
    sources: tuple[str, ...]


def write_html(target: Path, clinic: Clinic) -> Path:
    """Write the sheet and return its path."""
    environment = Environment(loader=PackageLoader("bot.answering"), autoescape=select_autoescape())
    rows = [_reviewed(answer, clinic) for answer in all_answers() if answer.web]
    page = environment.get_template("review_sheet.html").render(rows=rows, clinic=clinic)
    target.write_text(page, encoding="utf-8")
    return target


def write_pdf(page: Path) -> Path:
    """Write the sheet as PDF beside it; raise OSError when Pango is not there."""
    from weasyprint import HTML

    target = page.with_suffix(".pdf")
    HTML(filename=str(page)).write_pdf(str(target))
    return target


def filled(text: str, clinic: Clinic, channel: Channel) -> str:
    """Return an answer with the clinic's facts in place of `{clinic_phone}` and the like."""
    facts = clinic_facts(clinic, channel)
    return re.sub(r"\{(\w+)\}", lambda match: facts.get(match.group(1), match.group()), text)


def _reviewed(answer: Answer, clinic: Clinic) -> Reviewed:
    bibliography = load_bibliography()
    web, sms = filled(answer.web, clinic, "web"), filled(answer.sms or answer.web, clinic, "sms")
    return Reviewed(
        answer=answer,
        web=web,
        sms=sms,
        grades=(grade(answer.web), grade(answer.sms or answer.web)),
        words=len(spoken(web).split()),
        segments=cost(sms).segments,
        sources=tuple(bibliography[key].label for key in answer.sources if key in bibliography),
    )
