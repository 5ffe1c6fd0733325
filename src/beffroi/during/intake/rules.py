"""From what a connector read to an observation: pure decisions, no clock, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from beffroi.during.intake.facts import Observation
from beffroi.during.intake.kinds import KINDS
from beffroi.foundation.errors import BeffroiError

#: Clocks of sensors differ from ours; beyond these the observation is flagged, never thrown away.
AHEAD = timedelta(minutes=2)
BEHIND = timedelta(hours=24)


class Unreadable(BeffroiError):
    """A message that no observation can be made of; it is kept, counted and shown."""

    code = "intake.unreadable"
    message = "This message cannot be read: {why}."
    advice = "Compare it with the connector's page; the desk shows what was received."
    status = 422

    def __init__(self, why: str, *, code: str | None = None, **fields: object) -> None:
        self.reason = code or self.code
        super().__init__(why=why, **fields)

    def as_dict(self) -> dict[str, object]:
        """The root's answer, with the precise code."""
        return {**super().as_dict(), "code": self.reason}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who sent a message, as the source was declared; `devices` leads from its own names to device keys.

    `mapping` says what its messages mean, where the connector leaves that to the town.
    `panel_key` opens what it encrypts, empty where it does not; it is never shown.
    """

    id: UUID
    key: str
    territory: str
    connector: str
    address: str = ""
    device: str = ""
    devices: Mapping[str, Any] = field(default_factory=dict)
    exercise: bool = False
    mapping: Mapping[str, Any] = field(default_factory=dict)
    panel_key: bytes = field(default=b"", repr=False)

    def device_of(self, name: str) -> str:
        """The device that this source's own `name` stands for; the name itself where none was declared.

        A name that was declared for its kind alone stands for itself too.
        """
        return self._declared(name) or name or self.device

    def unit_of(self, name: str) -> str:
        """The patrol unit that this source's own `name` stands for.

        The one declared for it, else the only one that this source speaks for, else the name itself.
        """
        return self._declared(name) or self.device or name

    def _declared(self, name: str) -> str:
        found = self.devices.get(name)
        if not found:
            return ""
        return str((found.get("device") if isinstance(found, Mapping) else found) or "")

    def kind_of(self, name: str, default: str) -> str:
        """The kind declared for `name` (a zone that is a motion detector, say), else `default`."""
        found = self.devices.get(name)
        kind = found.get("kind") if isinstance(found, Mapping) else None
        return kind if isinstance(kind, str) and kind in KINDS else default


class Draft(msgspec.Struct, frozen=True):
    """What a connector read in a message; `name` is the source's own name of the device."""

    key: str
    kind: str
    seen_at: datetime | None = None
    name: str = ""
    lat: float | None = None
    lon: float | None = None
    radius_m: float = 0.0
    certainty: float | None = None
    exercise: bool = False
    content: Mapping[str, Any] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PassedOver:
    """So much of a message was understood and is none of ours (`what` says why): counted, never kept."""

    count: int
    what: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a patrol unit was at `at`, as a connector read it; `name` is the source's own name of the unit.

    Not an observation: it never enters the spool nor the journal, only the latest of a unit is kept.
    Degrees of WGS 84, `radius_m` in metres, `heading_deg` clockwise from north.
    """

    name: str
    at: datetime
    lat: float
    lon: float
    radius_m: float = 0.0
    heading_deg: float | None = None
    exercise: bool = False


def too_early(at: datetime, received_at: datetime) -> bool:
    """Whether a position is dated so far ahead that it would hide all that come after it."""
    return at - received_at > AHEAD


def judged(seen_at: datetime, received_at: datetime) -> tuple[datetime, dict[str, float]]:
    """The instant to believe, and what to note beside it (seconds) where it is doubtful.

    What was seen in the future was not: the time of receipt holds, `clock_ahead_s` says by how much. What
    was seen long ago may have waited in a device without network: its time stands, `late_s` says so.
    """
    ahead = seen_at - received_at
    if ahead > AHEAD:
        return received_at, {"clock_ahead_s": round(ahead.total_seconds(), 3)}
    return seen_at, {"late_s": round(-ahead.total_seconds(), 3)} if ahead < -BEHIND else {}


def observation(speaker: Speaker, draft: Draft, *, identifier: UUID, received_at: datetime) -> Observation:
    """The observation that `draft` makes when `speaker` sends it (see `judged` for its time)."""
    seen_at, notes = judged(draft.seen_at or received_at, received_at)
    content = {**draft.content, **notes}
    return Observation(
        id=identifier,
        territory=speaker.territory,
        source=speaker.key,
        key=draft.key,
        kind=draft.kind,
        seen_at=seen_at,
        received_at=received_at,
        device=speaker.device_of(draft.name) if draft.name else speaker.device,
        lat=draft.lat,
        lon=draft.lon,
        radius_m=draft.radius_m,
        certainty=draft.certainty,
        exercise=speaker.exercise or draft.exercise,
        content=content,
    )
