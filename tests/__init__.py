"""The tests read like a specification: a test's name is the sentence that it proves."""
