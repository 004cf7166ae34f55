"""Answers as data: what an answer in data/nlu says about itself, and the bibliography it cites. No Rasa here."""
