"""What other rooms see of cameras and looks: frozen values; an address never leaves by this way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from beffroi.foundation.geography import Position


@dataclass(frozen=True, slots=True)
class CameraView:
    """A camera that gives images, by which `ways` (hls, rtsp, whep, …), and what holds it shut."""

    territory: str
    device: str
    name: str
    position: Position | None
    ways: tuple[str, ...]
    order: str
    order_until: date | None
    shut: str
    exercise: bool
    has_login: bool

    @property
    def live(self) -> bool:
        """Whether it has a live image."""
        return "hls" in self.ways or "rtsp" in self.ways

    @property
    def past(self) -> bool:
        """Whether its recorder can be asked."""
        return "replay" in self.ways or "recorder" in self.ways

    @property
    def direct(self) -> bool:
        """Whether its live image can go straight from the media server to a browser."""
        return "whep" in self.ways


@dataclass(frozen=True, slots=True)
class LookView:
    """A look, as its member and its register see it."""

    id: UUID
    territory: str
    device: str
    name: str
    member: UUID
    kind: str
    purpose: str
    reference: str
    span_from: datetime | None
    span_to: datetime | None
    exercise: bool
    opened_at: datetime
    until: datetime
    ended_at: datetime | None
    ended: str


@dataclass(frozen=True, slots=True)
class Recorder:
    """A recorder's ONVIF service, with its login in clear: for who asks it alone, never printed.

    The camera's recording there is the one of that token, else the one that bears one of its `names`.
    """

    address: str
    login: str
    secret: str
    recording: str
    names: tuple[str, ...]

    def __repr__(self) -> str:
        return "Recorder(…)"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a decoder finds the image, with the login in clear: for the decoder alone, never printed.

    `recorder`: which is asked for the address of the span that ends at `until`.
    """

    address: str
    login: str
    secret: str
    clock: str = ""
    recorder: Recorder | None = None
    until: datetime | None = None

    def __repr__(self) -> str:
        return "Source(…)"
