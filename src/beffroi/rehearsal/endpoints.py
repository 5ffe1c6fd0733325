"""Where the running installation listens, as `beffroi up` wrote it in the data directory."""

from __future__ import annotations

import msgspec

from beffroi.foundation.errors import NotFound
from beffroi.foundation.settings import current
from beffroi.rehearsal.story import Endpoints


class _Running(msgspec.Struct, frozen=True):
    mqtt_host: str
    mqtt_port: int
    dc09_host: str
    dc09_port: int


def running() -> Endpoints:
    """The addresses of the installation that runs on this data directory. Raises NotFound."""
    file = current().data_path / "running.json"
    try:
        found = msgspec.json.decode(file.read_bytes(), type=_Running)
    except (FileNotFoundError, msgspec.MsgspecError):
        raise NotFound(what="a running installation on this data directory (beffroi up)") from None
    return Endpoints(found.mqtt_host, found.mqtt_port, found.dc09_host, found.dc09_port)
