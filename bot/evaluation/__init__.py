"""`bot eval`: accuracy on files of realistic patient wording (tests/eval/README.md)."""
