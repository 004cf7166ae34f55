"""Warning signs in a patient's message: `assess` finds them, `urgent_text` is what the patient reads.

Pure functions over text: no database, no Rasa, nothing fetched.
Why there is no spaCy here: docs/decisions/0001-own-reader-for-warning-signs.md
"""

from bot.safety.assessment import Assessment, Channel, Context, SignFound, Tier
from bot.safety.judge import assess
from bot.safety.wording import urgent_text

__all__ = ["Assessment", "Channel", "Context", "SignFound", "Tier", "assess", "urgent_text"]
