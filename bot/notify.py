"""A process says that it is ready, in systemd's way (`man sd_notify`): to `bot up`, or to systemd itself."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


def tell_ready() -> None:
    """Tell whoever started this process that it can work now; nobody listening is no mistake."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    path = "\0" + address[1:] if address.startswith("@") else address
    # An error means that whoever started us is gone; that is not ours to report.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.sendto(f"READY=1\nMAINPID={os.getpid()}".encode(), path)


def ready_pid(told: bytes) -> int | None:
    """The process that a message of `tell_ready` is about; None when it says something else."""
    fields = dict(line.split("=", 1) for line in told.decode(errors="replace").splitlines() if "=" in line)
    pid = fields.get("MAINPID", "")
    return int(pid) if fields.get("READY") == "1" and pid.isdecimal() else None
