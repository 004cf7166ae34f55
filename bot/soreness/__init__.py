"""Soreness reports in the making: what has been said so far, what a patient hears about it, what staff must see.

Pure functions over plain data: no Rasa, no database. The dialogue around it is in `actions/`.
"""
