"""Measurements: `make bench` compares with Rasa's default; the other modules are run alone."""
