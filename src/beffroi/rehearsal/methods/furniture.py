"""What stands in the streets of an invented town: lamps, cameras, and the green and the water about them."""

from __future__ import annotations

import math

from shapely import LineString, Polygon

from beffroi.rehearsal.methods.ground import (
    EDGE_M,
    RIVER_HALF_WIDTH_M,
    along_streets,
    corners,
    railway_line,
    river_line,
)
from beffroi.rehearsal.methods.plan import HALF_WIDTH, Area, Building, Line, Point, Street, Thing
from beffroi.rehearsal.methods.streets import Network

_LAMP_STEP_M = 31.0
_LIT_WITHIN_M = 700.0


def lamps(points: list[Point], streets: list[Street]) -> list[Thing]:
    """A lamp every thirty metres, on one side and then the other, as far as the town goes."""
    found = []
    for street in streets:
        away = HALF_WIDTH[street.kind] + 0.7
        for count, (place, direction, _) in enumerate(along_streets(points, street, _LAMP_STEP_M, 9.0)):
            if math.hypot(*place) > _LIT_WITHIN_M:
                continue
            side = 1 if count % 2 else -1
            at = (place[0] - direction[1] * away * side, place[1] + direction[0] * away * side)
            found.append(Thing(at, {"highway": "street_lamp", "support": "pole", "light:method": "LED"}))
    return found


def bearing(a: Point, b: Point) -> int:
    """Degrees clockwise from north of b seen from a."""
    return round(math.degrees(math.atan2(b[0] - a[0], b[1] - a[1]))) % 360


def middle(building: Building) -> Point:
    """The middle of a building's corners."""
    count = len(building.outline)
    return sum(x for x, _ in building.outline) / count, sum(y for _, y in building.outline) / count


def _camera(number: int, name: str, at: Point, towards: Point | None, height: float = 6.0) -> Thing:
    tags = {
        "man_made": "surveillance",
        "surveillance": "public",
        "surveillance:type": "camera",
        "surveillance:zone": "town",
        "camera:type": "dome" if towards is None else "fixed",
        "camera:mount": "pole",
        "ref": f"C-{number:02d}",
        "name": name,
        "height": f"{height:g}",
    }
    if towards is not None:
        tags["camera:direction"] = str(bearing(at, towards))
    return Thing(at, tags)


def cameras(network: Network, public: list[Building]) -> list[Thing]:
    """Sixteen cameras: the square, the old gates, the bridges, and before what is everyone's."""
    points, at = network.points, network.at
    by_name = {each.tags["name"]: middle(each) for each in public if "name" in each.tags}
    square = (0.0, 0.0)

    def gate(ring: int, spoke: int) -> Point:
        x, y = points[at[ring, spoke]]
        return x + 4.0, y + 4.5

    found = [
        ("Place de la Mairie, côté mairie", gate(0, 0), square),
        ("Place de la Mairie, côté halles", gate(0, 6), square),
        ("Porte de l’Est", gate(2, 0), points[at[3, 0]]),
        ("Porte du Nord", gate(2, 4), points[at[3, 4]]),
        ("Porte de l’Ouest", gate(2, 8), points[at[3, 8]]),
        ("Porte du Pont", gate(2, 12), points[at[3, 12]]),
        ("Rue du Four", gate(1, 2), points[at[0, 2]]),
        ("Rue des Halles", gate(1, 6), None),
    ]
    before = [
        "École Jacques-Prévert",
        "Collège des Trois-Rivières",
        "Gare",
        "Gymnase",
        "Médiathèque",
        "Salle des fêtes",
        "Supermarché",
        "Bijouterie",
    ]
    for name in before:
        if name in by_name:
            target = by_name[name]
            number = min(range(len(points)), key=lambda n: abs(math.dist(points[n], target) - 30))
            found.append((f"Abords : {name}", (points[number][0] + 4.5, points[number][1] - 4.0), target))
    return [_camera(count, *each) for count, each in enumerate(found, 1)]


def lines() -> list[Line]:
    """The river and the railway."""
    return [
        Line(river_line(), {"waterway": "river", "name": "L’Aune"}),
        Line(railway_line(), {"railway": "rail", "usage": "branch", "gauge": "1435"}),
    ]


def _around(x: float, y: float, radii: tuple[float, float], turn: float = 0.0) -> Polygon:
    width, height = radii
    steps = range(14)
    wobble = [1 + 0.09 * math.sin(3 * n + x) for n in steps]
    return Polygon(
        (
            x + wobble[n] * width * math.cos(math.tau * n / 14 + turn),
            y + wobble[n] * height * math.sin(math.tau * n / 14 + turn),
        )
        for n in steps
    )


def areas() -> list[Area]:
    """Water, woods, the park, fields, and the limit of the commune."""
    water = LineString(river_line()).buffer(RIVER_HALF_WIDTH_M, cap_style="flat").simplify(0.5)
    drawn = [
        (water, {"natural": "water", "water": "river"}),
        (_around(-620, -165, (110, 34), 0.1), {"leisure": "park", "name": "Parc de l’Aune"}),
        (_around(-1150, 820, (420, 300)), {"landuse": "forest", "name": "Bois de la Garenne"}),
        (_around(1180, -900, (360, 260)), {"landuse": "forest"}),
        (_around(-720, 290, (64, 48)), {"landuse": "cemetery", "name": "Cimetière"}),
        (_around(-470, -130, (60, 42)), {"leisure": "pitch", "sport": "soccer", "name": "Stade municipal"}),
        (_around(1050, 720, (380, 240)), {"landuse": "farmland"}),
        (_around(-1000, -800, (400, 280)), {"landuse": "farmland"}),
        (_around(150, -1200, (420, 260)), {"landuse": "meadow"}),
        (_around(0, 0, (EDGE_M - 160, EDGE_M - 160)), {"boundary": "administrative", "admin_level": "8"}),
    ]
    return [Area(corners(shape), tags) for shape, tags in drawn if isinstance(shape, Polygon)]
