"""What plugs into Rasa's core: start-up without TensorFlow, in-process actions, channels, the tracker store.

Importing this room puts the stand-in for TensorFlow in place, so import it (or `bot.nlu`) before Rasa. Warnings of
Rasa about its own frozen dependencies concern nobody here and are silenced.
"""

import os
import sys
import warnings

# A message is one small product after the other, and so is a training: a second thread in each costs more than it
# brings. Numpy reads this once, when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from bot.dialogue.without_tensorflow import stand_in_for_tensorflow

if all(option.startswith("ignore") for option in sys.warnoptions):
    # Some of these packages set filters of their own at import, so a filter does not hold: do not print.
    warnings.showwarning = lambda *about, **more: None
stand_in_for_tensorflow()
