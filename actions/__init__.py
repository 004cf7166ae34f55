"""Rasa custom actions: thin, they call the rooms of `bot`."""
