"""What this process is, for those who look at it from outside (PostgreSQL's list of connections)."""

from __future__ import annotations

import socket

#: `web`, `intake`, `engine`; whatever a person starts from the command line is a `command`.
name = "command"


def shown() -> str:
    """`beffroi web@machine`, as PostgreSQL keeps it (63 bytes at most)."""
    return f"beffroi {name}@{socket.gethostname()}"[:63]
