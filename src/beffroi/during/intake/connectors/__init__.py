"""Connectors: each a folder of its own (`connector.py`, `doc.md`) that reads one kind of message.

A connector knows nothing of the others, of the spool or of the database: it turns bytes into drafts (and
into fixes, where its messages tell where patrol units are), or raises `Unreadable`. Listeners
(`api.observations`, `mqtt`, `pulling`, `connectors.dc09.server`) carry the bytes and answer the sources.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import Any, Protocol, runtime_checkable

from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.rules import Draft, Fix, PassedOver, Speaker, Unreadable
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError, NotFound

#: The source is answered only once its observation is on disk here.
DURABLE = "durable"
#: Our own broker answers once the message is on its disk, and holds it until it is on ours.
BROKER = "broker"
#: The source is answered by someone whose disk we know nothing of, or is not answered at all.
NOT_GUARANTEED = "not_guaranteed"

_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,64}(/[A-Za-z0-9_-]{1,64}){0,7}")


@dataclass(frozen=True, slots=True)
class WebMessage:
    """What a program posted to `/api/v1/in/NAME[/path]`; `query` holds each parameter's first value."""

    content_type: str
    body: bytes
    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """An answer in the caller's own format."""

    content_type: str
    body: bytes
    status: int = 200


class Connector(Protocol):
    """What every connector says of itself: its name (the folder's), and what its answer is worth.

    One whose callers send again for ever what was refused, and nothing after it, says `insistent = True`
    besides: they are answered as if it were taken.
    """

    name: str
    guarantee: str


@runtime_checkable
class AddressedConnector(Connector, Protocol):
    """A connector that finds its sources by an address in their messages."""

    def address(self, given: str) -> str:
        """The address as messages will carry it, from what a person typed. Raises ValueError with why."""
        ...


@runtime_checkable
class EncryptingConnector(Connector, Protocol):
    """A connector whose sources have a secret of their own: what they encrypt with, or what lets us in."""

    def key(self, given: str) -> bytes:
        """The secret, from what its installer wrote down. Raises ValueError with why, without it."""
        ...


@runtime_checkable
class WebConnector(Connector, Protocol):
    """A connector whose messages are posted to `/api/v1/in/NAME` with the source's token."""

    def read_web(
        self, speaker: Speaker, message: WebMessage, received_at: datetime
    ) -> Sequence[Draft | Fix | Unreadable | PassedOver]:
        """What a request holds, in its order: drafts, fixes, why a part is none, how much was not ours.

        Raises Unreadable.
        """
        ...


@runtime_checkable
class AnsweringConnector(WebConnector, Protocol):
    """A web connector whose callers expect an answer of their own format (once all is on disk)."""

    def answer_web(
        self, speaker: Speaker, message: WebMessage, kept: Sequence[tuple[Draft, Receipt]]
    ) -> WebAnswer:
        """The answer to a request of which everything was kept."""
        ...


@runtime_checkable
class RefusingConnector(WebConnector, Protocol):
    """A web connector whose callers expect errors of their own format too."""

    def refuse_web(self, path: str, error: BeffroiError) -> WebAnswer:
        """The answer, with its status, to a request for `path` that failed with `error`."""
        ...


@runtime_checkable
class KeyedConnector(WebConnector, Protocol):
    """A web connector whose callers may carry the token in the body. It is never read from an address."""

    def token_in(self, message: WebMessage) -> str:
        """The token in the body; '' where there is none."""
        ...


@runtime_checkable
class AskedConnector(WebConnector, Protocol):
    """A web connector whose callers first ask (GET) what they may post."""

    def ask_web(self, speaker: Speaker, path: str) -> WebAnswer:
        """The answer to a GET of `path`. Raises NotFound."""
        ...


@runtime_checkable
class WithholdingConnector(Connector, Protocol):
    """A connector of messages with personal content: of the unreadable, only size and why are kept."""

    withholds: str
    """What such messages hold, in a few words."""


@runtime_checkable
class MqttConnector(Connector, Protocol):
    """A connector whose messages come through the MQTT broker."""

    def topics(self, address: str) -> Sequence[str]:
        """The MQTT filters to subscribe to for a source whose `address` is a topic prefix."""
        ...

    def read(
        self, speaker: Speaker, topic: str, payload: bytes, received_at: datetime
    ) -> Sequence[Draft | Fix | Unreadable]:
        """What one message holds, and why a part is nothing; `topic` below the prefix. Raises Unreadable."""
        ...


@runtime_checkable
class RetainedConnector(MqttConnector, Protocol):
    """An MQTT connector that reads otherwise what the broker had retained: it may tell of long ago."""

    def read_retained(
        self, speaker: Speaker, topic: str, payload: bytes, received_at: datetime
    ) -> Sequence[Draft | Fix | Unreadable]:
        """The drafts in one retained message; as `read`."""
        ...


@runtime_checkable
class OwnTopicsConnector(MqttConnector, Protocol):
    """An MQTT connector whose filters depend on the source and not on its prefix alone."""

    def topics_of(self, speaker: Speaker) -> Sequence[str]:
        """The MQTT filters to subscribe to for this source, its prefix included."""
        ...


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one fetch brought, in its order; `content` is what could not be read of it."""

    found: Sequence[Draft | Unreadable] = ()
    content: bytes = b""


@runtime_checkable
class PulledConnector(AddressedConnector, EncryptingConnector, Protocol):
    """A connector that fetches from its sources: they are called at their address, with what its `key` opens.

    `expects_every_s`: how often a source is heard of at least (seconds), where nothing else was declared.
    """

    expects_every_s: int

    def pull(self, speaker: Speaker) -> AsyncGenerator[Pulled, None]:
        """What the source has to tell, fetch by fetch, for ever; each is on disk before the next is asked.

        An empty fetch is a sign of life. Raises BeffroiError when the source is lost: it is then begun anew.
        """
        ...


@runtime_checkable
class SeveralWaysConnector(Connector, Protocol):
    """A connector whose sources come by one way or another: an address means the broker."""

    def guarantee_of(self, address: str) -> str:
        """What the answer to a source with this address is worth."""
        ...


@runtime_checkable
class MappingConnector(Connector, Protocol):
    """A connector to which each source says what its messages mean."""

    def mapping(self, text: str) -> Mapping[str, Any]:
        """What to keep of a mapping with its source. Raises Invalid with what is wrong."""
        ...


@lru_cache(maxsize=1)
def registry() -> dict[str, Connector]:
    """Every connector by name."""
    names = sorted(each.name for each in pkgutil.iter_modules(__path__) if each.ispkg)
    return {name: import_module(f"{__name__}.{name}.connector").CONNECTOR for name in names}


def connector(name: str) -> Connector:
    """The connector of that name. Raises NotFound."""
    found = registry().get(name)
    if found is None:
        raise NotFound(what=f"connector {name} (there are: {', '.join(registry())})")
    return found


def topic_prefix(given: str) -> str:
    """A prefix of MQTT topics as a source's address. Raises ValueError with why."""
    if not _TOPIC.fullmatch(given):
        raise ValueError("an MQTT prefix is letters, digits, - and _, parted by /")
    return given


def is_insistent(found: Connector) -> bool:
    """Whether its callers would be stopped by a refusal: it is then shown to us, never told to them."""
    return bool(getattr(found, "insistent", False))


def mqtt_names() -> list[str]:
    """The connectors whose sources sign in to the broker."""
    return [name for name, each in registry().items() if isinstance(each, MqttConnector)]


def pulled_names() -> list[str]:
    """The connectors that fetch from their sources."""
    return [name for name, each in registry().items() if isinstance(each, PulledConnector)]


def doc(name: str) -> str:
    """The connector's own page (Markdown)."""
    return files(__name__).joinpath(connector(name).name, "doc.md").read_text()


def guaranteed(name: str, settings: configuration.Settings | None = None, *, address: str = "") -> bool:
    """Whether what this connector's sources were told is kept is kept, come what may.

    A broker of the town's own (`mqtt_url`) answers its publishers as it likes: not guaranteed.
    """
    settings = settings or configuration.current()
    found = registry().get(name)
    if found is None:
        return False
    several = isinstance(found, SeveralWaysConnector)
    guarantee = found.guarantee_of(address) if several else found.guarantee
    return guarantee == DURABLE or (guarantee == BROKER and not settings.mqtt_url)
