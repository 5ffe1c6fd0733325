"""Where a running installation listens, for the commands that point a device at it.

Apart from `running.py`, which the parent of a village reads: this needs Django.
"""

from __future__ import annotations

import socket
from contextlib import suppress

from beffroi.foundation.settings import Settings
from beffroi.house import running
from beffroi.house.ports import is_loopback
from beffroi.house.running import Running
from beffroi.rehearsal.endpoints import apart


def reached(settings: Settings) -> Running | None:
    """What runs on the data directory, or a centre's processes apart where its intake answers; else None.

    Processes that are started apart write down nothing: their ports are the settings', for good.
    """
    found = running.read(settings.data_path)
    if found is not None or settings.profile != "centre":
        return found
    intake = _url(settings.intake_host, settings.intake_port)
    address = (_dialled(settings.intake_host), settings.intake_port)
    with suppress(OSError), socket.create_connection(address, timeout=1):
        where = apart(settings)
        return Running(
            pid=0,
            url=_url(settings.host, settings.port),
            intake_url=intake,
            mqtt_host=where.mqtt_host,
            mqtt_port=where.mqtt_port,
            dc09_host=where.dc09_host,
            dc09_port=where.dc09_port,
        )
    return None


def _url(host: str, port: int) -> str:
    return f"{'http' if is_loopback(host) else 'https'}://{_dialled(host)}:{port}"


def _dialled(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "") else host  # noqa: S104 - compared
