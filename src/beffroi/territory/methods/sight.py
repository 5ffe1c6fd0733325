"""What a camera sees on the map: a wedge by its direction and form, cut by the walls around it.

Flat: heights are not used here, a building hides all that lies behind it. The building
that carries the camera does not.
"""

from __future__ import annotations

import math

import numpy as np

from beffroi.foundation.geography import LocalPlane
from beffroi.territory.methods.buildings import Buildings, Floats

#: Where the file does not say: how wide and how far a camera sees, for the map only.
DEFAULT_FIELD_DEG = 70.0
DEFAULT_REACH_M = 60.0
ALL_ROUND = frozenset({"dome", "panning", "ptz", "panorama"})
_STEP_DEG = 3.0
_WALL_M = 1.5
_THIN_M = 0.3


def view_of(
    buildings: Buildings,
    lat: float,
    lon: float,
    *,
    direction_deg: float | None,
    field_deg: float | None = None,
    reach_m: float | None = None,
    form: str = "",
) -> list[list[float]]:
    """A closed ring of [longitude, latitude], or an empty list when nothing tells where the camera looks."""
    turns = form in ALL_ROUND and (direction_deg is None or field_deg is None)
    if direction_deg is None and not turns:
        return []
    reach = reach_m or DEFAULT_REACH_M
    width = 360.0 if turns else min(field_deg or DEFAULT_FIELD_DEG, 360.0)
    middle = 0.0 if turns or direction_deg is None else direction_deg
    plane = LocalPlane(lat, lon)
    walls = _walls(buildings, plane, reach)
    bearings = _bearings(walls, middle, width, reach)
    x, y = _thinned(*_ends(walls, bearings, reach))
    ring_lat, ring_lon = plane.to_lat_lon(x, y)
    ring = [[round(float(a), 6), round(float(b), 6)] for a, b in zip(ring_lon, ring_lat, strict=True)]
    if width < 360.0:
        ring = [[round(lon, 6), round(lat, 6)], *ring]
    return [*ring, ring[0]]


def _walls(buildings: Buildings, plane: LocalPlane, reach: float) -> Floats:
    """Walls within reach as rows (x1, y1, x2, y2) in metres around the camera, its own building left out."""
    rows = []
    for number in buildings.near(plane.lat, plane.lon, reach):
        ring_lat, ring_lon = buildings.ring(int(number))
        x, y = plane.to_xy(ring_lat, ring_lon)
        walls = np.stack([x[:-1], y[:-1], x[1:], y[1:]], axis=1)
        distance = _from_origin(walls)
        carries = distance.min() < _WALL_M or buildings.contains(int(number), plane.lat, plane.lon)
        if not carries:
            rows.append(walls[distance < reach])
    return np.concatenate(rows) if rows else np.zeros((0, 4))


def _from_origin(walls: Floats) -> Floats:
    a, d = walls[:, :2], walls[:, 2:] - walls[:, :2]
    square = np.maximum((d * d).sum(axis=1), 1e-12)
    t = np.clip(-(a * d).sum(axis=1) / square, 0, 1)[:, None]
    nearest: Floats = np.hypot(*(a + t * d).T)
    return nearest


def _bearings(walls: Floats, middle: float, width: float, reach: float) -> Floats:
    """Directions to look in, radians clockwise from north: even steps, and just beside every corner."""
    half = math.radians(width) / 2
    steps = np.linspace(-half, half, max(int(width / _STEP_DEG), 2) + 1)
    corners = walls[:, :2][np.hypot(walls[:, 0], walls[:, 1]) <= reach]
    at = np.arctan2(corners[:, 0], corners[:, 1]) - math.radians(middle)
    at = (at + math.pi) % (2 * math.pi) - math.pi
    beside = np.concatenate([at - 1e-5, at + 1e-5])
    if width >= 360.0:
        steps = steps[:-1]
    return np.unique(np.concatenate([steps, beside[np.abs(beside) <= half]])) + math.radians(middle)


def _ends(walls: Floats, bearings: Floats, reach: float) -> tuple[Floats, Floats]:
    """Where each line of sight ends: at the first wall, or at the reach."""
    dx, dy = np.sin(bearings)[:, None], np.cos(bearings)[:, None]
    ax, ay = walls[:, 0], walls[:, 1]
    ex, ey = walls[:, 2] - ax, walls[:, 3] - ay
    cross = dx * ey - dy * ex
    safe = np.where(np.abs(cross) > 1e-12, cross, 1.0)
    along = (ax * ey - ay * ex) / safe
    on_wall = (ax * dy - ay * dx) / safe
    hit = (np.abs(cross) > 1e-12) & (along > 0) & (on_wall >= 0) & (on_wall <= 1)
    seen = np.where(hit, along, reach).min(axis=1, initial=reach)
    return seen * dx[:, 0], seen * dy[:, 0]


def _thinned(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The outline by fewer points, nowhere more than 0.3 m from what it was (Douglas and Peucker)."""
    import shapely  # loaded late: the web process draws few views, and starts faster without it

    line = shapely.LineString(np.column_stack([x, y]))
    kept = shapely.get_coordinates(shapely.simplify(line, _THIN_M, preserve_topology=False))
    return kept[:, 0], kept[:, 1]
