"""The invented town is always the same, holds together, and looks like a town."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, STRtree

from beffroi.rehearsal.methods import osm, town
from beffroi.rehearsal.methods.ground import river_line
from beffroi.rehearsal.methods.plan import HALF_WIDTH, Town

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def bourg() -> Town:
    return town.generate()


def _reached(a_town: Town) -> set[int]:
    """Junctions that a driver reaches from the square and can come back from, one-ways obeyed."""
    onward: dict[int, list[int]] = defaultdict(list)
    back: dict[int, list[int]] = defaultdict(list)
    for street in a_town.streets:
        for a, b in pairwise(street.points):
            onward[a].append(b)
            back[b].append(a)
            if not street.oneway:
                onward[b].append(a)
                back[a].append(b)
    both = []
    for beside in (onward, back):
        seen, ahead = {0}, [0]
        while ahead:
            for point in beside[ahead.pop()]:
                if point not in seen:
                    seen.add(point)
                    ahead.append(point)
        both.append(seen)
    return both[0] & both[1]


def test_the_same_seed_gives_the_same_file(bourg: Town) -> None:
    again = town.generate()
    assert again == bourg
    assert list(osm.lines(again)) == list(osm.lines(bourg))
    assert town.generate(seed=4).points != bourg.points


def test_it_is_the_size_of_a_small_town(bourg: Town) -> None:
    assert 100 <= len(bourg.streets) <= 250
    assert len({street.name for street in bourg.streets}) >= 45
    assert 1000 <= len(bourg.buildings) <= 2500
    lamps = [each for each in bourg.things if each.tags.get("highway") == "street_lamp"]
    cameras = [each for each in bourg.things if each.tags.get("man_made") == "surveillance"]
    assert len(lamps) > 300
    assert len(cameras) == 16
    assert sum(bool(each.courtyards) for each in bourg.buildings) == 3


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_any_seed_gives_a_town_that_holds_together(seed: int) -> None:
    any_town = town.generate(seed)
    used = {point for street in any_town.streets for point in street.points}
    assert used <= _reached(any_town)
    for name in ("Mairie", "École Jacques-Prévert", "Brigade de gendarmerie", "Médiathèque"):
        assert any_town.named(name=name)
    assert sum(street.bridge for street in any_town.streets) >= 2


def test_buildings_overlap_nothing(bourg: Town) -> None:
    shapes = [Polygon(each.outline) for each in bourg.buildings]
    assert all(shape.is_valid and shape.area > 20 for shape in shapes)
    tree = STRtree(shapes)
    for number, shape in enumerate(shapes):
        for other in tree.query(shape):
            assert other == number or shape.intersection(shapes[other]).area < 1.0
    roads = [
        LineString([bourg.points[a], bourg.points[b]]).buffer(HALF_WIDTH[street.kind] - 0.3)
        for street in bourg.streets
        for a, b in pairwise(street.points)
    ]
    for road in roads:
        assert all(road.intersection(shapes[found]).area < 0.5 for found in tree.query(road))
    river = LineString(river_line()).buffer(9)
    assert not any(shapes[found].intersects(river) for found in tree.query(river))


def test_courtyards_lie_within_their_walls(bourg: Town) -> None:
    for each in bourg.buildings:
        for yard in each.courtyards:
            assert Polygon(each.outline).contains(Polygon(yard))


def test_only_bridges_cross_the_river(bourg: Town) -> None:
    river = LineString(river_line())
    for street in bourg.streets:
        for a, b in pairwise(street.points):
            if LineString([bourg.points[a], bourg.points[b]]).crosses(river):
                assert street.bridge, street.name


def test_cameras_look_at_what_they_are_there_for(bourg: Town) -> None:
    cameras = [each for each in bourg.things if "ref" in each.tags]
    assert len({each.tags["ref"] for each in cameras}) == len(cameras)
    fixed = [each for each in cameras if each.tags["camera:type"] == "fixed"]
    assert len(fixed) >= 12
    for each in fixed:
        assert 0 <= int(each.tags["camera:direction"]) < 360
    school = bourg.named(name="École Jacques-Prévert").outline
    camera = next(each for each in cameras if "École" in each.tags["name"])
    middle = (sum(x for x, _ in school) / 4, sum(y for _, y in school) / 4)
    seen = math.degrees(math.atan2(middle[0] - camera.at[0], middle[1] - camera.at[1])) % 360
    assert abs((seen - int(camera.tags["camera:direction"]) + 180) % 360 - 180) < 2


def test_the_file_is_whole(bourg: Town) -> None:
    root = ElementTree.fromstring("\n".join(osm.lines(bourg)))  # noqa: S314 - our own writing
    nodes = {each.get("id") for each in root.iter("node")}
    ways = {each.get("id") for each in root.iter("way")}
    assert {each.get("ref") for each in root.iter("nd")} <= nodes
    assert {each.get("ref") for each in root.iter("member")} <= ways
    for kind in ("node", "way", "relation"):
        numbers = [int(each.get("id") or 0) for each in root.iter(kind)]
        assert numbers == sorted(set(numbers))
    assert [each.tag for each in root] == sorted(
        (each.tag for each in root), key=("node", "way", "relation").index
    )
    names = {each.get("v") or "" for each in root.iter("tag") if each.get("k") == "name"}
    assert not [name for name in names if re.search(r"'|  ", name)]


def test_another_reader_of_such_files_finds_the_same(bourg: Town, tmp_path) -> None:
    import osmium

    file = tmp_path / "bourg.osm"
    file.write_text("\n".join(osm.lines(bourg)), encoding="utf-8")
    counts: dict[str, int] = defaultdict(int)
    for each in osmium.FileProcessor(str(file)):
        counts[each.type_str()] += 1
        counts["building"] += "building" in each.tags
        counts["highway"] += each.is_way() and "highway" in each.tags
    assert counts["building"] == len(bourg.buildings)
    assert counts["highway"] == len(bourg.streets)
    assert counts["r"] == 3
