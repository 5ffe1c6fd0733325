"""Connectors: each a folder of its own (`connector.py`, `doc.md`) that reads one kind of message.

A connector knows nothing of the others, of the spool or of the database: it turns bytes into drafts, or
raises `Unreadable`. Listeners (`api.observations`, `mqtt`, `connectors.dc09.server`) carry the bytes and
answer the sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import Protocol, runtime_checkable

from beffroi.during.intake.rules import Draft, Speaker
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import NotFound

#: The source is answered only once its observation is on disk here.
DURABLE = "durable"
#: Our own broker answers once the message is on its disk, and holds it until it is on ours.
BROKER = "broker"
#: The source is answered by someone whose disk we know nothing of, or is not answered at all.
NOT_GUARANTEED = "not_guaranteed"

_NAMES = ("http", "frigate", "dc09")


class Connector(Protocol):
    """What every connector says of itself: its name (the folder's), and what its answer is worth."""

    name: str
    guarantee: str


@runtime_checkable
class MqttConnector(Connector, Protocol):
    """A connector whose messages come through the MQTT broker."""

    def topics(self, address: str) -> Sequence[str]:
        """The MQTT filters to subscribe to for a source whose `address` is a topic prefix."""
        ...

    def read(self, speaker: Speaker, topic: str, payload: bytes, received_at: datetime) -> list[Draft]:
        """The drafts in one message; `topic` without the prefix. None: nothing to keep. Raises Unreadable."""
        ...


@lru_cache(maxsize=1)
def registry() -> dict[str, Connector]:
    """Every connector by name."""
    return {name: import_module(f"{__name__}.{name}.connector").CONNECTOR for name in _NAMES}


def connector(name: str) -> Connector:
    """The connector of that name. Raises NotFound."""
    found = registry().get(name)
    if found is None:
        raise NotFound(what=f"connector {name} (there are: {', '.join(_NAMES)})")
    return found


def doc(name: str) -> str:
    """The connector's own page (Markdown)."""
    return files(__name__).joinpath(connector(name).name, "doc.md").read_text()


def guaranteed(name: str, settings: configuration.Settings | None = None) -> bool:
    """Whether what this connector's sources were told is kept is kept, come what may.

    A broker of the town's own (`mqtt_url`) answers its publishers as it likes: not guaranteed.
    """
    settings = settings or configuration.current()
    found = registry().get(name)
    if found is None:
        return False
    return found.guarantee == DURABLE or (found.guarantee == BROKER and not settings.mqtt_url)
