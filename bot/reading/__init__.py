"""The reading room: what a patient's words say. Pure functions over text; no database, no Rasa.

`read_report` reads a soreness report; `bot.reading.opt_out.reads_as_opt_out` reads a wish to get no more texts.
"""

from bot.reading.reading import Area, Finding, Reading, When, read_report

__all__ = ["Area", "Finding", "Reading", "When", "read_report"]
