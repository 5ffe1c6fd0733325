"""Changed rules: what a file may say, and what the fold makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.during.fusion.made import Night, Town

from beffroi.during.fusion.rules.changed import BadRules, in_force, read
from beffroi.during.fusion.rules.kinds import SENSES
from beffroi.during.fusion.rules.opinions import ALONE, PRIOR
from beffroi.during.fusion.rules.shapes import Decision, Parameters

pytestmark = pytest.mark.unit
TOWN = Town({"P-1": (0.0, 0.0)})


def test_a_file_says_only_what_it_changes() -> None:
    told = {
        "version": "2026-12",
        "thresholds": {"check_threshold": 0.3, "incident_memory_minutes": 20, "flapping_cycles": 4},
        "alone": {"intrusion.door": {"burglary": 0.4, "occupant": 0.5}},
        "prior": {"burglary": 0.001},
    }
    rules = read(told)
    parameters, sense_of, prior = in_force(Parameters(storm=8), rules)
    assert parameters == Parameters(check=0.3, memory_s=1200.0, flaps=4, storm=8)
    assert prior is not None and prior["burglary"] == 0.001 and prior["animal"] == PRIOR["animal"]
    night = Night(TOWN)
    night.say("intrusion.door", "P-1", 0)
    door = night.shown[0].signs[0].observation
    assert sense_of(door).alone == 0.4
    assert SENSES["intrusion.door"].alone == round(
        sum(v for k, v in ALONE["intrusion.door"].items() if k in ("burglary", "sabotage")), 6
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"version": ""},
        {"version": 3},
        {"version": "x" * 41},
        {"version": "a", "colour": {}},
        {"version": "a", "thresholds": {"check_threshold": 1.2}},
        {"version": "a", "thresholds": {"check_threshold": True}},
        {"version": "a", "thresholds": {"check_threshold": 0.9}},
        {"version": "a", "thresholds": {"storm_devices": -1}},
        {"version": "a", "thresholds": {"storm_devices": 2.5}},
        {"version": "a", "thresholds": {"other": 1}},
        {"version": "a", "thresholds": 3},
        {"version": "a", "alone": {"intrusion.roof": {"burglary": 0.1}}},
        {"version": "a", "alone": {"intrusion.door": {"ghost": 0.1}}},
        {"version": "a", "alone": {"intrusion.door": {"burglary": 0.7, "fault": 0.6}}},
        {"version": "a", "alone": {"intrusion.door": {"burglary": "much"}}},
        {"version": "a", "alone": {"intrusion.door": 0.4}},
        {"version": "a", "prior": {"burglary": 0}},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadRules):
        read(wrong)


def test_activated_rules_hold_from_there_on_and_an_empty_file_takes_them_back() -> None:
    night = Night(TOWN)
    night.say("intrusion.door", "P-1", 0)
    first = night.shown[0].belief
    bold = read({"version": "bold", "alone": {"intrusion.door": {"burglary": 0.9, "occupant": 0.09}}})
    night.fold.decide(Decision(order=1, kind="close", hypothesis=night.shown[0].id))
    night.fold.decide(Decision(order=2, kind="rules", rules=bold))
    night.say("intrusion.door", "P-1", 100)
    second = night.shown[0].belief
    night.fold.decide(Decision(order=3, kind="close", hypothesis=night.shown[0].id))
    night.fold.decide(Decision(order=4, kind="rules", rules=read({"version": "back"})))
    night.say("intrusion.door", "P-1", 200)
    third = night.shown[0].belief
    assert first and second and third
    assert second.probability > 0.8 > first.probability == third.probability
