"""Understanding: graph components that plug into config.yml."""

import bot.dialogue  # noqa: F401  (the stand-in for TensorFlow comes before Rasa)
