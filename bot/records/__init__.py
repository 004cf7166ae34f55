"""The database: what patients said, what was sent, what staff did.

One module an aggregate. Functions take a `Session` (from `database.Database.transaction`) and give frozen
dataclasses; SQLAlchemy rows stay inside this package. One installation serves one clinic, so that rows carry
no clinic id: another clinic's ids are simply unknown here.
"""
