"""Cameras, buildings and mapped devices through a real broker, and mapped webhooks, to the spool."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import paho.mqtt.client as paho
import pytest
from tests.during.intake.test_mqtt import Broker, publish, until

from beffroi.api import incoming
from beffroi.during.intake import actions, broker, queries, reception
from beffroi.during.intake.connectors.building.connector import CONNECTOR
from beffroi.during.intake.mqtt import MqttGate
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.during.intake.tally import UNREAD

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]

HERE = Path(__file__).parent / "connectors"
FAULT = 'key = "id"\nkind = "device.fault"\n'
ZIGBEE = (HERE / "mapped/mappings/zigbee2mqtt.toml").read_text()
OPEN = (HERE / "mapped/messages/zigbee2mqtt-open.json").read_bytes()
FRAME = (HERE / "onvif_mqtt/messages/frame.json").read_bytes()
FORCED = (HERE / "building/messages/door-forced.json").read_bytes()
SCENE = (HERE / "onvif_mqtt/messages/scene-change.json").read_bytes()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Broker]:
    """A broker; beside its sources stands one without a prefix, which must not stop it."""
    actions.declare_source(territory="redon", key="webhook", connector="mapped", mapping=FAULT)
    made = Broker(tmp_path)
    yield made
    broker.stop(made.process)


def retain(client: paho.Client, topic: str, payload: bytes) -> None:
    client.publish(topic, payload, 1, retain=True).wait_for_publish(60)


def declare(town: Broker, connector: str, address: str, **more: str) -> actions.Declared:
    made = actions.declare_source(
        territory="redon", key=connector, connector=connector, address=address, **more
    )
    broker.refresh(town.settings)
    return made


async def nothing(_desk: Reception, _gate: MqttGate) -> None:
    await asyncio.sleep(0.7)


def unread(connector: str) -> float:
    """How many messages of this connector could not be read, in this process."""
    return float(UNREAD.labels(connector)._value.get())


def kinds(town: Broker) -> list[str]:
    return [each.kind for _, each in town.spool.read(0, 100)]


def test_a_camera_tells_and_what_it_retained_is_told_once(town: Broker) -> None:
    source = declare(town, "onvif_mqtt", "ville/cam", device="C-08")

    async def scene(_desk: Reception, _gate: MqttGate) -> None:
        await asyncio.sleep(0.5)
        client = town.publisher(source)
        await until(client.is_connected)
        for _ in range(20):
            await publish(client, "ville/cam/onvif-mj/VideoAnalytics/1/Classifier", FRAME, qos=0)
        await publish(client, "ville/cam/onvif-mj/SensorData/1/m", b'{"SensorData":{}}')
        await asyncio.to_thread(
            retain, client, "ville/cam/onvif-ej/tns1:VideoSource/tns1:GlobalSceneChange/&V1", SCENE
        )
        await until(lambda: "tamper.device" in kinds(town))
        client.loop_stop()

    town.run(scene)
    # Twenty times the same frame: what is not yet known to be kept is told again, and is the same.
    assert sorted(kinds(town)) == ["presence.other", "presence.person", "tamper.device"]
    assert {each.device for _, each in town.spool.read(0, 9)} == {"C-08"}
    town.run(nothing)
    assert len(kinds(town)) == 3, "the broker sent again what it had retained"


def test_a_building_tells_and_what_it_retained_is_told_once(town: Broker) -> None:
    source = declare(town, "building", "gtb")

    async def scene(_desk: Reception, _gate: MqttGate) -> None:
        await asyncio.sleep(0.5)
        client = town.publisher(source)
        await until(client.is_connected)
        await asyncio.to_thread(retain, client, "gtb/mairie/-1/door/D-12", FORCED)
        await asyncio.to_thread(retain, client, "gtb/mairie/1/water/archives", b"wet")
        await asyncio.to_thread(retain, client, "gtb/mairie/1/lift/L", b'{"state":"idle"}')
        await asyncio.to_thread(retain, client, "gtb/mairie/$state", b"ready")
        await until(lambda: town.spool.head() == 2)
        client.loop_stop()

    town.run(scene)
    door, water = (each for _, each in town.spool.read(0, 9))
    assert (door.kind, door.device, door.content["floor"]) == ("intrusion.door", "mairie", "-1")
    assert (water.kind, water.content["zone"]) == ("hazard.detected", "archives")
    # As after a new start: nothing is remembered, and the broker sends what it retained.
    for name in ("gtb/mairie/-1/door/D-12", "gtb/mairie/1/water/archives"):
        CONNECTOR._states.forget(("redon", "building", name.removeprefix("gtb/")))
    town.run(nothing)
    assert kinds(town) == ["intrusion.door", "hazard.detected"], "neither is new"


def test_a_mapped_device_tells_over_mqtt(town: Broker) -> None:
    source = declare(town, "mapped", "zigbee2mqtt", mapping=ZIGBEE)

    async def scene(_desk: Reception, gate: MqttGate) -> None:
        assert "zigbee2mqtt/+" in gate._filters
        await asyncio.sleep(0.5)
        client = town.publisher(source)
        await until(client.is_connected)
        await asyncio.to_thread(retain, client, "zigbee2mqtt/porte-atelier", OPEN)
        await until(lambda: town.spool.head() == 1)
        await publish(client, "zigbee2mqtt/porte-atelier/availability", b"online")
        before = unread("mapped")
        await publish(client, "zigbee2mqtt/porte-atelier", b"<broken>")
        await until(lambda: unread("mapped") > before)
        client.loop_stop()

    town.run(scene)
    [(_, kept)] = town.spool.read(0, 9)
    assert (kept.kind, kept.device) == ("intrusion.door", "porte-atelier")
    [row] = queries.unread(["redon"])
    assert (row.code, row.sender) == ("mapped.not_json", "zigbee2mqtt/porte-atelier")
    town.run(nothing)
    assert kinds(town) == ["intrusion.door"], "retained, and told once"


def test_a_part_that_cannot_be_read_is_shown_and_the_rest_is_kept(town: Broker) -> None:
    mapping = 'each = "a"\nkey = "id"\nkind = "device.fault"\n'
    source = declare(town, "mapped", "plc", mapping=mapping)

    async def scene(_desk: Reception, _gate: MqttGate) -> None:
        await asyncio.sleep(0.5)
        client = town.publisher(source)
        await until(client.is_connected)
        await publish(client, "plc/alarms", b'{"a": [{"id": 1}, {}, {"id": 3}]}')
        await until(lambda: town.spool.head() == 2)
        client.loop_stop()

    town.run(scene)
    [row] = queries.unread(["redon"])
    assert row.code == "mapped.no_value"


@pytest.mark.parametrize("count", [40, 70])
def test_many_mapped_sources_are_all_heard(town: Broker, count: int) -> None:
    made = [
        actions.declare_source(
            territory="redon", key=f"m{n}", connector="mapped", address=f"m{n}", mapping=FAULT
        )
        for n in range(count)
    ]
    declare(town, "onvif_mqtt", "ville/cam")
    declare(town, "building", "gtb")

    async def scene(_desk: Reception, gate: MqttGate) -> None:
        assert (len(gate._filters) < 20) is (count > 60)
        for number, each in enumerate((made[0], made[count // 2], made[-1]), 1):
            client = town.publisher(each)
            await until(client.is_connected)
            end = time.monotonic() + 60
            while town.spool.head() < number:  # again until the broker has taken our subscription
                assert time.monotonic() < end, f"{each.key} is not heard"
                await publish(client, f"{each.key}/x", b'{"id": 1}')
                await asyncio.sleep(0.2)
            client.loop_stop()

    town.run(scene)


def test_who_only_posts_does_not_sign_in(town: Broker) -> None:
    stranger = town.publisher(actions.renew_token(territory="redon", key="webhook"))
    known = town.publisher()
    time.sleep(0.7)
    assert (known.is_connected(), stranger.is_connected()) == (True, False)
    known.loop_stop()
    stranger.loop_stop()


def test_a_mapped_webhook_is_answered_after_the_commit(tmp_path: Path) -> None:
    mapping = (HERE / "mapped/mappings/chirpstack-door.toml").read_text()
    body = (HERE / "mapped/messages/chirpstack-door.json").read_bytes()
    declared = actions.declare_source(territory="redon", key="lora", connector="mapped", mapping=mapping)
    spool = SqliteSpool(tmp_path / "spool.sqlite3")

    async def play() -> list[httpx.Response]:
        reception._receptions[asyncio.get_running_loop()] = Reception(spool, group_ms=1)
        transport = httpx.ASGITransport(app=incoming.application)  # type: ignore[arg-type]
        headers = {"Authorization": f"Bearer {declared.token}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://t", headers=headers) as client:
            answers = [
                await client.post(f"/api/v1/in/mapped?event={event}", content=body)
                for event in ("up", "up", "log")
            ]
            actions_done = await asyncio.to_thread(_remap)
            assert actions_done
            await asyncio.sleep(1.2)
            await client.post("/api/v1/in/mapped", content=b'{"id": 0}')  # renews what is known of the source
            await asyncio.sleep(0.3)
            answers.append(await client.post("/api/v1/in/mapped", content=b'{"id": 1}'))
        await reception.close_this_loop()
        return answers

    first, again, ignored, remapped = asyncio.run(play())
    assert (first.status_code, again.status_code, ignored.status_code) == (202, 200, 200)
    assert remapped.status_code == 202
    assert [each.kind for _, each in spool.read(0, 9)][:1] == ["intrusion.door"]
    assert [each.kind for _, each in spool.read(0, 9)][-1] == "technical.other"
    [source] = queries.sources(["redon"])
    assert source.guaranteed


def _remap() -> bool:
    actions.remap_source(territory="redon", key="lora", mapping='key = "id"\nkind = "technical.other"\n')
    return True
