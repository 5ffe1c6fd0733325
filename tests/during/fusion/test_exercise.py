"""Exercise and real are never one act; a life in danger told by telephone is believed at once."""

from __future__ import annotations

import pytest
from tests.during.fusion.made import Night, Town

pytestmark = pytest.mark.unit

STREET = {"P-1": (0.0, 0.0), "C-1": (20.0, 0.0)}
HERE = (5.0, 0.0)


@pytest.mark.parametrize("exercise_first", [True, False])
def test_an_exercise_call_never_joins_a_real_incident_nor_the_other_way(exercise_first: bool) -> None:
    night = Night(Town(STREET))
    night.say("report.burglary", "", 0, place=HERE, source="call-1", exercise=exercise_first)
    night.say("report.burglary", "", 5, place=HERE, source="call-2", exercise=not exercise_first)
    assert sorted((len(each.signs), each.exercise) for each in night.shown) == [(1, False), (1, True)]


def test_the_same_device_in_an_exercise_is_another_act() -> None:
    night = Night(Town(STREET))
    night.say("intrusion.door", "P-1", 0)
    night.say("intrusion.motion", "P-1", 5, exercise=True)
    night.say("presence.person", "C-1", 9)
    real, play = sorted(night.shown, key=lambda each: each.exercise)
    assert [sign.observation.kind for sign in real.signs] == ["intrusion.door", "presence.person"]
    assert play.exercise and len(play.signs) == 1


@pytest.mark.parametrize("signal_first", [True, False])
def test_an_exercise_report_is_not_found_again_by_a_real_act(signal_first: bool) -> None:
    night = Night(Town(STREET))
    signal = ("signal.vehicle_slow", "")
    said = [signal, ("intrusion.door", "P-1")] if signal_first else [("intrusion.door", "P-1"), signal]
    for index, (kind, device) in enumerate(said):
        more = {"place": HERE, "source": "referents", "exercise": True} if not device else {}
        night.say(kind, device, 60 * index, **more)
    (real,) = night.shown
    assert not real.exercise and [sign.relation for sign in real.signs] == ["sign"]


def test_who_takes_the_call_may_say_that_a_life_is_in_danger() -> None:
    night = Night(Town(STREET))
    night.say("report.theft", "", 0, place=HERE, source="call-1")
    assert not night.shown[0].life
    night.say("report.theft", "", 5, place=HERE, source="call-2", content={"from": "call", "life": True})
    assert night.shown[0].life and len(night.shown) == 1


def test_only_a_report_by_a_person_may_say_so() -> None:
    night = Night(Town(STREET))
    night.say("intrusion.door", "P-1", 0, content={"life": True})
    assert not night.shown[0].life
