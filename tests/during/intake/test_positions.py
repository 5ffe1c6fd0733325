"""Positions of patrol units: over HTTP and a real broker to the unit, and nowhere else."""

from __future__ import annotations

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from django.db import OperationalError, connections
from tests.during.intake.connectors.cisu.wrapping import wrapped
from tests.during.intake.test_mqtt import Broker, publish, until

from beffroi.api import incoming
from beffroi.during.intake import actions, broker, positions, queries, reception
from beffroi.during.intake.mqtt import MqttGate
from beffroi.during.intake.positions import Positions
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.rules import Fix, Speaker, Unreadable
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.foundation.identifiers import uuid7
from beffroi.journal import queries as journal
from beffroi.territory import models
from beffroi.territory import queries as territory

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

T = TypeVar("T")
HERE, THERE = (47.65, -2.08), (47.66, -2.09)


@pytest.fixture(autouse=True)
def patrols() -> None:
    town = models.Territory.objects.create(key="redon", name="Redon", created_at=clock.now())
    for key, exercise in (("P1", False), ("X1", True)):
        models.PatrolUnit.objects.create(
            territory=town, key=key, name=key, kind="municipal", origin="test", exercise=exercise
        )


def where(unit: str = "P1") -> tuple[float, float] | None:
    found = territory.unit("redon", unit).position
    return (found.lat, found.lon) if found else None


def closing(act: Callable[[], T]) -> T:
    """Act in a thread of another's, and leave no connection of it behind."""
    try:
        return act()
    finally:
        connections.close_all()


def location(place: tuple[float, float], at: datetime | None = None, **more: Any) -> bytes:
    tst = (at or datetime.now(UTC)).timestamp()
    told = {"_type": "location", "lat": place[0], "lon": place[1], "tst": tst, "acc": 9, "cog": 90}
    return json.dumps({**told, **more}).encode()


class Door:
    """A spool, and requests that end once all is written."""

    def __init__(self, folder: Path) -> None:
        self.spool = SqliteSpool(folder / "spool.sqlite3")

    def post(self, token: str, *bodies: bytes, name: str = "owntracks") -> list[httpx.Response]:
        """Several bodies, one after the other, written together."""
        basic = b64encode(f"phone:{token}".encode()).decode()

        async def play() -> list[httpx.Response]:
            reception._receptions[asyncio.get_running_loop()] = Reception(self.spool, group_ms=1)
            transport = httpx.ASGITransport(app=incoming.application)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
                headers = {"Authorization": f"Basic {basic}"}
                answers = [
                    await client.post(f"/api/v1/in/{name}", content=body, headers=headers) for body in bodies
                ]
            await reception.close_this_loop()
            return answers

        return asyncio.run(play())


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    made = Door(tmp_path)
    yield made
    made.spool.close()


def phone(**more: Any) -> str:
    options = {"key": "phone-p1", "device": "P1", **more}
    return actions.declare_source(territory="redon", connector="owntracks", **options).token


def test_a_phone_moves_its_unit_and_leaves_no_other_trace(door: Door) -> None:
    before = journal.head_position()
    token = phone()
    declared = journal.head_position()
    [answer] = door.post(token, location(HERE))
    assert (answer.status_code, answer.content) == (200, b"[]")
    unit = territory.unit("redon", "P1")
    assert unit.position == Position(*HERE, 9.0) and unit.heading_deg == 90.0
    assert door.spool.head() == 0
    assert journal.head_position() == declared > before, "only the source's declaration is in the journal"
    [source] = queries.sources(["redon"])
    assert source.last_seen_at is not None and not source.guaranteed


def test_only_a_newer_position_replaces(door: Door) -> None:
    token, now = phone(), datetime.now(UTC)
    door.post(token, location(HERE, now), location(THERE, now - timedelta(seconds=9)))
    assert where() == HERE, "within one write"
    door.post(token, location(THERE, now - timedelta(seconds=9)))
    assert where() == HERE, "between writes"
    door.post(token, location(THERE, now + timedelta(seconds=1)))
    assert where() == THERE


def test_a_position_from_the_future_is_refused_and_hides_nothing(door: Door) -> None:
    token, now = phone(), datetime.now(UTC)
    late, good = door.post(token, location(THERE, now + timedelta(seconds=150)), location(HERE, now))
    assert (late.status_code, late.content) == (200, b"[]"), "a refusal would stop the phone for ever"
    assert good.status_code == 200 and where() == HERE
    [shown] = queries.unread(["redon"])
    assert (shown.code, shown.content) == ("intake.position_ahead", b""), "the reason, never the place"


def test_an_unreadable_message_leaves_its_reason_only(door: Door) -> None:
    [answer] = door.post(phone(), location(HERE, acc="wide"))
    assert (answer.status_code, answer.content) == (200, b"[]")
    [shown] = queries.unread(["redon"])
    assert (shown.code, shown.content) == ("owntracks.unreadable", b"")
    assert "47.65" not in shown.why


def test_a_revoked_source_moves_nobody(door: Door) -> None:
    token = phone()
    actions.revoke_source(territory="redon", key="phone-p1")
    [answer] = door.post(token, location(HERE))
    assert (answer.status_code, where()) == (401, None)


def test_exercise_and_real_never_move_each_other(door: Door) -> None:
    door.post(phone(exercise=True), location(HERE))
    assert where() is None, "an exercise moves no real unit"
    door.post(phone(key="phone-x1", device="X1"), location(HERE))
    assert where("X1") is None, "nor does a real phone move one of an exercise"
    door.post(phone(key="phone-x2", device="X1", exercise=True), location(HERE))
    assert where("X1") == HERE
    told = {(each.source, each.code) for each in queries.unread(["redon"])}
    assert told == {("phone-p1", "intake.no_such_unit"), ("phone-x1", "intake.no_such_unit")}


def test_a_unit_that_is_not_there_is_told_once(door: Door) -> None:
    now = datetime.now(UTC)

    async def play() -> None:
        desk = Reception(door.spool)
        speaker = Speaker(uuid7(), "phone", "redon", "owntracks", device="P9")
        for second in range(3):
            desk.positions.take(speaker, Fix("", now + timedelta(seconds=second), *HERE))
            await desk.positions.flush()
        await desk.close()

    asyncio.run(play())
    assert [each.code for each in queries.unread()] == ["intake.no_such_unit"]


def test_what_the_database_refuses_is_written_a_moment_later(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = positions.move_units, 2

    def failing(moves: Any) -> Any:
        nonlocal failures
        if failures:
            failures -= 1
            raise OperationalError("locked")
        return real(moves)

    monkeypatch.setattr(positions, "move_units", failing)

    async def play() -> None:
        desk = Reception(door.spool)
        desk.positions.flush_s = 0.01
        speaker = Speaker(uuid7(), "phone", "redon", "owntracks", device="P1")
        desk.positions.take(speaker, Fix("", datetime.now(UTC), *HERE))
        end = time.monotonic() + 10
        while desk.positions._waiting or failures:
            assert time.monotonic() < end
            await asyncio.sleep(0.01)
        await desk.close()

    asyncio.run(play())
    assert where() == HERE


def test_memory_has_an_end(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(positions, "_MOST_WAITING", 1)
    speaker = Speaker(uuid7(), "gate", "redon", "owntracks")

    async def play() -> None:
        desk = Reception(door.spool)
        held: Positions = desk.positions
        held.take(speaker, Fix("P1", datetime.now(UTC), *HERE))
        held.take(speaker, Fix("P1", datetime.now(UTC), *THERE))
        with pytest.raises(Unreadable, match="wait"):
            held.take(speaker, Fix("X1", datetime.now(UTC), *HERE))
        await desk.close()

    asyncio.run(play())
    assert where() == THERE


def geo_pos(unit: str, place: tuple[float, float], status: str = "Actual") -> bytes:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    coord = {"lat": place[0], "lon": place[1]}
    position = {"resourceId": unit, "datetime": at, "coord": coord, "cap": "90"}
    return wrapped({"geoPositionsUpdate": {"position": [position]}}, distributionStatus=status)


def exchange(**more: Any) -> str:
    options = {"key": "exchange", "devices": {"fr.fire.sis035.resource.V1": "P1"}, **more}
    return actions.declare_source(territory="redon", connector="cisu", **options).token


def test_geo_pos_moves_the_unit_that_the_source_declares(door: Door) -> None:
    [answer] = door.post(exchange(), geo_pos("fr.fire.sis035.resource.V1", HERE), name="cisu")
    assert (answer.status_code, answer.json()) == (202, {"results": [{"index": 0, "kept": "latest"}]})
    assert where() == HERE and door.spool.head() == 0


def test_the_exchange_is_told_of_a_position_that_is_not_taken(door: Door) -> None:
    ahead = geo_pos("X", HERE).replace(str(datetime.now(UTC).year).encode() + b"-", b"2999-")
    [answer] = door.post(exchange(), ahead, name="cisu")
    assert answer.status_code == 422
    assert answer.json()["results"][0]["error"]["code"] == "intake.position_ahead"


def test_an_exercise_of_the_exchange_moves_no_real_unit(door: Door) -> None:
    token = exchange()
    door.post(token, geo_pos("fr.fire.sis035.resource.V1", HERE, "Exercise"), name="cisu")
    assert where() is None
    door.post(token, geo_pos("X1", HERE, "Exercise"), name="cisu")
    assert where("X1") == HERE


def test_a_revoked_end_of_the_exchange_moves_nobody(door: Door) -> None:
    token = exchange()
    actions.revoke_source(territory="redon", key="exchange")
    [answer] = door.post(token, geo_pos("fr.fire.sis035.resource.V1", HERE), name="cisu")
    assert (answer.status_code, where()) == (401, None)


def test_a_state_is_kept_on_disk_and_the_place_beside_it_is_not(door: Door) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    resource = {
        "resourceId": "P1",
        "vehicleType": "SIS",
        "state": {"status": "ARRIVEE", "datetime": at},
        "position": {"datetime": at, "coord": {"lat": HERE[0], "lon": HERE[1]}},
    }
    body = wrapped({"resourcesInfoCisu": {"caseId": "fr.fire.sis035.1", "resource": [resource]}})
    first, again = door.post(exchange(), body, body, name="cisu")
    assert (first.status_code, where()) == (202, HERE)
    assert [each.get("duplicate") for each in again.json()["results"]] == [True, None]
    [(_, kept)] = door.spool.read(0, 9)
    assert (kept.kind, kept.content["status"], kept.lat) == ("technical.other", "ARRIVEE", None)
    assert territory.unit("redon", "P1").state == "free", "a state of a unit is told by persons"


def test_nothing_is_kept_of_a_case_that_cannot_be_read(door: Door) -> None:
    body = wrapped({"createCase": {"caller": "Jeanne Morvan"}})
    [answer] = door.post(exchange(), body, name="cisu")
    assert answer.status_code == 422 and "Morvan" not in answer.text
    [shown] = queries.unread(["redon"])
    assert (shown.code, shown.content, shown.size) == ("cisu.not_agreed", b"", len(body))


@pytest.mark.service
def test_a_phone_moves_its_unit_over_a_real_broker(tmp_path: Path) -> None:
    town = Broker(tmp_path)
    told = actions.declare_source(
        territory="redon", key="phone-p1", connector="owntracks", address="redon/p1", device="P1"
    )
    lost = actions.declare_source(
        territory="redon", key="phone-x", connector="owntracks", address="redon/x", device="P1"
    )
    actions.declare_source(territory="redon", key="http-only", connector="owntracks", device="P1")
    broker.refresh(town.settings)
    time.sleep(0.5)

    async def scene(_desk: Reception, gate: MqttGate) -> None:
        client, other = town.publisher(told), town.publisher(lost)
        await until(lambda: client.is_connected() and other.is_connected())
        await publish(client, "redon/p1/owntracks", location(HERE))
        await until_there(HERE)
        await asyncio.to_thread(closing, lambda: actions.revoke_source(territory="redon", key="phone-x"))
        await until(lambda: "redon/x" not in gate._speakers)
        other.publish("redon/x/owntracks", location(THERE), 1)
        await publish(client, "redon/p1/owntracks", b"{broken")
        await publish(client, "redon/p1/owntracks/event", location(THERE))
        await asyncio.sleep(1)
        assert await asyncio.to_thread(closing, where) == HERE
        for each in (client, other):
            each.loop_stop()

    async def until_there(place: tuple[float, float]) -> None:
        end = time.monotonic() + 60
        while await asyncio.to_thread(closing, where) != place:
            assert time.monotonic() < end, "the unit did not move"
            await asyncio.sleep(0.05)

    try:
        town.run(scene)
        assert town.spool.head() == 0
        [shown] = queries.unread(["redon"])
        assert (shown.code, shown.content) == ("owntracks.unreadable", b"")
    finally:
        broker.stop(town.process)
