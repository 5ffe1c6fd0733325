"""Which ports a start-up takes: the wanted one, or the next that is free."""

from __future__ import annotations

import errno
import socket

from beffroi.foundation.errors import BeffroiError

_TRIES = 50


class NoFreePort(BeffroiError):
    """Neither the wanted port nor those after it can be listened on."""

    code = "house.no_free_port"
    message = "No port from {port} on is free on {host}: {why}."
    advice = "Stop what listens there, or choose another port in beffroi.toml."


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    return host in ("localhost", "::1") or host.startswith("127.")


def free_port(host: str, wanted: int, *, datagrams: bool = False) -> int:
    """`wanted`, or the next port of `host` that can be listened on (0: any); for UDP too where `datagrams`.

    Raises NoFreePort when the address is not this machine's, or after 50 tries.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    why = "all are in use"
    for port in range(wanted, wanted + _TRIES) if wanted else (0,):
        with (
            socket.socket(family, socket.SOCK_STREAM) as probe,
            socket.socket(family, socket.SOCK_DGRAM) as udp,
        ):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                taken = int(probe.getsockname()[1])
                if datagrams:
                    udp.bind((host, taken))
                return taken
            except OSError as error:
                why = error.strerror or str(error)
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    break
    raise NoFreePort(host=host, port=wanted, why=why)
