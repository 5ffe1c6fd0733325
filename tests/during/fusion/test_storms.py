"""One cause makes one line, however many devices speak; and hides no act."""

from __future__ import annotations

import pytest
from tests.during.fusion.made import Night, Town

from beffroi.during.fusion.rules.fold import Fold
from beffroi.during.fusion.rules.shapes import Decision, Parameters

pytestmark = pytest.mark.unit
CAMERAS = {f"C-{n}": (300.0 * n, 0.0) for n in range(214)}
FENCES = {f"L-{n}": (300.0 * n, 3000.0) for n in range(40)}
HOUSES = {f"P-{n}": (300.0 * n + 10, 3000.0) for n in range(40)}
FIRES = {f"F-{n}": (300.0 * n, 6000.0) for n in range(20)}
TOWN = Town(CAMERAS | FENCES | HOUSES | FIRES)


def night() -> Night:
    return Night(TOWN, parameters=Parameters(storm=8))


def test_a_power_cut_is_one_line() -> None:
    made = night()
    for n in range(214):
        made.say("device.offline", f"C-{n}", 0.5 * n)
    (line,) = made.shown
    assert (line.family, line.state, len(line.signs)) == ("outage", "technical", 214)
    assert line.belief is not None and line.belief.act == "outage"
    assert [change.kind for change in made.changes].count("opened") == 8  # seven alone, then one for all
    assert [change.kind for change in made.changes].count("merged") == 7


def test_it_ends_by_itself_when_all_answer_again() -> None:
    made = night()
    for n in range(20):
        made.say("device.offline", f"C-{n}", 1.0 * n)
    for n in range(19):
        assert [each.kind for each in made.say("device.online", f"C-{n}", 600.0 + n)] == ["repeated"]
    assert [each.kind for each in made.say("device.online", "C-19", 700.0)] == ["closed"]
    assert made.shown == []
    made.say("device.offline", "C-3", 2000.0)
    (line,) = made.shown
    assert line.family == "device"


def test_devices_that_fall_silent_one_by_one_are_no_storm() -> None:
    made = night()
    for n in range(20):
        made.say("device.offline", f"C-{n}", 60.0 * n)
    assert [each.family for each in made.shown] == ["device"] * 20


def test_wind_on_every_fence_is_a_few_lines_and_one_for_the_rest() -> None:
    made = night()
    for n in range(40):
        made.say("intrusion.perimeter", f"L-{n}", 2.0 * n)
    families = [each.family for each in made.shown]
    assert sorted(families) == ["intrusion"] * 7 + ["series"]
    series = next(each for each in made.shown if each.family == "series")
    assert len(series.signs) == 33
    assert series.belief is not None and series.belief.act == "common_cause" and series.state == "to_check"


def test_a_true_act_in_the_wind_is_shown() -> None:
    made = night()
    for n in range(40):
        made.say("intrusion.perimeter", f"L-{n}", 2.0 * n)
    before = len(made.shown)
    made.say("intrusion.door", "P-30", 90.0)
    line = made.shown[-1]
    assert len(made.shown) == before + 1
    assert {sign.observation.device for sign in line.signs} == {"L-30", "P-30"}


def test_a_life_is_never_part_of_a_storm() -> None:
    made = night()
    for n in range(20):
        made.say("fire.alarm", f"F-{n}", 2.0 * n)
    assert [each.family for each in made.shown] == ["fire"] * 20


def test_a_backlog_of_one_source_is_one_line() -> None:
    made = night()
    for n in range(30):
        made.say("intrusion.door", f"P-{n}", 5.0 * n, late=4000.0 - 5.0 * n + 0.1 * n, source="broker")
    series = [each for each in made.shown if each.family == "series"]
    assert len(made.shown) == 8 and len(series) == 1
    assert series[0].signs[0].reasons[0].code == "fusion.backlog"


def test_a_person_who_closes_the_line_is_not_asked_again_while_it_goes_on() -> None:
    made = night()
    for n in range(20):
        made.say("intrusion.perimeter", f"L-{n}", 2.0 * n)
    series = next(each for each in made.shown if each.family == "series")
    made.fold.decide(Decision(order=1, kind="close", hypothesis=series.id, real=False))
    for n in range(20, 40):
        made.say("intrusion.perimeter", f"L-{n}", 2.0 * n)
    assert all(each.family != "series" for each in made.shown)


def test_a_snapshot_in_the_middle_changes_nothing() -> None:
    whole, cut = night(), night()
    for n in range(40):
        whole.say("intrusion.perimeter", f"L-{n}", 2.0 * n)
        cut.say("intrusion.perimeter", f"L-{n}", 2.0 * n)
        cut.fold = Fold(cut.fold.state, TOWN)
        whole.say("alarm.restored", f"L-{n}", 2.0 * n + 1)
        cut.say("alarm.restored", f"L-{n}", 2.0 * n + 1)
    assert [(each.kind, each.hypothesis) for each in whole.changes] == [
        (each.kind, each.hypothesis) for each in cut.changes
    ]


def test_a_storm_of_a_clock_that_was_a_day_ahead_is_over() -> None:
    made = night()
    for n in range(20):
        made.say("intrusion.perimeter", f"L-{n}", 86_400.0 + n)
    before = len(made.shown)
    made.say("intrusion.perimeter", "L-30", 30.0)
    assert len(made.shown) == before + 1, "an alarm of today is shown by itself"
