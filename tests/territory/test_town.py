"""From an OpenStreetMap file to a town: junctions, barriers, restrictions, devices, and the account of it."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import pytest
from tests.territory.towns import PLANE, cross, osm

from beffroi.foundation.geography import Position
from beffroi.territory.methods.buildings import Buildings
from beffroi.territory.methods.graph import StreetGraph
from beffroi.territory.methods.town import Town, town

pytestmark = pytest.mark.unit

STREET = {"highway": "residential"}


def at(x: float, y: float) -> Position:
    lat, lon = PLANE.to_lat_lon(x, y)
    return Position(float(lat), float(lon))


def seconds(made: Town, a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(made.graph.seconds_to(at(*b), [at(*a)], 3600)[0])


WEST, EAST, SOUTH, NORTH = (-150.0, 0.0), (150.0, 0.0), (0.0, -150.0), (0.0, 150.0)
PACE = 50 / 3.6 * 0.8


def test_a_crossroads_joins_its_streets(tmp_path: Path) -> None:
    made = town(cross(tmp_path / "a.osm"))
    assert seconds(made, WEST, NORTH) == pytest.approx(300 / PACE, rel=1e-3)
    assert made.report["taken"]["streets"] == 2
    assert made.report["taken"]["pieces"] == 4
    assert made.graph.street_name(*_lat_lon(WEST)) == "Rue du Port"


def _lat_lon(place: tuple[float, float]) -> tuple[float, float]:
    return at(*place).lat, at(*place).lon


def test_streets_that_cross_without_a_node_do_not_meet(tmp_path: Path) -> None:
    ways = {1: ([1, 2], STREET), 2: ([3, 4], STREET)}
    made = town(cross(tmp_path / "a.osm", ways=ways))
    assert math.isinf(seconds(made, WEST, NORTH)) or made.report["unreached"]["pieces"] == 1


def test_a_bollard_cuts_a_street_and_a_gate_delays(tmp_path: Path) -> None:
    free = seconds(town(cross(tmp_path / "a.osm")), WEST, EAST)
    gate = town(cross(tmp_path / "b.osm", tagged={5: {"barrier": "gate"}}))
    assert seconds(gate, WEST, EAST) == pytest.approx(free + 20 * 150 / 200, rel=1e-3)
    assert gate.report["barriers"] == {"gate, slow": 1}
    shut = town(cross(tmp_path / "c.osm", tagged={5: {"barrier": "bollard"}}))
    assert shut.report["barriers"] == {"bollard, shut": 1}
    assert shut.report["unreached"]["pieces"] == 3


def turn(kind: str, source: int, target: int, **tags: str) -> dict[str, Any]:
    ways = {
        1: ([1, 5], STREET), 2: ([5, 2], STREET), 3: ([3, 5], STREET), 4: ([5, 4], STREET),
        5: ([1, 4], {**STREET, "maxspeed": "10"}), 6: ([2, 4], {**STREET, "maxspeed": "10"}),
    }  # fmt: skip
    members = [("way", source, "from"), ("node", 5, "via"), ("way", target, "to")]
    return {"ways": ways, "relations": {1: (members, {"type": "restriction", "restriction": kind, **tags})}}


def test_a_forbidden_turn_is_not_made(tmp_path: Path) -> None:
    free = town(cross(tmp_path / "a.osm", **turn("no_left_turn", 2, 3)))
    bound = town(cross(tmp_path / "b.osm", **turn("no_left_turn", 1, 4)))
    assert seconds(free, WEST, NORTH) == pytest.approx(300 / PACE, rel=1e-3)
    # Straight on, turn in the side street's far end is not possible in less than going round.
    assert seconds(bound, WEST, NORTH) > seconds(free, WEST, NORTH) + 10
    assert seconds(bound, WEST, EAST) == pytest.approx(seconds(free, WEST, EAST))
    assert seconds(bound, SOUTH, NORTH) == pytest.approx(seconds(free, SOUTH, NORTH))
    assert bound.report["taken"]["restrictions"] == 1


def test_only_straight_on_forbids_every_other_turn(tmp_path: Path) -> None:
    free = town(cross(tmp_path / "a.osm", **turn("no_left_turn", 2, 3)))
    made = town(cross(tmp_path / "b.osm", **turn("only_straight_on", 1, 2)))
    assert seconds(made, WEST, EAST) == pytest.approx(seconds(free, WEST, EAST))
    assert seconds(made, WEST, SOUTH) > seconds(free, WEST, SOUTH) + 10
    assert seconds(made, WEST, NORTH) > seconds(free, WEST, NORTH) + 10


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"except": "emergency"}, "not for patrols"),
        ({"restriction": "no_dancing"}, "unknown kind"),
    ],
)
def test_a_restriction_that_is_left_says_why(tmp_path: Path, change: dict[str, str], why: str) -> None:
    made = town(cross(tmp_path / "a.osm", **turn("no_left_turn", 1, 4, **change)))
    assert made.report["left"]["restrictions"] == {why: 1}


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([("way", 1, "from"), ("node", 5, "via")], "members that are not in the file"),
        ([("way", 1, "from"), ("way", 2, "to")], "no via"),
        (
            [("way", 99, "from"), ("node", 5, "via"), ("way", 2, "to")],
            "way that is not driven or not in the file",
        ),
        (
            [("way", 1, "from"), ("node", 77, "via"), ("way", 2, "to")],
            "via is not a junction of driven streets",
        ),
        ([("way", 9, "from"), ("node", 5, "via"), ("way", 2, "to")], "way that runs through the junction"),
    ],
)
def test_a_restriction_that_cannot_be_placed(tmp_path: Path, members: list[Any], why: str) -> None:
    given = turn("no_left_turn", 1, 4)
    given["ways"][9] = ([3, 5, 4], STREET)
    given["relations"] = {1: (members, {"type": "restriction", "restriction": "no_left_turn"})}
    made = town(cross(tmp_path / "a.osm", **given))
    assert made.report["left"]["restrictions"] == {why: 1}


def test_a_restriction_over_a_way(tmp_path: Path) -> None:
    """Two carriageways joined by a link: turning back over it is forbidden, crossing is not."""
    nodes = {
        1: (-200.0, 0.0), 2: (0.0, 0.0), 3: (200.0, 0.0), 4: (200.0, 20.0), 5: (0.0, 20.0),
        6: (-200.0, 20.0), 7: (0.0, 200.0),
    }  # fmt: skip
    one_way, slow = {**STREET, "oneway": "yes"}, {**STREET, "maxspeed": "5"}
    ways = {
        1: ([1, 2], one_way), 2: ([2, 3], one_way), 3: ([4, 5], one_way), 4: ([5, 6], one_way),
        5: ([2, 5], STREET), 6: ([5, 7], STREET), 7: ([3, 4], slow), 8: ([6, 1], slow),
    }  # fmt: skip
    members = [("way", 1, "from"), ("way", 5, "via"), ("way", 4, "to")]
    rule = {1: (members, {"type": "restriction", "restriction": "no_u_turn"})}
    free = town(osm(tmp_path / "a.osm", nodes, ways))
    made = town(osm(tmp_path / "b.osm", nodes, ways, rule))
    assert made.report["taken"]["restrictions"] == 1
    back, up = (-150.0, 20.0), (0.0, 150.0)
    # Nor by turning round on the link: what remains is to turn round at the end of the street beyond.
    assert seconds(made, WEST, back) == pytest.approx(seconds(free, WEST, back) + 2 * 180 / PACE, rel=1e-3)
    assert seconds(made, WEST, up) == pytest.approx(seconds(free, WEST, up))


def test_cameras_lamps_and_stations(tmp_path: Path) -> None:
    tagged = {
        1: {"man_made": "surveillance", "camera:type": "fixed", "camera:direction": "SW", "height": "4"},
        2: {"man_made": "surveillance", "camera:type": "dome", "height": "99", "direction": "up"},
        3: {"man_made": "surveillance", "surveillance:type": "guard"},
        4: {"highway": "street_lamp", "man_made": "surveillance"},
        5: {"amenity": "police", "name": "Poste"},
    }
    made = town(cross(tmp_path / "a.osm", tagged=tagged))
    by_place = {(each.kind, each.osm): each for each in (*made.devices, *made.stations)}
    fixed, dome = by_place["camera", "n1"], by_place["camera", "n2"]
    assert (fixed.direction_deg, fixed.height_m, fixed.form, fixed.flags) == (225.0, 4.0, "fixed", ())
    assert (dome.direction_deg, dome.height_m) == (None, None)
    assert dome.flags == ("direction=up: not a direction", "height=99: not believed")
    assert {("camera", "n4"), ("lamp", "n4"), ("police", "n5")} <= set(by_place)
    assert made.report["left"]["devices"] == {"surveillance:type=guard": 1}
    assert made.report["flags"]["count"] == 2


def test_buildings_keep_their_height_or_none(tmp_path: Path) -> None:
    nodes = {
        n: ((n % 2) * 10.0 + (n // 10) * 30, (n % 10 // 2) * 10.0) for n in (10, 11, 12, 13, 20, 21, 22, 23)
    }
    nodes |= {1: (0.0, -30.0), 2: (100.0, -30.0)}
    ring = [10, 11, 13, 12, 10]
    ways = {
        1: ([1, 2], STREET),
        2: (ring, {"building": "yes", "building:levels": "3", "name": "Mairie"}),
        3: ([20, 21, 23, 22, 20], {"building": "yes", "height": "5000"}),
        4: (ring, {"building": "roof"}),
        5: ([10, 11, 99], {"building": "yes"}),
    }
    made = town(osm(tmp_path / "a.osm", nodes, ways))
    assert made.report["taken"]["buildings"] == 2
    assert made.report["taken"]["buildings_with_height"] == 1
    assert made.report["left"]["buildings"] == {"building=roof": 1, "outline that is not whole": 1}
    assert made.report["flags"]["first"] == [{"what": "building w3", "flag": "height=5000: not believed"}]
    assert made.buildings.name_at(*_lat_lon((35.0, 5.0))) == "Mairie"
    assert made.buildings.name_at(*_lat_lon((95.0, 5.0))) == ""
    heights = [f["properties"].get("height") for f in made.layers["buildings"]]
    assert sorted(heights, key=str) == [9.0, None]


def test_nodes_that_are_missing_split_a_street_and_are_counted(tmp_path: Path) -> None:
    nodes = {n: (n * 100.0, 0.0) for n in (1, 2, 4, 5)}
    made = town(osm(tmp_path / "a.osm", nodes, {1: ([1, 2, 3, 4, 5], STREET)}))
    assert made.report["left"]["other"] == {"nodes of streets that are not in the file": 1}
    assert made.graph.pieces == 2
    assert made.report["unreached"]["pieces"] == 1


def test_objects_out_of_order_and_given_twice_are_put_in_order(tmp_path: Path) -> None:
    path = cross(tmp_path / "a.osm")
    lines = path.read_text().splitlines()
    nodes = [line for line in lines if line.startswith("<node") or line == "</node>"]
    first, last = lines[:2], lines[-1]
    ways = "\n".join(lines[2 + len(nodes) : -1]).split("</way>")
    swapped = [
        *first,
        *nodes,
        ways[1] + "</way>",
        ways[0] + "</way>",
        '<way id="2"><nd ref="3"/></way>',
        last,
    ]
    path.write_text("\n".join(swapped))
    made = town(path)
    assert seconds(made, WEST, NORTH) == pytest.approx(300 / PACE, rel=1e-3)


def test_the_same_file_makes_the_same_bytes(tmp_path: Path) -> None:
    path = cross(tmp_path / "a.osm", **turn("no_left_turn", 1, 4))
    written = [town(path).save(tmp_path / name) for name in ("one", "two")]
    assert [p.name for p in written[0]] == [p.name for p in written[1]]
    for one, two in zip(*written, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name


def test_an_open_town_keeps_no_file_open(tmp_path: Path) -> None:
    """A centre has up to 200 of them open in each process; systems allow a process 1,024 files."""
    town(cross(tmp_path / "a.osm")).save(tmp_path / "town")
    before = len(os.listdir("/proc/self/fd"))
    streets = StreetGraph.open(tmp_path / "town/streets")
    outlines = Buildings.open(tmp_path / "town/buildings").outlines
    assert len(os.listdir("/proc/self/fd")) == before
    assert not any(each.flags.writeable for each in (streets.arrays.shape_lat, outlines.lat))


def test_a_street_that_leads_out_of_the_map_can_be_driven_to_and_one_that_leads_in_driven_from(
    tmp_path: Path,
) -> None:
    nodes = {1: (-200.0, 0.0), 2: (200.0, 0.0), 3: (0.0, -200.0), 4: (0.0, 200.0), 5: (0.0, 0.0)}
    nodes |= {6: (500.0, 0.0), 7: (-500.0, 0.0), 8: (900.0, 900.0), 9: (900.0, 1000.0)}
    ways = {
        1: ([1, 5, 2], STREET), 2: ([3, 5, 4], STREET), 3: ([2, 6], {**STREET, "oneway": "yes"}),
        4: ([7, 1], {**STREET, "oneway": "yes"}), 5: ([8, 9], {**STREET, "name": "Rue Perdue"}),
    }  # fmt: skip
    made = town(osm(tmp_path / "a.osm", nodes, ways))
    out_of_town, into_town, lost = (450.0, 0.0), (-450.0, 0.0), (900.0, 950.0)
    assert seconds(made, WEST, out_of_town) == pytest.approx(600 / PACE, rel=1e-3)
    assert seconds(made, into_town, EAST) == pytest.approx(600 / PACE, rel=1e-3)
    # Without a way back for the unit, or in for the place, the nearest street that serves is taken.
    assert seconds(made, out_of_town, EAST) == pytest.approx(50 / PACE, rel=1e-3)
    assert seconds(made, EAST, into_town) == pytest.approx(350 / PACE, rel=1e-3)
    assert seconds(made, EAST, lost) < 100
    unreached = made.report["unreached"]
    assert (unreached["pieces"], unreached["names"], unreached["no_way_back"]["pieces"]) == (
        2,
        ["Rue Perdue"],
        1,
    )
