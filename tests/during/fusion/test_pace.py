"""What a camera sees anyway: a passer-by on a busy street confirms nothing, who is where nobody goes does."""

from __future__ import annotations

import pytest
from tests.during.fusion.made import NIGHT, NOON, Night, Town, observation

from beffroi.during.fusion.rules import pace
from beffroi.during.fusion.rules.shapes import Decision, Heard

pytestmark = pytest.mark.unit

STREET = {"P-1": (0.0, 0.0), "C-1": (30.0, 10.0), "C-2": (60.0, 10.0), "P-2": (90.0, 60.0)}
ALARM_AT = 7200


def after(each_s: float | None, camera: str = "C-1") -> Night:
    """Two hours in which a camera saw someone so often, then an alarm, and someone once more."""
    night = Night(Town(STREET), NIGHT)
    night.say("alarm.restored", "P-2", 0)  # the fold is listening
    if each_s is not None:
        for n in range(int((ALARM_AT - 60) / each_s)):
            night.say("presence.person", camera, 1 + each_s * n)
    night.say("intrusion.glass", "P-1", ALARM_AT)
    night.say("presence.person", camera, ALARM_AT + 20)
    return night


def test_on_a_busy_street_a_passer_by_confirms_nothing_and_the_sentence_says_why() -> None:
    night = after(120)
    (incident,) = night.shown
    assert incident.state == "to_check" and incident.belief is not None
    assert incident.belief.independent == 1 and incident.belief.probability < 0.6
    (seen,) = [sign for sign in incident.signs if sign.observation.device == "C-1"]
    reasons = {reason.code: reason.params for reason in seen.reasons}
    assert reasons["fusion.camera_pace"] == {"minutes": 3} and "fusion.anyone" in reasons
    assert not seen.counted


def test_where_nobody_goes_someone_is_a_second_sign() -> None:
    (incident,) = after(None).shown
    assert incident.state == "confirmed" and incident.belief is not None
    assert incident.belief.independent == 2
    codes = {reason.code for sign in incident.signs for reason in sign.reasons}
    assert {"fusion.camera_pace", "fusion.independent"} <= codes


def test_a_hundred_passers_by_are_no_sign_either() -> None:
    night = after(120)
    for n in range(100):
        night.say("presence.person", "C-1", ALARM_AT + 30 + 10 * n)
    (incident,) = night.shown
    assert incident.state == "to_check"


def test_a_life_in_danger_is_confirmed_whatever_a_camera_sees() -> None:
    night = Night(Town(STREET), NOON)
    for n in range(60):
        night.say("presence.person", "C-1", 120 * n)
    night.say("panic.holdup", "P-1", ALARM_AT)
    night.say("report.assault", "", ALARM_AT + 30, place=(5.0, 5.0), source="caller-1")
    (incident,) = night.shown
    assert incident.life and incident.state == "confirmed"


def test_someone_in_view_all_the_time_is_two_a_minute_however_often_it_is_said() -> None:
    figures = []
    for each_s in (1, 10):
        night = Night(Town(STREET), NIGHT)
        for n in range(int(7200 / each_s)):
            night.say("presence.person", "C-1", each_s * n)
        figures.append(night.fold.state.paces["C-1"]["presence.person"].many)
    assert figures[0] == pytest.approx(figures[1], rel=0.05)
    assert figures[0] == pytest.approx(pace.MEMORY_S / pace.APART_S * (1 - 2.718281828**-2), rel=0.05)


def test_a_rate_is_forgotten_when_the_street_empties() -> None:
    night = Night(Town(STREET), NIGHT)
    for n in range(120):
        night.say("presence.person", "C-1", 30 * n)
    heard = _heard(night, 3600 + 30)
    busy = pace.each_s(night.fold, heard)
    quiet = pace.each_s(night.fold, heard._replace(seen=heard.seen + 6 * 3600))
    assert busy < 60 and quiet > 1800


def test_a_clock_set_back_by_hours_begins_anew() -> None:
    night = Night(Town(STREET), NIGHT)
    for n in range(10):
        night.say("presence.person", "C-1", 90_000 + 60 * n)
    night.say("presence.person", "C-1", 0)
    kept = night.fold.state.paces["C-1"]["presence.person"]
    assert kept.many == 1.0 and kept.last < NIGHT.timestamp() + 10


def test_who_was_seen_beside_a_false_alarm_is_a_sign_of_the_alarm_he_stands_nearer_to_too() -> None:
    town = Town({"P-1": (0.0, 0.0), "C-1": (80.0, 0.0), "P-2": (100.0, 0.0)})
    night = Night(town)
    night.say("intrusion.motion", "P-1", 0)
    night.say("presence.person", "C-1", 170)
    night.say("intrusion.door", "P-2", 180)
    first, second = night.shown
    assert "C-1" in {sign.observation.device for sign in first.signs}, "what was shown stays"
    (shared,) = [sign for sign in second.signs if sign.observation.device == "C-1"]
    assert "fusion.seen_elsewhere" in [reason.code for reason in shared.reasons]
    assert second.state == "confirmed"
    night.fold.decide(Decision(order=1, kind="close", hypothesis=first.id, real=False))
    assert night.shown == [second] and shared in second.signs


def test_a_camera_that_saw_others_before_speaks_of_the_act_beside_it_now() -> None:
    night = Night(Town(STREET))
    night.say("presence.person", "C-1", 0)
    night.say("intrusion.door", "P-1", 40, late=30)
    night.say("presence.person", "C-1", 90)
    (incident,) = night.shown
    assert incident.state == "confirmed"


def _heard(night: Night, seconds: float) -> Heard:
    said = observation(10_000, "presence.person", "C-1", NIGHT, seconds)
    seen = said.seen_at.timestamp()
    return Heard(10_000, said, night.fold.sense_of(said), night.fold.place_of(said), seen, seen)
