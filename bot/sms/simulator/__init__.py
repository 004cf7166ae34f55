"""The phone simulator: every phone of the fake carrier on one page, for demonstrations and trying things out.

Only with the fake provider, and only from this machine (or with BOT_DEMO=1): it shows names and numbers.
"""
