"""What plugs into Rasa's core: start-up without TensorFlow, in-process actions, channels, the tracker store.

Importing this room puts the stand-in for TensorFlow in place, so import it (or `bot.nlu`) before Rasa.
"""

from bot.dialogue.without_tensorflow import stand_in_for_tensorflow

stand_in_for_tensorflow()
