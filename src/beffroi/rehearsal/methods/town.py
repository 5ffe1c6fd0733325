"""An invented French-looking small town, always the same for the same seed.

About 130 streets, 1,500 buildings, 700 lamps and 16 cameras within 1.5 km of the square: enough for
routes, sight and sieges of wind to be what they are in a true one. Nothing in it is copied from a map.
"""

from __future__ import annotations

from random import Random

from beffroi.rehearsal.methods import furniture, names
from beffroi.rehearsal.methods.ground import with_streets
from beffroi.rehearsal.methods.houses import build
from beffroi.rehearsal.methods.plan import Area, Town
from beffroi.rehearsal.methods.streets import lay_out

SEED = 1789
#: In the middle of fields, so that nobody looks for it.
LAT, LON = 46.8123, 1.6204


def generate(seed: int = SEED, *, name: str = names.TOWN) -> Town:
    """The town of that seed."""
    random = Random(seed)  # noqa: S311 - a drawing, not a secret
    network, streets = lay_out(random)
    ground = with_streets(network.points, streets)
    buildings = build(network.points, streets, random, ground)
    public = [each for each in buildings if "name" in each.tags]
    things = furniture.lamps(network.points, streets) + furniture.cameras(network, public)
    areas = [
        Area(each.outline, {**each.tags, "name": name}) if "boundary" in each.tags else each
        for each in furniture.areas()
    ]
    return Town(
        name=name,
        lat=LAT,
        lon=LON,
        points=tuple((round(x, 2), round(y, 2)) for x, y in network.points),
        streets=tuple(streets),
        buildings=tuple(buildings),
        things=tuple(things),
        lines=tuple(furniture.lines()),
        areas=tuple(areas),
    )
