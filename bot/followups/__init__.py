"""Follow-ups after a session: when questions are asked and never, which of them an answer belongs to, and where
sessions come from.
"""
