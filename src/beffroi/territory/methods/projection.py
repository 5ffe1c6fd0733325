"""What system coordinates are in, and degrees from them: declared, or plainly degrees; nothing is assumed."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

#: Lambert-93 (EPSG:2154) over metropolitan France, metres.
_LAMBERT_X = (0.0, 1_300_000.0)
_LAMBERT_Y = (6_000_000.0, 7_200_000.0)
_DEGREES = ("EPSG:4326", "OGC:CRS84")

#: Latitude and longitude in degrees from x (east) and y (north).
ToDegrees = Callable[[float, float], tuple[float, float]]


class UnknownSystem(ValueError):
    """Coordinates that are not degrees, with no system declared; `example` shows one."""

    def __init__(self, example: str, lambert: bool) -> None:
        super().__init__(example)
        self.example = example
        self.lambert = lambert


class BadSystem(ValueError):
    """A name of a coordinate system that is not known."""


def normal(name: str) -> str:
    """`urn:ogc:def:crs:EPSG::2154` -> `EPSG:2154`; `CRS84` and its kin -> `OGC:CRS84`."""
    parts = [part for part in name.replace("/", ":").split(":") if part]
    if name.upper().endswith("CRS84"):
        return "OGC:CRS84"
    if len(parts) >= 2 and any(part.upper() == "EPSG" for part in parts):
        return f"EPSG:{parts[-1]}"
    return name.strip()


def to_degrees(system: str) -> ToDegrees:
    """The way from a named system to degrees. Raises BadSystem."""
    name = normal(system)
    if name in _DEGREES:
        return lambda x, y: (y, x)
    from pyproj import Transformer  # loaded late: only an import needs it
    from pyproj.exceptions import CRSError

    try:
        transformer = Transformer.from_crs(name, "EPSG:4326", always_xy=True)
    except CRSError as error:
        raise BadSystem(f"{system} is not a coordinate system that is known here") from error

    def convert(x: float, y: float) -> tuple[float, float]:
        lon, lat = transformer.transform(x, y)
        return float(lat), float(lon)

    return convert


def assumed(points: list[tuple[float, float]]) -> ToDegrees:
    """Degrees as they are, for x, y that all can be. Raises UnknownSystem for the first that cannot."""
    for x, y in points:
        if not (isfinite(x) and isfinite(y) and -180 <= x <= 180 and -90 <= y <= 90):
            raise UnknownSystem(f"{x:g} {y:g}" if abs(x) < 1e4 else f"{x:.1f} {y:.1f}", lambert(points))
    return lambda x, y: (y, x)


def lambert(points: list[tuple[float, float]]) -> bool:
    """Whether most points would lie in metropolitan France when read as Lambert-93."""
    inside = sum(
        _LAMBERT_X[0] <= x <= _LAMBERT_X[1] and _LAMBERT_Y[0] <= y <= _LAMBERT_Y[1] for x, y in points
    )
    return bool(points) and inside >= 0.9 * len(points)
