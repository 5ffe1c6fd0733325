"""The story means what it is meant to: folded by the engine, worked by a person, driven by patrols."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from beffroi.during.dispatch import actions as dispatch
from beffroi.during.fusion import actions as fusion
from beffroi.during.fusion import engine as fusion_engine
from beffroi.during.fusion import queries as fusion_queries
from beffroi.during.incident import actions as incidents
from beffroi.during.incident.models import Incident
from beffroi.during.intake import tasks
from beffroi.during.intake.connectors.dc09 import connector as dc09
from beffroi.during.intake.connectors.dc09.frame import build, instant, parse
from beffroi.during.intake.connectors.frigate.connector import FrigateConnector
from beffroi.during.intake.models import Source
from beffroi.during.intake.queries import speaker_by_address
from beffroi.during.intake.rules import Draft, Speaker, observation
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import clock
from beffroi.foundation.geography import distance_m
from beffroi.people import queries as people
from beffroi.rehearsal import actions, queries, story
from beffroi.rehearsal.methods import script
from beffroi.rehearsal.patrols import Patrols
from beffroi.rehearsal.senders import NotTaken, Recorder, send_frame
from beffroi.territory import queries as territory

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@dataclass
class Engine:
    """Sources read by their connectors, the spool, the fold: the processes' work, one step at a time."""

    ready: actions.Rehearsal
    spool: SqliteSpool
    driven: clock.FixedClock
    frigate: FrigateConnector
    read_to: int = 0

    def hear(self, step: script.Step, started: datetime, number: int) -> None:
        prepared, now = self.ready.prepared, clock.now()
        if step.channel == "broker":
            speaker = _speaker("frigate", prepared.prefix)
            drafts = self.frigate.read(speaker, step.topic, script.payload(step, started), now)
        elif step.channel == "panel":
            account = prepared.panel_account if step.topic == "target" else prepared.wind_account
            speaker = _speaker("dc09", account)
            frame = parse(build(script.frame_body(step, account, number, now))[1:-1])
            drafts = dc09.drafts(frame, speaker, sent_at=instant(frame.time), received_at=now)
        else:
            _report(self.ready)
            tasks.follow_signals(self.spool)
            return
        self.spool.append_many([_observed(speaker, each, now) for each in drafts])

    def fold(self) -> None:
        batch = self.spool.read(self.read_to, 1000)
        with transaction.atomic():
            touched = incidents.take_up(fusion.step(batch))
        for each in touched:
            dispatch.rank(incident_id=each, at=clock.now())
        self.read_to = batch[-1][0] if batch else self.read_to


def _speaker(connector: str, address: str) -> Speaker:
    speaker = speaker_by_address(connector, address)
    assert speaker is not None
    return speaker


def _observed(speaker: Speaker, draft: Draft, now: datetime):
    return observation(speaker, draft, identifier=uuid4(), received_at=now)


def _report(ready: actions.Rehearsal) -> None:
    from beffroi.before.signal import actions as signals

    place = queries.cast(ready.territory).van
    signals.report(
        territory=ready.territory,
        member=UUID(ready.prepared.referent),
        what="signal.vehicle_slow",
        place=type(place)(place.lat, place.lon, 40.0),
        seen_at=clock.now() - timedelta(seconds=script.VAN_SEEN_BEFORE_S),
        exercise=True,
    )


@pytest.fixture
def told(tmp_path: Path, settings_in, driven_clock: clock.FixedClock, monkeypatch) -> Iterator[Engine]:
    """The whole story, heard and folded, each message at its time."""
    settings_in(tmp_path)
    ready = actions.prepare()
    spool = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(fusion_engine, "shared", lambda: spool)
    fusion_engine.forget()
    engine = Engine(ready, spool, driven_clock, FrigateConnector())
    started = clock.now()
    for number, step in enumerate(script.steps(queries.cast(ready.territory)), 1):
        driven_clock.advance(step.at_s - (clock.now() - started).total_seconds())
        engine.hear(step, started, number)
        driven_clock.advance(0.03)
        engine.fold()
    yield engine
    fusion_engine.forget()
    spool.close()


def test_one_act_is_confirmed_and_the_noise_is_not(told: Engine) -> None:
    found = {row.place_text.split(",")[0]: row for row in Incident.objects.all()}
    assert len(found) == 3
    act = found["Médiathèque"]
    assert (act.state, act.act, act.exercise) == ("confirmed", "burglary", True)
    assert act.probability > 0.9
    wind = found["École Jacques-Prévert"]
    assert wind.state != "confirmed"
    assert wind.probability < 0.5
    silent = next(row for row in Incident.objects.all() if row.act == "device_silent")
    assert silent.state == "closed"


def test_the_van_is_found_again_as_an_earlier_signal(told: Engine) -> None:
    act = Incident.objects.get(state="confirmed")
    van = [sign for sign in fusion_queries.sign_rows(act.id) if sign.kind == "signal.vehicle_slow"]
    assert [sign.relation for sign in van] == ["earlier_signal"]
    minutes = [reason["params"]["minutes"] for sign in van for reason in sign.reasons]
    assert minutes == [round((script.VAN_SEEN_BEFORE_S + 42) / 60)]


def test_the_patrol_that_is_sent_drives_there_by_road(told: Engine) -> None:
    act = Incident.objects.get(state="confirmed")
    operator = people.member_by_email("operateur@exercice.example").id
    first = act.ranking.rows[0]
    patrols = Patrols(told.ready.territory)
    patrols.step()
    dispatch.send(incident_id=act.id, unit=first["unit"], member=operator)
    place = queries.place_of_mission(told.ready.territory, first["unit"])
    assert place is not None
    for _ in range(60):
        patrols.step()
        told.driven.advance(5)
    unit = territory.unit(told.ready.territory, first["unit"])
    assert unit.position is not None
    assert distance_m(unit.position, place) < 60


def test_a_closed_port_is_said_and_not_waited_for(told: Engine, monkeypatch) -> None:
    with pytest.raises(NotTaken, match="panel"):
        send_frame("127.0.0.1", 9, '"NULL"0001L0#ABC[]')
    monkeypatch.setattr("beffroi.rehearsal.senders._WAIT_S", 0.2)
    with pytest.raises(NotTaken, match="recorder"):
        story.play(told.ready.prepared, story.Endpoints("127.0.0.1", 9, "127.0.0.1", 9))
    with pytest.raises(NotTaken, match="not connected"):
        Recorder("127.0.0.1", 9, login="a", token="b", prefix="c").publish("reviews", b"{}")


def test_every_source_is_an_exercise(told: Engine) -> None:
    assert set(Source.objects.values_list("exercise", flat=True)) == {True}
    assert all(each.exercise for _, each in told.spool.read(0, 100))
