"""The roads to watch when the chance to arrive in time is low, in words: one sentence of reasons for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from beffroi.desks.duty import reasons
from beffroi.during.dispatch import queries
from beffroi.during.dispatch.shown import ExitsView, ExitView, Seeing
from beffroi.during.incident.shown import IncidentView


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera on the way: `at` when they could be in its picture at the earliest, over already where `past`.

    Not `sure`: it stands on the way and nothing tells where it looks.
    """

    key: str
    name: str
    at: datetime
    past: bool
    sure: bool


@dataclass(frozen=True, slots=True)
class Exit:
    """One road to watch: `at` when they can be there at the earliest, `held` where a patrol can be first."""

    name: str
    lat: float
    lon: float
    at: datetime
    past: bool
    held: bool
    why: str
    cameras: tuple[Camera, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """The roads to watch had they driven off at `since`; none where `ways` are too many to be closed."""

    since: datetime
    ways: int
    exits: tuple[Exit, ...]

    @property
    def marks(self) -> list[dict[str, object]]:
        """What the map draws."""
        return [{"lat": each.lat, "lon": each.lon, "held": each.held} for each in self.exits]


def leaving(incident: IncidentView, now: datetime) -> Leaving | None:
    """The roads to watch for an incident's sheet; None where that is not the question."""
    if incident.phase not in ("decide", "progress") or incident.state == "on_scene":
        return None
    found = queries.exits(incident.id)
    if found is None or not found.ways:
        return None
    return Leaving(found.since, found.ways, tuple(_exit(each, found, now) for each in found.exits))


def _exit(each: ExitView, found: ExitsView, now: datetime) -> Exit:
    at = found.at + timedelta(seconds=each.in_s)
    return Exit(
        name=each.name,
        lat=each.lat,
        lon=each.lon,
        at=at,
        past=at <= now,
        held=any(reason.code == "exit.held" for reason in each.reasons),
        why=", ".join(reasons.said(reason.code, reason.params) for reason in each.reasons),
        cameras=tuple(_camera(one, found.at, now) for one in each.cameras),
    )


def _camera(each: Seeing, made_at: datetime, now: datetime) -> Camera:
    at = made_at + timedelta(seconds=each.in_s)
    return Camera(each.device, each.name, at, at <= now, each.sure)
