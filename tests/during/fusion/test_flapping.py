"""A detector that goes off again and again counts for less, says so, and is owed a repair."""

from __future__ import annotations

import pytest
from tests.during.fusion.made import Night, Town

from beffroi.during.fusion.rules.shapes import Decision, Parameters

pytestmark = pytest.mark.unit
TOWN = Town({"L-1": (0.0, 0.0), "P-1": (10.0, 0.0), "C-1": (15.0, 5.0), "F-1": (500.0, 0.0)})
RULES = Parameters(flaps=5)


class Watched(Night):
    """A night whose operator closes each line as it comes."""

    order = 0

    def cycles(
        self, kind: str, device: str, count: int, start: float = 0.0, every: float = 300.0
    ) -> list[int]:
        """So many alarms, each followed by a rest; how many lines each showed."""
        lines = []
        for n in range(count):
            self.say(kind, device, start + every * n)
            lines.append(len(self.shown))
            self.say("alarm.restored", device, start + every * n + 40)
            self.close(real=False)
        return lines

    def close(self, *, real: bool) -> None:
        for each in self.shown:
            self.order += 1
            decision = Decision(order=self.order, kind="close", hypothesis=each.id, real=real)
            self.changes += self.fold.decide(decision)


def night() -> Watched:
    return Watched(TOWN, parameters=RULES)


def test_the_fifth_alarm_in_an_hour_no_longer_opens_a_line() -> None:
    made = night()
    assert made.cycles("intrusion.perimeter", "L-1", 9) == [1, 1, 1, 1, 0, 0, 0, 0, 0]
    channel = made.fold.state.channels["L-1"]["intrusion.perimeter"]
    assert (channel.damped, len(channel.onsets)) == (5, 9)
    (first,) = made.fold.state.hypotheses.values()
    assert next(reason.code for reason in first.signs[0].reasons) == "fusion.flapping"
    assert first.signs[0].reasons[0].params == {"times": 5}


def test_nothing_is_damped_where_the_rule_is_off() -> None:
    made = Watched(TOWN, parameters=Parameters())
    assert made.cycles("intrusion.perimeter", "L-1", 9) == [1] * 9
    assert made.fold.state.channels == {}


def test_it_is_shown_as_soon_as_something_independent_agrees() -> None:
    made = night()
    made.cycles("intrusion.perimeter", "L-1", 6)
    made.say("intrusion.perimeter", "L-1", 1800)
    assert made.shown == []
    made.say("intrusion.door", "P-1", 1820)
    (line,) = made.shown
    assert {sign.observation.device for sign in line.signs} == {"L-1", "P-1"}


def test_another_sense_of_the_same_panel_is_not_damped() -> None:
    made = night()
    made.cycles("intrusion.door", "P-1", 7)
    made.say("intrusion.motion", "P-1", 2200)
    assert len(made.shown) == 1


def test_a_life_is_never_damped() -> None:
    made = night()
    assert made.cycles("fire.alarm", "F-1", 8) == [1] * 8
    assert made.fold.state.channels["F-1"]["fire.alarm"].damped > 0  # and yet owed a repair


def test_a_burglar_before_a_detector_makes_no_flapping_detector() -> None:
    made = night()
    for n in range(40):  # four minutes, on and off each six seconds
        made.say("intrusion.motion", "P-1", 6.0 * n)
        made.say("alarm.restored", "P-1", 6.0 * n + 3)
    assert made.fold.state.channels["P-1"]["intrusion.motion"].damped == 0


def test_what_was_real_clears_the_detector() -> None:
    made = night()
    made.cycles("intrusion.perimeter", "L-1", 4)
    made.say("intrusion.door", "P-1", 1190)
    made.say("intrusion.perimeter", "L-1", 1200)
    made.close(real=True)
    assert made.fold.state.channels["L-1"]["intrusion.perimeter"].onsets == []
    made.say("intrusion.perimeter", "L-1", 1600)
    assert len(made.shown) == 1


def test_once_the_hour_is_over_it_is_shown_again() -> None:
    made = night()
    made.cycles("intrusion.perimeter", "L-1", 6, every=700.0)
    assert made.shown == []
    made.say("intrusion.perimeter", "L-1", 5 * 700 + 1750)
    assert len(made.shown) == 1


def test_what_a_clock_a_day_ahead_noted_damps_nothing_today() -> None:
    made = night()
    made.cycles("intrusion.perimeter", "L-1", 8, start=86_400.0)
    made.say("alarm.restored", "L-1", 86_400.0 + 4000)
    assert made.cycles("intrusion.perimeter", "L-1", 1, start=60.0) == [1]
