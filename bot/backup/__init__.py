"""Backups: a consistent copy of the database in one file, and an installation brought back from it.

A backup always holds an SQLite file, whatever database it was taken of and whatever it is restored to: a clinic
that outgrows SQLite moves to PostgreSQL by a backup and a restore.
"""
