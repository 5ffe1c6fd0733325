"""Buildings of an invented town: what is everyone's first, then terraces, then houses in their gardens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from shapely import Polygon

from beffroi.rehearsal.methods.ground import Ground, along_streets, corners, rectangle
from beffroi.rehearsal.methods.plan import HALF_WIDTH, Building, Point, Ring, Street


@dataclass(frozen=True, slots=True)
class _Site:
    """Something everyone knows: its tags, front and depth (m), levels, and the place that it looks for."""

    tags: dict[str, str]
    front: float
    depth: float
    levels: int
    near: Point
    courtyard: bool = False


def _site(
    name: str,
    near: Point,
    front: float,
    depth: float,
    levels: int = 2,
    *,
    courtyard: bool = False,
    **tags: str,
) -> _Site:
    return _Site({"name": name, **tags}, front, depth, levels, near, courtyard)


_SITES = (
    _site("Mairie", (40, 28), 24, 15, 3, building="public", amenity="townhall"),
    _site("Police municipale", (70, 10), 12, 11, amenity="police", building="public", operator="Commune"),
    _site("École Jacques-Prévert", (-195, 60), 46, 34, courtyard=True, building="school", amenity="school"),
    _site(
        "Collège des Trois-Rivières",
        (-330, 190),
        62,
        48,
        3,
        courtyard=True,
        building="school",
        amenity="school",
    ),
    _site("Médiathèque", (115, -95), 30, 24, building="public", amenity="library"),
    _site("Salle des fêtes", (260, -120), 34, 22, 1, building="public", amenity="community_centre"),
    _site("Gymnase", (-420, 40), 44, 28, 1, building="sports_hall", leisure="sports_centre"),
    _site("Gare", (40, 600), 32, 12, 2, building="train_station", railway="station"),
    _site("Centre de secours", (430, 160), 36, 20, 1, building="fire_station", amenity="fire_station"),
    _site("Brigade de gendarmerie", (880, 60), 40, 22, 2, building="public", amenity="police"),
    _site("EHPAD Les Tilleuls", (330, 330), 56, 38, 3, courtyard=True, building="residential"),
    _site("Supermarché", (990, -40), 70, 48, 1, building="retail", shop="supermarket"),
    _site("Ateliers municipaux", (-640, -60), 48, 26, 1, building="industrial"),
    _site("Pharmacie du Pont", (20, -170), 13, 12, amenity="pharmacy", building="retail"),
    _site("Tabac-presse", (-60, 20), 9, 11, shop="tobacco", building="retail"),
    _site("Bijouterie", (60, -40), 9, 11, shop="jewelry", building="retail"),
)


def _church() -> Building:
    """The church stands in the square, its choir to the east."""
    nave = ((-17.0, -6.0), (11.0, -6.0), (16.0, -3.0), (16.0, 3.0), (11.0, 6.0), (-17.0, 6.0))
    tags = {
        "name": "Église Saint-Michel",
        "amenity": "place_of_worship",
        "building": "church",
        "height": "21",
    }
    return Building(nave, 1, tags)


def _sides(direction: Point) -> tuple[Point, Point]:
    return (-direction[1], direction[0]), (direction[1], -direction[0])


def _put(ground: Ground, shape: Polygon) -> bool:
    if not ground.is_free(shape):
        return False
    ground.take(shape)
    return True


def _courtyard(shape: Polygon, wing: float) -> tuple[Ring, ...]:
    inner = shape.buffer(-wing, join_style="mitre")
    return (corners(inner),) if isinstance(inner, Polygon) and inner.area > 60 else ()


def _public(points: list[Point], streets: list[Street], ground: Ground) -> list[Building]:
    """Each site on the nearest free ground along a street to the place that it looks for."""
    fronts = [
        (place, direction, HALF_WIDTH[street.kind], street.name)
        for street in streets
        if not street.bridge and street.kind != "pedestrian"
        for place, direction, _ in along_streets(points, street, 6.0, 3.0)
    ]
    built = []
    for site in _SITES:
        for place, direction, half, name in sorted(fronts, key=lambda each: math.dist(each[0], site.near)):
            shape = next(
                (
                    candidate
                    for out in _sides(direction)
                    if ground.is_free(candidate := _shape(site, place, direction, out, half))
                ),
                None,
            )
            if shape is not None:
                ground.take(shape.buffer(2.0))
                tags = {**site.tags, "addr:street": name}
                yards = _courtyard(shape, 9.0) if site.courtyard else ()
                built.append(Building(corners(shape), site.levels, tags, yards))
                break
    return built


def _shape(site: _Site, place: Point, direction: Point, out: Point, half: float) -> Polygon:
    away = half + 2.0
    foot = (place[0] + out[0] * away, place[1] + out[1] * away)
    return rectangle(foot, direction, out, site.front, site.depth)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a quarter builds: front, depth, gap and setback (m, low and high), levels with their weights."""

    front: tuple[float, float]
    depth: tuple[float, float]
    gap: tuple[float, float]
    setback: tuple[float, float]
    levels: tuple[int, ...]
    kind: str
    left_empty: float


_OLD = _Manner((6.5, 11), (9, 13), (0.15, 0.15), (0.6, 0.6), (2, 2, 3, 3, 3, 4), "apartments", 0.04)
_SUBURB = _Manner((8, 12), (8, 11), (2, 7), (2, 5), (1, 2, 2, 2, 3), "house", 0.12)
_GARDEN = _Manner((9, 14), (8, 11), (7, 18), (5, 11), (1, 1, 2), "house", 0.25)
_COUNTRY = _Manner((9, 18), (8, 14), (45, 160), (8, 25), (1, 1, 2), "farm", 0.4)


def _manner(place: Point) -> _Manner:
    far = math.hypot(place[0] / 1.14, place[1])
    if far < 205:
        return _OLD
    if far < 345:
        return _SUBURB
    return _GARDEN if far < 680 else _COUNTRY


def _row(points: list[Point], street: Street, left: bool, random: Random, ground: Ground) -> list[Building]:
    """Build along one side of a street, front by front."""
    built = []
    ahead, number = 4.0, 1 if left else 2
    for place, direction, walked in along_streets(points, street, 1.0, 2.0):
        if walked < ahead:
            continue
        manner = _manner(place)
        front, depth = random.uniform(*manner.front), random.uniform(*manner.depth)
        out = _sides(direction)[0 if left else 1]
        middle = (place[0] + direction[0] * front / 2, place[1] + direction[1] * front / 2)
        away = HALF_WIDTH[street.kind] + random.uniform(*manner.setback)
        foot = (middle[0] + out[0] * away, middle[1] + out[1] * away)
        shape = rectangle(foot, direction, out, front, depth)
        if random.random() < manner.left_empty or not _put(ground, shape.buffer(-0.05)):
            ahead = walked + 3.0
            continue
        tags = {"building": manner.kind, "addr:street": street.name, "addr:housenumber": str(number)}
        built.append(Building(corners(shape), random.choice(manner.levels), tags))
        ahead, number = walked + front + random.uniform(*manner.gap), number + 2
    return built


def build(points: list[Point], streets: list[Street], random: Random, ground: Ground) -> list[Building]:
    """Every building of the town; takes the ground that they stand on."""
    church = _church()
    ground.take(Polygon(church.outline).buffer(8.0))
    buildings = [church, *_public(points, streets, ground)]
    for street in streets:
        if street.bridge:
            continue
        for left in (True, False):
            buildings += _row(points, street, left, random, ground)
    return buildings
