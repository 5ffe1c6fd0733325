"""Plays the story of one act on a running installation, through the doors that any source uses."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from beffroi.before.signal import actions as signal_actions
from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.rehearsal import actions, queries
from beffroi.rehearsal.kept import Prepared
from beffroi.rehearsal.methods import script
from beffroi.rehearsal.methods.places import Cast
from beffroi.rehearsal.methods.script import Step
from beffroi.rehearsal.patrols import Patrols
from beffroi.rehearsal.senders import NotTaken, Recorder, send_frame
from beffroi.territory import queries as territory_queries

_BETWEEN_POSITIONS_S = 2.0
NAME = "van-then-break-in"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the running installation listens: its broker and its panels' port."""

    mqtt_host: str
    mqtt_port: int
    dc09_host: str
    dc09_port: int


@dataclass
class _Stage:
    """What the steps of one performance share."""

    prepared: Prepared
    cast: Cast
    endpoints: Endpoints
    pace: float
    recorder: Recorder
    started: datetime
    sequence: int = 0


def play(
    prepared: Prepared,
    endpoints: Endpoints,
    *,
    pace: float = 1.0,
    on_step: Callable[[Step], None] = lambda step: None,
    stop: threading.Event | None = None,
    after: float | None = 0.0,
) -> int:
    """Play the story; returns how many steps were sent.

    `pace` 2 plays it twice as fast, its times still those of the clock. Patrols go on driving for
    `after` seconds once it is told (None: until `stop` is set). Raises NotTaken, NotFound, TooSmall.
    """
    halt = stop or threading.Event()
    cast = queries.cast(prepared.territory)
    patrols = Patrols(prepared.territory, pace)
    told = script.steps(cast)
    sent = 0
    with Recorder(
        endpoints.mqtt_host,
        endpoints.mqtt_port,
        login=prepared.login,
        token=prepared.token,
        prefix=prepared.prefix,
    ) as recorder:
        stage = _Stage(prepared, cast, endpoints, pace, recorder, clock.now())
        for step in told:
            if _wait_until(stage.started + timedelta(seconds=step.at_s / pace), patrols, halt):
                break
            _send(stage, step)
            on_step(step)
            sent += 1
        actions.tell_played(prepared.territory, NAME, sent=sent, steps=len(told), pace=pace)
        end = None if after is None else clock.now() + timedelta(seconds=after)
        _wait_until(end, patrols, halt)
    return sent


def _wait_until(moment: datetime | None, patrols: Patrols, halt: threading.Event) -> bool:
    """Let patrols drive until `moment` (None: for ever); True when told to stop first."""
    while not halt.is_set():
        left = _BETWEEN_POSITIONS_S if moment is None else (moment - clock.now()).total_seconds()
        if left <= 0:
            return False
        patrols.step()
        halt.wait(min(left, _BETWEEN_POSITIONS_S))
    return True


def _send(stage: _Stage, step: Step) -> None:
    if step.channel == "referent":
        _report(stage)
    elif step.channel == "broker":
        stage.recorder.publish(step.topic, script.payload(step, stage.started, stage.pace))
    else:
        _alarm(stage, step)


def _report(stage: _Stage) -> None:
    if not stage.prepared.referent:
        return
    place = stage.cast.van
    signal_actions.report(
        territory=stage.prepared.territory,
        member=UUID(stage.prepared.referent),
        what="signal.vehicle_slow",
        place=Position(place.lat, place.lon, 40.0),
        seen_at=clock.now() - timedelta(seconds=script.VAN_SEEN_BEFORE_S),
        details={"vehicle": "van", "colour": "light", "moving": "slowly"},
        place_name=territory_queries.place_name(stage.prepared.territory, place.lat, place.lon),
        exercise=True,
    )


def _alarm(stage: _Stage, step: Step) -> None:
    account = stage.prepared.panel_account if step.topic == "target" else stage.prepared.wind_account
    stage.sequence = stage.sequence % 9999 + 1
    body = script.frame_body(step, account, stage.sequence, clock.now())
    answer = send_frame(stage.endpoints.dc09_host, stage.endpoints.dc09_port, body)
    if answer != "ACK":
        raise NotTaken(what="panel", why=f"answered {answer}")
