"""What every answer must hold before a patient may read it (docs/clinical-facts.md parts 21-23)."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import yaml

from bot.answering.answers import plain
from bot.answering.bibliography import load_bibliography
from bot.answering.library import Answer, all_answers, all_questions
from bot.answering.reading_grade import grade, spoken
from bot.clinic_facts import clinic_facts
from bot.nlu.follow_up import WHAT_A_PATIENT_GETS, WHAT_A_PATIENT_HAS
from bot.nlu.warning_net import load_phrases
from bot.settings import ROOT, load_clinic

TOPICS = [answer for answer in all_answers() if answer.label.startswith("faq/")]
SAID = [answer for answer in all_answers() if answer.web]
FACTS = (ROOT / "docs" / "clinical-facts.md").read_text(encoding="utf-8")
OWNERS_FIVE = ("what_is", "vs_acupuncture", "sensation_during", "session_length", "aftercare_general")

GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_TWICE = set("^{}\\[~]|€")

# Parts 21 and 22: what no answer may say. Patterns are of claims; the words alone may stand in a denial.
BANNED = {
    "toxins or waste are flushed": r"(?:flush|clear|remov|releas)\w* (?:out )?(?:the )?(?:toxins?|waste)",
    "painless": r"(?<!not )\bpainless\b|generally painless",
    "speeds healing": r"speeds? (?:up )?(?:the )?(?:healing|recovery)|heals? faster|faster healing",
    "reduces inflammation": r"(?:reduc|lower|decreas)\w* (?:the )?inflammation",
    "root cause": r"(?:treats?|fix\w*|address\w*) the root cause",
    "a success rate": r"\b\d{1,3} ?(?:%|percent|in 100|out of 100) (?:of )?(?:people|patients) (?:get|feel|had|have) "
    r"(?:better|relief|less pain)",
    "a price": r"\$ ?\d|\b\d+ dollars|£ ?\d|€ ?\d",
    "a cure": r"\b(?:will|can) cure\b|\bcures\b",
    "a promise": r"\bguarantee|\bpain-free\b|\blasting relief\b|\bwill (?:fix|heal|get rid of)\b",
    "a dose": r"\b\d+ ?mg\b|\btake (?:one|two|\d+) (?:tablets?|pills?)",
    "one state's law": r"\b(?:California|Texas|Florida|New York|Washington|Hawaii|Oregon|New Jersey)\b",
    "a rate of collapsed lung": r"collapsed lung[^.]{0,60}\b(?:1 in|in a million|per \d|%)",
    "clearing a person": r"\byou (?:can safely|are safe to|are fit to)\b|\bit is safe for you\b",
    "a stop to a medicine": r"(?<!not )(?<!never )(?<!n't )\bstop (?:taking )?your (?:blood thinner|medicine|tablets)",
    "someone is watching": r"someone is (?:watching|reading)|we are watching",
}

# A seed's claim may be named in order to correct it.
DENIABLE = {"toxins or waste are flushed", "speeds healing", "reduces inflammation", "root cause", "a cure"}
DENIAL = re.compile(r"\b(?:no|not|never|none|no one|nobody|cannot|does not|don't|doesn't)\b", re.IGNORECASE)


def ids(answers: list[Answer]) -> list[str]:
    return [answer.label for answer in answers]


@pytest.mark.parametrize("answer", SAID, ids=ids(SAID))
class TestEveryAnswer:
    def test_is_said_on_both_channels(self, answer: Answer) -> None:
        assert answer.web and (answer.sms or answer.theme in ("dialogue", "soreness_form"))

    def test_cites_sources_that_exist(self, answer: Answer) -> None:
        assert answer.sources and set(answer.sources) <= set(load_bibliography())

    def test_stands_on_rows_of_the_fact_sheet(self, answer: Answer) -> None:
        assert answer.facts or answer.theme not in _MEDICAL_THEMES
        for row in answer.facts:
            part, _, number = row.partition(".")
            if not number:
                assert f"\n## {part}. " in FACTS, row
            elif part == "20":
                assert re.search(rf"^\| {number} \|", FACTS, re.MULTILINE), row
            else:
                assert re.search(rf"^\| {re.escape(row)} \|", FACTS, re.MULTILINE), row

    def test_says_nothing_that_must_not_be_said(self, answer: Answer) -> None:
        for text in (answer.web, answer.sms, answer.more, answer.more_sms):
            for sentence in re.split(r"(?<=[.?!])\s|\n", spoken(text)):
                for claim, pattern in BANNED.items():
                    denied = claim in DENIABLE and DENIAL.search(sentence)
                    assert denied or not re.search(pattern, sentence, re.IGNORECASE), claim

    def test_is_short_enough(self, answer: Answer) -> None:
        assert len(spoken(answer.web).split()) <= 90
        assert len(spoken(answer.more).split()) <= 110 + (40 if "|" in answer.more else 0)

    def test_fits_two_sms_segments_of_gsm7_and_so_does_the_deeper_answer(self, answer: Answer) -> None:
        for text in (answer.sms, answer.more_sms or plain(answer.more)):
            assert _septets(text) <= 306

    def test_a_sixth_grader_can_follow_it(self, answer: Answer) -> None:
        for text in filter(None, (answer.web, answer.sms, answer.more_sms)):
            assert max(grade(text).flesch_kincaid, grade(text).readability_index) <= 6.5, grade(text)

    def test_names_no_number_of_its_own_for_emergencies(self, answer: Answer) -> None:
        assert not re.search(
            r"\b(?:911|988|999|112)\b", answer.web + answer.sms + answer.more + answer.more_sms
        )

    def test_uses_only_placeholders_that_the_clinic_fills(self, answer: Answer) -> None:
        known = set(clinic_facts(load_clinic(ROOT / "clinic.yml"), "web")) | _FILLED_BY_ACTIONS
        used = set(re.findall(r"\{(\w+)\}", answer.web + answer.sms + answer.more + answer.more_sms))
        assert used <= known


@pytest.mark.parametrize("answer", TOPICS, ids=ids(TOPICS))
class TestEveryTopic:
    def test_has_a_title_and_buttons_that_lead_to_other_answers(self, answer: Answer) -> None:
        assert answer.title
        assert 2 <= len(answer.buttons) <= 3
        reachable = {f"/faq/{topic.topic}" for topic in TOPICS if topic.topic != answer.topic}
        for title, payload in answer.buttons:
            assert title and (payload in reachable or not payload.startswith("/"))

    def test_has_more_to_say(self, answer: Answer) -> None:
        assert answer.more

    def test_is_asked_in_at_least_25_ways(self, answer: Answer) -> None:
        assert len(answer.questions) >= 25


def test_every_label_of_the_evaluation_has_an_answer() -> None:
    readme = (ROOT / "tests" / "eval" / "README.md").read_text(encoding="utf-8")
    listed = next(line for line in readme.splitlines() if line.startswith("`after_surgery`"))
    labels = set(re.findall(r"`([a-z_]+)`", listed))
    answered = {answer.topic for answer in all_answers()} | {label for _, label in all_questions()}
    assert labels - answered == set()


def test_topics_that_it_may_mean_exist() -> None:
    assert {answer.topic for answer in TOPICS} >= WHAT_A_PATIENT_GETS | WHAT_A_PATIENT_HAS


def test_the_owners_five_subjects_have_more_to_say() -> None:
    answers = {answer.topic: answer for answer in TOPICS}
    for topic in OWNERS_FIVE:
        assert answers[topic].more and len(answers[topic].questions) >= 60
    assert "|" in answers["vs_acupuncture"].more  # the comparison table


def test_a_table_reads_as_sentences_by_sms() -> None:
    table = "| | Dry needling | Acupuncture |\n|---|---|---|\n| Needle | Thin, **solid** | The same kind |"
    assert plain(table) == "Dry needling / Acupuncture. Needle: Thin, solid / The same kind."


@pytest.mark.parametrize("answer", [a for a in SAID if a.more_sms], ids=lambda answer: answer.label)
def test_a_deeper_answer_keeps_its_calls_by_sms(answer: Answer) -> None:
    for call in ("{emergency_number}", "{poison_line}", "{crisis_line}", "{clinic_phone}", "same day"):
        assert (call in answer.more_sms) or (call not in answer.more)


def test_no_example_stands_twice() -> None:
    counted = Counter(text.casefold() for text, _ in all_questions())
    assert [text for text, times in counted.items() if times > 1] == []


def test_nothing_is_signed_off_by_the_authors() -> None:
    assert {answer.reviewed for answer in all_answers()} == {""}


def test_no_sentence_of_the_evaluation_is_training_data() -> None:
    warnings = load_phrases()
    trained = {_bare(text) for text, _ in all_questions()}
    trained |= {_bare(text) for text in (*warnings.warnings, *warnings.harmless)}
    for file in (ROOT / "tests" / "eval").glob("*.yml"):
        measured = {_bare(item["text"]) for item in yaml.safe_load(file.read_text(encoding="utf-8"))["items"]}
        assert trained & measured <= _SAID_BY_EVERYBODY, trained & measured


_ACTIONS = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "actions").glob("*.py"))
_MEDICAL_THEMES = {
    "basics",
    "compare",
    "session",
    "results",
    "aftercare",
    "soreness",
    "risks",
    "who",
    "conditions",
}
_FILLED_BY_ACTIONS = set(re.findall(r"\b(\w+)=", _ACTIONS)) | set(re.findall(r'"(\w+)":', _ACTIONS))
_SAID_BY_EVERYBODY = {"zero", "meh", "skip", "stop texting me"}  # one or two words; no other way to say it


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9 ]", "", text.casefold()).strip()


def _septets(text: str) -> int:
    filled = _filled(text)
    assert set(filled) <= GSM7 | GSM7_TWICE, set(filled) - GSM7 - GSM7_TWICE
    return sum(2 if character in GSM7_TWICE else 1 for character in filled)


def _filled(text: str) -> str:
    facts = clinic_facts(load_clinic(ROOT / "clinic.yml"), "sms")
    return re.sub(r"\{(\w+)\}", lambda match: facts.get(match.group(1), "x" * 20), text)
