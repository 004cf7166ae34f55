"""How our long-lived processes start: the garbage collector rests until the process is ready.

What is loaded at a start stays for as long as the process lives. The collector would walk all of it a hundred times
meanwhile (a fifth of a start), and at every full collection later, in the middle of a patient's turn.
"""

from __future__ import annotations

import gc

from bot.notify import tell_ready


def begin() -> None:
    """Let the collector rest. Call it before the imports, which are most of a start."""
    gc.disable()


def ready() -> None:
    """Say that this process can work; what is there by now is never collected, what comes later is."""
    gc.freeze()
    gc.enable()
    tell_ready()
