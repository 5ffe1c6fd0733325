"""Where the running installation listens: as `beffroi up` wrote it beside the data, or as a centre is set."""

from __future__ import annotations

import msgspec

from beffroi.during.intake import broker
from beffroi.foundation.errors import NotFound
from beffroi.foundation.settings import Settings, current
from beffroi.rehearsal.story import Endpoints


class _Running(msgspec.Struct, frozen=True):
    mqtt_host: str
    mqtt_port: int
    dc09_host: str
    dc09_port: int


def running() -> Endpoints:
    """The addresses of the installation that runs on this data directory. Raises NotFound."""
    settings = current()
    file = settings.data_path / "running.json"
    try:
        found = msgspec.json.decode(file.read_bytes(), type=_Running)
    except (FileNotFoundError, msgspec.MsgspecError):
        if settings.profile == "centre":
            return apart(settings)
        raise NotFound(what="a running installation on this data directory (beffroi up)") from None
    return Endpoints(found.mqtt_host, found.mqtt_port, found.dc09_host, found.dc09_port)


def apart(settings: Settings) -> Endpoints:
    """The addresses of a centre whose processes are started apart: its settings', which never move."""
    own = broker.reached(settings)
    panels = "127.0.0.1" if settings.dc09_host in ("0.0.0.0", "") else settings.dc09_host  # noqa: S104 - compared
    return Endpoints(own.host, own.port, panels, settings.dc09_port)
