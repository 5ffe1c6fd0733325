"""What speaks without naming a device is judged by time and place, and floors of a building are apart."""

from __future__ import annotations

import pytest
from tests.during.fusion.made import Night, Town

pytestmark = pytest.mark.unit


def test_one_source_that_tells_of_two_places_tells_of_two_acts() -> None:
    night = Night(Town({}))
    night.say("intrusion.door", "", 0, place=(0.0, 0.0), source="program")
    night.say("intrusion.door", "", 20, place=(600.0, 0.0), source="program")
    night.say("intrusion.door", "", 40, place=(0.0, 0.0), source="program")
    assert sorted(sum(sign.repeats + 1 for sign in each.signs) for each in night.shown) == [1, 2]


def test_one_source_that_names_no_place_either_goes_on_with_what_it_said() -> None:
    night = Night(Town({}))
    night.say("intrusion.door", "", 0, source="program")
    night.say("intrusion.motion", "", 20, source="program")
    assert [len(each.signs) for each in night.shown] == [2]


@pytest.mark.parametrize(("floor", "signs"), [("1", 1), ("2", 2)])
def test_one_zone_on_two_floors_is_two_signs(floor: str, signs: int) -> None:
    night = Night(Town({"MAIRIE": (0.0, 0.0)}))
    night.say("fire.alarm", "MAIRIE", 0, content={"zone": "couloir", "floor": "1"})
    night.say("fire.alarm", "MAIRIE", 5, content={"zone": "couloir", "floor": floor})
    assert [len(each.signs) for each in night.shown] == [signs]
