"""WGS 84 positions and metric distances.

Distances use the mean-latitude radii of the WGS 84 ellipsoid: within a commune
(under 50 km) the error against the geodesic is below 0.1 %; `geodesic_m` is exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY_2 = 6.694_379_990_141_316e-3

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Position:
    """A place: latitude and longitude in degrees (WGS 84), and a radius of doubt in metres."""

    lat: float
    lon: float
    radius_m: float = 0.0

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise ValueError(f"latitude {self.lat}, longitude {self.lon}: not degrees of WGS 84")
        if not (math.isfinite(self.radius_m) and self.radius_m >= 0):
            raise ValueError(f"radius {self.radius_m} m: must be finite and not negative")


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Metres in one degree of latitude and of longitude at the latitude `lat` (degrees)."""
    phi = math.radians(lat)
    w2 = 1 - _ECCENTRICITY_2 * math.sin(phi) ** 2
    meridian = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_2) / w2**1.5
    normal = _SEMI_MAJOR_M / math.sqrt(w2)
    return math.radians(1) * meridian, math.radians(1) * normal * math.cos(phi)


def distance_m(a: Position, b: Position) -> float:
    """Metres between two positions of one territory (see the module for the error)."""
    per_lat, per_lon = metres_per_degree((a.lat + b.lat) / 2)
    return math.hypot((b.lat - a.lat) * per_lat, (b.lon - a.lon) * per_lon)


def geodesic_m(a: Position, b: Position) -> float:
    """Metres along the ellipsoid, exact at any distance (slower; through pyproj)."""
    from pyproj import Geod  # loaded late: 20 ms and 15 MB that most processes never need

    _, _, metres = Geod(ellps="WGS84").inv(a.lon, a.lat, b.lon, b.lat)
    return float(metres)


@dataclass(frozen=True, slots=True)
class LocalPlane:
    """A plane in metres, x to the east and y to the north, touching the earth at its origin."""

    lat: float
    lon: float

    def to_xy(self, lat: Floats | float, lon: Floats | float) -> tuple[Floats, Floats]:
        """Metres east and north of the origin, for degrees of any one shape."""
        per_lat, per_lon = metres_per_degree(self.lat)
        return (np.asarray(lon) - self.lon) * per_lon, (np.asarray(lat) - self.lat) * per_lat

    def to_lat_lon(self, x: Floats | float, y: Floats | float) -> tuple[Floats, Floats]:
        """Degrees of latitude and longitude, for metres of any one shape."""
        per_lat, per_lon = metres_per_degree(self.lat)
        return np.asarray(y) / per_lat + self.lat, np.asarray(x) / per_lon + self.lon
