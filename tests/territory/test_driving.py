"""Which streets a patrol drives, how fast, and what stops it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.territory.methods import driving
from beffroi.territory.methods.driving import Driven, Left

pytestmark = pytest.mark.unit


def drive(built_up: bool = True, **tags: str) -> Driven | Left:
    return driving.way({k.replace("__", ":"): v for k, v in tags.items()}, built_up)


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({"highway": "residential"}, 50, 50),
        ({"highway": "residential", "maxspeed": "30"}, 30, 30),
        ({"highway": "residential", "oneway": "yes"}, 50, 0),
        ({"highway": "residential", "oneway": "-1"}, 0, 50),
        ({"highway": "residential", "oneway": "yes", "oneway:psv": "no"}, 50, 0),
        ({"highway": "residential", "oneway": "yes", "oneway:motor_vehicle": "no"}, 50, 50),
        ({"highway": "tertiary", "junction": "roundabout"}, 50, 0),
        ({"highway": "motorway"}, 110, 0),
        ({"highway": "motorway", "oneway": "no"}, 110, 110),
        ({"highway": "primary", "maxspeed:forward": "70", "maxspeed": "50"}, 70, 50),
        ({"highway": "tertiary", "zone:maxspeed": "FR:30"}, 30, 30),
        ({"highway": "tertiary", "source:maxspeed": "FR:rural"}, 80, 80),
        ({"highway": "residential", "maxspeed": "500"}, 50, 50),
        ({"highway": "service", "service": "driveway"}, 10, 10),
        ({"highway": "residential", "access": "private"}, 25, 25),
        ({"highway": "residential", "access": "private", "emergency": "yes"}, 50, 50),
        ({"highway": "residential", "access": "no", "bus": "yes"}, 45, 45),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, 50, 50),
        ({"highway": "pedestrian"}, 10, 10),
        ({"highway": "footway", "motor_vehicle": "yes"}, 10, 10),
        ({"highway": "busway"}, 40, 40),
    ],
)
def test_limits_and_directions(tags: dict[str, str], forward: float, backward: float) -> None:
    found = driving.way(tags, True)
    assert isinstance(found, Driven), found
    assert (found.forward, found.backward) == (pytest.approx(forward), pytest.approx(backward))


def test_outside_built_up_areas_roads_are_faster() -> None:
    inside, outside = drive(True, highway="secondary"), drive(False, highway="secondary")
    assert isinstance(inside, Driven)
    assert isinstance(outside, Driven)
    assert (inside.forward, outside.forward) == (50, 80)


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({"highway": "footway"}, "footway"),
        ({"highway": "steps"}, "steps"),
        ({"highway": "construction"}, "construction"),
        ({"highway": "raceway"}, "other class"),
        ({"highway": "pedestrian", "area": "yes"}, "area"),
        ({"highway": "residential", "access": "military"}, "military"),
        ({"highway": "service", "emergency": "no"}, "closed to emergency vehicles"),
        ({"highway": "service", "maxwidth": "1.5"}, "too narrow"),
        ({"highway": "service", "maxheight": "1.8"}, "too low"),
    ],
)
def test_what_is_left_says_why(tags: dict[str, str], why: str) -> None:
    assert driving.way(tags, True) == Left(why)


@pytest.mark.parametrize(
    ("tags", "passable", "seconds"),
    [
        ({"barrier": "bollard"}, False, 0),
        ({"barrier": "bollard", "bollard": "removable"}, True, 60),
        ({"barrier": "bollard", "emergency": "yes"}, None, 0),
        ({"barrier": "gate"}, True, 20),
        ({"barrier": "gate", "locked": "yes"}, True, 80),
        ({"barrier": "lift_gate"}, True, 15),
        ({"barrier": "block"}, False, 0),
        ({"barrier": "kerb"}, None, 0),
        ({"highway": "crossing"}, None, 0),
    ],
)
def test_barriers(tags: dict[str, str], passable: bool | None, seconds: float) -> None:
    found = driving.barrier(tags)
    if passable is None:
        assert found is None
    else:
        assert found is not None
        assert (found.passable, found.seconds) == (passable, seconds)


words = st.sampled_from([
    "yes", "no", "private", "", "-1", "FR:urban", "50", "999999", "residential", "footway", "track", "é",
    "gate",
])  # fmt: skip
keys = st.sampled_from([
    "highway", "access", "motor_vehicle", "emergency", "oneway", "maxspeed", "maxspeed:forward", "junction",
    "tracktype", "service", "maxwidth", "maxheight", "zone:maxspeed", "barrier", "bollard", "area",
])  # fmt: skip


@settings(deadline=None)
@given(st.dictionaries(keys, st.one_of(words, st.text(max_size=12))), st.booleans())
def test_no_tags_break_the_rules(tags: dict[str, str], built_up: bool) -> None:
    found = driving.way(tags, built_up)
    if isinstance(found, Driven):
        assert all(0 <= v <= 160 and math.isfinite(v) for v in (found.forward, found.backward))
        assert max(found.forward, found.backward) > 0
    else:
        assert found.reason
    driving.barrier(tags)
