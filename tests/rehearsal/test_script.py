"""What the story sends is what its sources would send: the real connectors read it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.during.intake.connectors.dc09 import connector as dc09
from beffroi.during.intake.connectors.dc09.frame import build, in_time, instant, parse
from beffroi.during.intake.connectors.frigate.connector import FrigateConnector
from beffroi.during.intake.rules import Speaker, observation
from beffroi.foundation.geography import Position
from beffroi.rehearsal.methods import script
from beffroi.rehearsal.methods.places import Cast, Patrol, Sensor, Spot

pytestmark = pytest.mark.unit

STARTED = datetime(2026, 3, 5, 2, 38, tzinfo=UTC)
HERE = Position(47.63, -2.13)
CAMERA = Sensor("C-03", "camera", "Porte de l’Est", HERE, 90.0)
MUTE = Sensor("C-09", "camera", "Abords", HERE, None)
CAST = Cast(
    target=Spot("Médiathèque", HERE, 700.0),
    windy=Spot("École", HERE, 900.0),
    van=HERE,
    panel=Sensor("EX-PANEL-1", "panel", "", HERE),
    wind_panel=Sensor("EX-PANEL-2", "panel", "", HERE),
    camera=CAMERA,
    mute_camera=MUTE,
    cameras=(CAMERA, MUTE),
    patrols=(Patrol("P1", "Patrouille 1", "municipal", HERE),),
)
RECORDER = Speaker(
    id=UUID(int=1),
    key="ex-frigate",
    territory="t",
    connector="frigate",
    address="exercise-t",
    devices={script.camera_name(each.key): each.key for each in CAST.cameras},
    exercise=True,
)
PANEL = Speaker(
    id=UUID(int=2),
    key="ex-panel-1",
    territory="t",
    connector="dc09",
    address="E12345",
    devices=script.zones("EX-PANEL-1"),
    exercise=True,
)


def _told(pace: float = 1.0) -> list[tuple[script.Step, datetime]]:
    return [(step, STARTED + timedelta(seconds=step.at_s / pace)) for step in script.steps(CAST)]


@pytest.mark.parametrize("pace", [1.0, 6.0])
def test_the_recorder_is_read_with_its_own_times(pace: float) -> None:
    connector = FrigateConnector()
    kinds = []
    for step, at in _told(pace):
        if step.channel == "broker":
            for draft in connector.read(RECORDER, step.topic, script.payload(step, STARTED, pace), at):
                made = observation(RECORDER, draft, identifier=UUID(int=9), received_at=at)
                kinds.append((made.device, made.kind))
                assert made.exercise
                assert abs((made.received_at - made.seen_at).total_seconds()) < 60
                assert "clock_skew_s" not in made.content
    assert kinds.count(("C-03", "presence.person")) == 5
    assert ("C-09", "device.offline") in kinds
    assert ("C-09", "device.online") in kinds


def test_an_alert_carries_the_score_of_what_was_tracked() -> None:
    connector = FrigateConnector()
    scores = [
        draft.certainty
        for step, at in _told()
        if step.channel == "broker"
        for draft in connector.read(RECORDER, step.topic, script.payload(step, STARTED), at)
        if draft.content.get("severity") == "alert"
    ]
    assert scores == [0.88, 0.88]


def test_panels_are_read_and_their_clock_holds() -> None:
    found = []
    for number, (step, at) in enumerate(_told(), 1):
        if step.channel == "panel":
            frame = parse(build(script.frame_body(step, PANEL.address, number, at))[1:-1])
            assert in_time(instant(frame.time), at)
            drafts = dc09.drafts(frame, PANEL, sent_at=instant(frame.time), received_at=at)
            made = [observation(PANEL, each, identifier=UUID(int=9), received_at=at) for each in drafts]
            found += [(step.topic, each.kind, each.device) for each in made]
    assert found == [
        ("wind", "intrusion.perimeter", "EX-PANEL-1"),
        ("wind", "alarm.restored", "EX-PANEL-1"),
        ("target", "intrusion.door", "EX-PANEL-1"),
        ("target", "intrusion.motion", "EX-PANEL-1"),
    ]


def test_nothing_sent_names_or_describes_anyone() -> None:
    for step, _ in _told():
        if step.channel == "broker" and "text" not in step.content:
            after = json.loads(script.payload(step, STARTED))["after"]
            assert not after.get("sub_label")
            assert "recognized_license_plate" not in after
            assert not after.get("data", {}).get("sub_labels")


def test_steps_go_forward() -> None:
    times = [step.at_s for step in script.steps(CAST)]
    assert times == sorted(times)
    assert times[0] > 0


@given(st.text(min_size=1, max_size=40))
def test_a_camera_has_a_name_that_a_topic_can_bear(key: str) -> None:
    name = script.camera_name(key)
    assert name
    assert not set(name) & set("/+# $")
