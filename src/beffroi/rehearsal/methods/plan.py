"""The plan of an invented town: plain values, in metres east (x) and north (y) of its market square."""

from __future__ import annotations

from dataclasses import dataclass, field

Point = tuple[float, float]
Ring = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Street:
    """A stretch of one street: junction and bend numbers in order, and what is true of all of it."""

    name: str
    kind: str
    points: tuple[int, ...]
    oneway: bool = False
    maxspeed: int = 50
    bridge: bool = False


@dataclass(frozen=True, slots=True)
class Building:
    """An outline (not closed: the last corner is not the first again), its courtyards, levels and tags."""

    outline: Ring
    levels: int
    tags: dict[str, str] = field(default_factory=dict)
    courtyards: tuple[Ring, ...] = ()


@dataclass(frozen=True, slots=True)
class Thing:
    """A point with its tags: a lamp, a camera, a level crossing."""

    at: Point
    tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its tags: the river, the railway."""

    points: Ring
    tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class Area:
    """A surface with its tags: water, a park, a field."""

    outline: Ring
    tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class Town:
    """All of a town. `points` are those of the streets; `lat` and `lon` are the square's (degrees)."""

    name: str
    lat: float
    lon: float
    points: tuple[Point, ...]
    streets: tuple[Street, ...]
    buildings: tuple[Building, ...]
    things: tuple[Thing, ...]
    lines: tuple[Line, ...]
    areas: tuple[Area, ...]

    def named(self, **tags: str) -> Building:
        """The first building that carries these tags. Raises LookupError."""
        for each in self.buildings:
            if all(each.tags.get(key) == value for key, value in tags.items()):
                return each
        raise LookupError(f"no building with {tags}")


#: Half the width of a street of each kind (m), kerb included.
HALF_WIDTH = {
    "primary": 5.5,
    "secondary": 5.0,
    "tertiary": 5.0,
    "unclassified": 3.5,
    "residential": 3.8,
    "living_street": 3.2,
    "pedestrian": 2.6,
    "service": 2.6,
}
