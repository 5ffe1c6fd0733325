"""Small labelled nights: what is one act, what is two, what is none."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.during.fusion.made import NIGHT, NOON, Night, Town

from beffroi.during.fusion.rules.shapes import Decision

pytestmark = pytest.mark.unit

STREET = {"P-1": (0.0, 0.0), "C-08": (35.0, 10.0), "P-2": (600.0, 0.0), "C-20": (620.0, 20.0)}


@pytest.mark.parametrize("start", [NIGHT, NOON])
@pytest.mark.parametrize("detour", [1.3, None])
@pytest.mark.parametrize("panel_first", [True, False])
def test_a_van_then_a_panel_and_a_camera_is_one_confirmed_incident(
    start: datetime, detour: float | None, panel_first: bool
) -> None:
    night = Night(Town(STREET, detour), start)
    (kept,) = night.say("signal.vehicle_slow", "", 0, place=(60.0, 0.0), source="referents")
    assert kept.kind == "kept" and not night.shown
    signs = [("intrusion.door", "P-1"), ("presence.person", "C-08")]
    for index, (kind, device) in enumerate(signs if panel_first else signs[::-1]):
        night.say(kind, device, 2400 + 21 * index)
    (incident,) = night.shown
    assert incident.belief is not None
    assert [sign.relation for sign in incident.signs].count("earlier_signal") == 1
    found = next(sign for sign in incident.signs if sign.relation == "earlier_signal")
    assert found.reasons[0].code == "fusion.signal_found_again"
    assert found.reasons[0].params["minutes"] == 40 and found.weight > 0.3
    assert incident.state == "confirmed"
    assert incident.belief.act == "burglary"
    assert incident.belief.independent == 2
    assert incident.belief.low < incident.belief.probability < incident.belief.high
    assert [change.kind for change in night.changes].count("opened") == 1
    assert [change.kind for change in night.changes].count("confirmed") == 1


def test_the_order_of_signs_does_not_change_the_probability() -> None:
    beliefs = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        night = Night(Town(STREET))
        signs = [("intrusion.door", "P-1"), ("presence.person", "C-08"), ("intrusion.door", "P-1")]
        for index in order:
            night.say(*signs[index], seconds=10.0)
        (incident,) = night.shown
        assert incident.belief is not None
        beliefs.append(incident.belief.probability)
    assert max(beliefs) - min(beliefs) < 0.02


def test_two_burglaries_600_m_apart_in_one_minute_are_two() -> None:
    night = Night(Town(STREET))
    for second, (kind, device) in enumerate(
        [
            ("intrusion.door", "P-1"),
            ("intrusion.door", "P-2"),
            ("presence.person", "C-08"),
            ("presence.person", "C-20"),
        ]
    ):
        night.say(kind, device, 15 * second)
    one, two = night.shown
    assert {sign.observation.device for sign in one.signs} == {"P-1", "C-08"}
    assert {sign.observation.device for sign in two.signs} == {"P-2", "C-20"}
    assert one.state == two.state == "confirmed"


def test_alarms_of_two_neighbouring_houses_are_two() -> None:
    night = Night(Town({"P-1": (0.0, 0.0), "P-9": (100.0, 0.0)}))
    night.say("intrusion.door", "P-1", 0)
    night.say("intrusion.door", "P-9", 40)
    assert len(night.shown) == 2


def test_barking_again_and_again_is_one_and_unlikely() -> None:
    night = Night(Town(STREET))
    for minute in range(30):
        night.say("presence.other", "C-08", 60 * minute)
    assert night.shown == []
    assert len(night.fold.state.hypotheses) == 1
    (one,) = night.fold.state.hypotheses.values()
    assert one.belief is not None and one.belief.probability < 0.2
    assert one.belief.alternatives[0][0] == "animal"


def test_reports_of_noise_alone_are_one_kept_signal() -> None:
    night = Night(Town(STREET))
    for minute in range(30):
        night.say("signal.noise", "", 60 * minute, place=(0.0, 0.0), source="referent-3")
    assert night.shown == [] and not night.fold.state.hypotheses
    assert len(night.fold.state.kept) == 1


def test_a_passer_by_at_noon_is_not_an_incident() -> None:
    night = Night(Town(STREET), NOON)
    night.say("presence.person", "C-08", 0)
    night.say("presence.vehicle", "C-08", 20)
    assert night.shown == []


def test_someone_at_night_where_nobody_should_be_is_shown_to_check() -> None:
    shown = {}
    for hour in (NIGHT, NOON):
        night = Night(Town(STREET), hour)
        night.say("presence.person", "C-08", 0, content={"severity": "alert"})
        shown[hour] = night.shown
    (incident,) = shown[NIGHT]
    assert incident.state == "to_check" and shown[NOON] == []


def test_people_who_walk_past_four_cameras_at_night_are_not_an_incident() -> None:
    cameras = {f"C-{n}": (40.0 * n, 0.0) for n in range(4)}
    night = Night(Town(cameras))
    for n, kind in enumerate(["person", "vehicle", "person", "person"]):
        night.say(f"presence.{kind}", f"C-{n}", 30 * n)
    assert night.shown == [] and len(night.fold.state.hypotheses) <= 2


def test_fire_beside_a_burglary_is_its_own_incident() -> None:
    night = Night(Town(STREET | {"F-1": (5.0, 0.0)}))
    night.say("intrusion.door", "P-1", 0)
    night.say("fire.alarm", "F-1", 5)
    assert sorted(each.family for each in night.shown) == ["fire", "intrusion"]
    assert sorted(each.life for each in night.shown) == [False, True]


def test_a_closed_incident_swallows_nothing() -> None:
    night = Night(Town(STREET))
    night.say("intrusion.door", "P-1", 0)
    (first,) = night.shown
    night.fold.decide(Decision(order=1, kind="close", hypothesis=first.id, real=False))
    (opened,) = night.say("intrusion.door", "P-1", 30)
    assert opened.kind == "opened" and opened.hypothesis != first.id
    codes = [reason.code for reason in opened.reasons]
    assert "fusion.near_a_closed_one" in codes and "fusion.record" in codes
    late = night.say("intrusion.motion", "P-1", 1, late=60)
    assert late[0].kind == "joined" and late[0].hypothesis == opened.hypothesis
    assert len(first.signs) == 1


def test_outcomes_move_a_device_s_own_figure() -> None:
    town = Town(STREET)
    night = Night(town, NOON)
    figures = []
    for number in range(12):
        night.say("intrusion.door", "P-1", 10_000 * number)
        (incident,) = night.shown
        assert incident.belief is not None
        figures.append(incident.belief)
        real = number in (3, 7)
        night.fold.decide(Decision(order=number + 1, kind="close", hypothesis=incident.id, real=real))
    assert figures[1].probability < figures[0].probability
    assert figures[4].probability > figures[3].probability
    assert figures[-1].high - figures[-1].low < figures[0].high - figures[0].low
    assert night.fold.state.records["P-1 intrusion.door"] == (2, 10)


def test_a_late_message_amends_and_says_so() -> None:
    night = Night(Town(STREET))
    night.say("intrusion.door", "P-1", 300)
    (joined, *_) = night.say("presence.person", "C-08", 290, late=200)
    assert joined.kind == "joined"
    assert "fusion.late" in [reason.code for reason in joined.reasons]
    (incident,) = night.shown
    assert incident.first_seen == incident.signs[1].observation.seen_at.timestamp()


def test_a_report_that_comes_after_the_alarm_is_found_too() -> None:
    night = Night(Town(STREET))
    night.say("intrusion.door", "P-1", 3000)
    (change,) = night.say("signal.vehicle_slow", "", 600, late=2500, place=(50.0, 0.0), source="referents")
    assert change.kind == "amended"
    assert night.shown[0].signs[-1].relation == "earlier_signal"


def test_a_cancelled_alarm_is_amended_never_rewritten() -> None:
    night = Night(Town(STREET))
    night.say("intrusion.door", "P-1", 0)
    before = night.shown[0].belief
    (amended,) = night.say("alarm.cancelled", "P-1", 40)
    after = night.shown[0].belief
    assert before is not None and after is not None
    assert amended.kind == "amended" and after.probability < before.probability / 2
    assert night.shown[0].state == "to_check" and len(night.shown[0].signs) == 2
    night.say("alarm.restored", "P-1", 60)
    assert night.shown[0].belief == after


def test_an_authority_that_ends_its_warning_is_told_beside_it() -> None:
    day = Night(Town(STREET), NOON)
    (opened,) = day.say(
        "hazard.warning", "FR.2026.1", 0, place=(50.0, 0.0), source="vigilance", certainty=0.75
    )
    assert opened.kind == "opened"
    before = day.shown[0].belief
    day.say("hazard.warning", "FR.2026.1", 1800, place=(90.0, 0.0), source="vigilance", certainty=0.95)
    over = {"source": "vigilance", "content": {"over": True}}
    (drill,) = day.say("alarm.restored", "FR.2026.1", 3500, exercise=True, **over)
    assert drill.kind == "ignored", "the end of an exercise never ends what is real"
    (ended,) = day.say("alarm.restored", "FR.2026.1", 3600, **over)
    (incident,) = day.shown
    assert before is not None and incident.belief is not None and incident.belief.act == "hazard"
    assert (ended.kind, ended.reasons[0].code) == ("amended", "fusion.ended_by_source")


def test_a_silent_device_is_technical_and_ends_when_it_answers() -> None:
    night = Night(Town(STREET))
    (opened,) = night.say("device.offline", "C-08", 0)
    assert opened.kind == "opened" and night.shown[0].state == "technical"
    (repeated,) = night.say("device.offline", "C-08", 60)
    assert repeated.kind == "repeated"
    (closed,) = night.say("device.online", "C-08", 90)
    assert closed.kind == "closed" and closed.reasons[0].params == {"seconds": 90}
    assert night.shown == []
    assert night.say("device.online", "C-08", 95)[0].kind == "ignored"


def test_a_hold_up_button_opens_with_a_life_in_danger() -> None:
    night = Night(Town(STREET), NOON)
    night.say("panic.holdup", "P-1", 0)
    (incident,) = night.shown
    assert incident.life and incident.belief is not None and incident.belief.act == "assault"


def test_two_cameras_in_one_rain_are_not_independent() -> None:
    night = Night(Town({"C-1": (0.0, 0.0), "C-2": (20.0, 0.0)}))
    night.say("presence.person", "C-1", 0)
    night.say("presence.person", "C-2", 5)
    (one,) = night.fold.state.hypotheses.values()
    assert one.belief is not None and one.belief.independent == 1 and one.state != "confirmed"


def test_an_unknown_device_still_opens() -> None:
    night = Night(Town({}))
    (opened,) = night.say("intrusion.door", "P-99", 0)
    assert opened.kind == "opened"
    assert "fusion.place_unknown" in [reason.code for reason in opened.reasons]
    assert night.say("intrusion.motion", "P-99", 9)[0].kind == "joined"


def test_the_exercise_mark_is_kept() -> None:
    night = Night(Town(STREET))
    night.say("intrusion.door", "P-1", 0, exercise=True)
    night.say("presence.person", "C-08", 5, exercise=True)
    night.say("intrusion.motion", "P-1", 10)
    assert [each.exercise for each in night.shown] == [True, False], "an exercise and the real are two"
