"""The reading room: what a patient's words say. Pure functions over text; no database, no Rasa.

`read_report` reads a soreness report; `reads_as_opt_out` (bot/reading/opt_out.py) an opt-out;
`keyword_in` (bot/reading/keywords.py) the SMS keywords.
"""

from bot.reading.reading import Area, Finding, Reading, When, read_report, warm_up

__all__ = ["Area", "Finding", "Reading", "When", "read_report", "warm_up"]
