from pathlib import Path

import pytest
import yaml

from bot.reading.keywords import Keyword, keyword_in
from bot.reading.opt_out import OptOut, reads_as_opt_out

TABLE = yaml.safe_load((Path(__file__).parent / "opt_out.yml").read_text(encoding="utf-8"))


def test_the_table_holds_300_opt_outs_and_500_texts_that_only_look_like_one():
    assert len(TABLE["opt_outs"]) >= 300
    assert len(TABLE["others"]) >= 500


def test_at_least_99_percent_of_opt_outs_are_honoured():
    missed = [text for text in TABLE["opt_outs"] if reads_as_opt_out(text) is OptOut.NO]
    assert len(missed) <= 0.01 * len(TABLE["opt_outs"]), missed


def test_at_least_98_percent_of_what_is_read_as_an_opt_out_is_one():
    read = [text for text in TABLE["opt_outs"] if reads_as_opt_out(text) is not OptOut.NO]
    wrong = [text for text in TABLE["others"] if reads_as_opt_out(text) is not OptOut.NO]
    assert len(read) / (len(read) + len(wrong)) >= 0.98, wrong


@pytest.mark.parametrize("text", TABLE["ambiguous"])
def test_an_unclear_wish_to_stop_is_never_ignored(text):
    assert reads_as_opt_out(text) is not OptOut.NO


@pytest.mark.parametrize(
    "text", ["STOP", "stop.", " Stop ", "“Stop”", "UNSUBSCRIBE", "Cancel", "end", "QUIT", "revoke", "opt out"]
)
def test_a_stop_keyword_is_the_whole_text_whatever_its_case_and_punctuation(text):
    assert keyword_in(text) is Keyword.STOP
    assert reads_as_opt_out(text) is OptOut.YES


@pytest.mark.parametrize(
    ("text", "keyword"),
    [("HELP", Keyword.HELP), ("info", Keyword.HELP), ("START", Keyword.START), ("unstop", Keyword.START),
    ("can you help", None),
     ("yes", None), ("", None), ("end of the day", None)],
)  # fmt: skip
def test_help_and_start_are_keywords_only_as_the_whole_text(text, keyword):
    assert keyword_in(text) is keyword
