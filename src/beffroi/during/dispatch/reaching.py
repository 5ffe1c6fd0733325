"""Where they can be by now, and which cameras they may pass: kept with the order of units."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from beffroi.during.dispatch import scene
from beffroi.during.dispatch.methods.reach import ON_FOOT, bands
from beffroi.during.dispatch.shown import ReachView, Watched
from beffroi.during.incident.models import Incident
from beffroi.foundation.geography import Position, distance_m

#: Beyond this (m) they can be anywhere, and a map of it helps nobody.
FARTHEST_M = 750.0
#: Now, in a minute, in two (s).
AHEAD_S = (0.0, 60.0, 120.0)
#: Whom they passed this long ago (s) need not be watched any more.
PASSED_S = 30.0
MOST_CAMERAS = 6


def reach_now(row: Incident, here: scene.Town, at: datetime) -> dict[str, Any] | None:
    """What `Ranking.reach` keeps; None without a place or streets, or when they can be anywhere."""
    gone = max(0.0, (at - row.last_sign_at).total_seconds())
    radii = [ON_FOOT * (gone + ahead) for ahead in AHEAD_S]
    if row.lat is None or row.lon is None or here.graph is None or radii[-1] > FARTHEST_M:
        return None
    place = Position(row.lat, row.lon)
    found = bands(here.graph, place, radii)
    view = ReachView(
        at=at,
        since=row.last_sign_at,
        speed_m_s=ON_FOOT,
        bands=[[_short(line) for line in lines] for lines in found],
        cameras=_cameras(here, place, gone, radii[-1]),
    )
    made: dict[str, Any] = msgspec.to_builtins(view)
    return made


def _short(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(round(lat, 6), round(lon, 6)) for lat, lon in line]


def _cameras(here: scene.Town, place: Position, gone: float, farthest_m: float) -> list[Watched]:
    near = [
        (each, each.position)
        for each in here.cameras
        if each.position is not None and distance_m(place, each.position) <= farthest_m
    ]
    if here.graph is None or not near:
        return []
    away = here.graph.metres_from(place, [where for _, where in near], farthest_m)
    passing = [
        Watched(
            device=camera.key,
            name=camera.name,
            metres=round(float(metres), 1),
            in_s=round(max(0.0, float(metres) / ON_FOOT - gone), 1),
        )
        for (camera, _), metres in zip(near, away, strict=True)
        if gone - PASSED_S <= metres / ON_FOOT < float("inf")
    ]
    return sorted(passing, key=lambda each: (each.in_s, each.metres, each.device))[:MOST_CAMERAS]
