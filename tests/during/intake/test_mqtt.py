"""The broker, our client at it and Frigate's messages, over real MQTT connections."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from beffroi.during.intake import actions, broker, queries
from beffroi.during.intake.actions import Declared
from beffroi.during.intake.connectors.frigate.connector import CONNECTOR
from beffroi.during.intake.mqtt import MqttGate
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.rules import Draft, Speaker
from beffroi.during.intake.spool import SpoolUnavailable
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import settings as configuration

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]

EVENT = (Path(__file__).parent / "connectors/frigate/messages/event-person.json").read_bytes()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def event(number: int) -> bytes:
    return EVENT.replace(b"aaa111", f"aaa{number:05d}".encode())


class Broker:
    """A built-in broker with one source, and publishers."""

    def __init__(self, folder: Path) -> None:
        self.settings = replace(configuration.current(), data_dir=str(folder), mqtt_port=free_port())
        self.source = actions.declare_source(
            territory="redon", key="frigate-1", connector="frigate", address="ville/frigate"
        )
        self.spool = SqliteSpool(folder / "spool.sqlite3")
        self.process: subprocess.Popen[bytes] = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        self.process = broker.start(self.settings)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.settings.mqtt_port), 0.2).close()
                return self.process
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the broker did not start")

    def publisher(self, declared: Declared | None = None, user: str = "", password: str = "") -> paho.Client:
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        declared = declared or self.source
        client.username_pw_set(user or declared.login, password or declared.token)
        client.connect("127.0.0.1", self.settings.mqtt_port)
        client.loop_start()
        return client

    def run(self, scene: Callable[[Reception, MqttGate], Awaitable[None]]) -> None:
        async def play() -> None:
            desk = Reception(self.spool, group_ms=1)
            gate = MqttGate.of(desk, broker.access(self.settings))
            await gate.start()
            await until(lambda: gate.connected and bool(gate._filters))
            await asyncio.sleep(0.3)  # the subscriptions are answered
            try:
                await scene(desk, gate)
            finally:
                await gate.stop()
                await desk.close()

        asyncio.run(play())

    def kept(self) -> list[str]:
        return [str(each.content.get("track")) for _, each in self.spool.read(0, 10_000)]


async def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come in time"
        await asyncio.sleep(0.02)


async def publish(client: paho.Client, topic: str, payload: bytes, qos: int = 1) -> None:
    told = client.publish(topic, payload, qos)
    await asyncio.to_thread(told.wait_for_publish, 60)
    assert told.is_published()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path)
    yield made
    broker.stop(made.process)


def test_an_event_goes_from_frigate_to_the_spool(town: Broker) -> None:
    async def scene(_desk: Reception, _gate: MqttGate) -> None:
        client = town.publisher()
        await publish(client, "ville/frigate/events", EVENT)
        await until(lambda: town.spool.head() == 1)
        await publish(client, "ville/frigate/mairie/status/detect", b"offline")
        await until(lambda: town.spool.head() == 2)
        client.loop_stop()

    town.run(scene)
    kept = [each for _, each in town.spool.read(0, 9)]
    assert [each.kind for each in kept] == ["presence.person", "device.offline"]
    assert [each.device for each in kept] == ["mairie", "mairie"]


def test_what_comes_while_we_are_away_waits(town: Broker) -> None:
    async def nothing(_desk: Reception, _gate: MqttGate) -> None:
        pass

    town.run(nothing)  # the session is known to the broker
    client = town.publisher()
    for number in range(20):
        client.publish("ville/frigate/events", event(number), 1).wait_for_publish(60)
    client.loop_stop()

    async def back(_desk: Reception, _gate: MqttGate) -> None:
        await until(lambda: town.spool.head() == 20)

    town.run(back)
    assert sorted(town.kept()) == sorted(f"1772403300.5-aaa{number:05d}" for number in range(20))


def test_what_the_broker_acknowledged_survives_its_death(town: Broker) -> None:
    async def nothing(_desk: Reception, _gate: MqttGate) -> None:
        pass

    town.run(nothing)
    client = town.publisher()
    for number in range(10):
        client.publish("ville/frigate/events", event(number), 1).wait_for_publish(60)
    town.process.kill()
    town.process.wait()
    client.loop_stop()
    town.start()

    async def back(_desk: Reception, _gate: MqttGate) -> None:
        await until(lambda: town.spool.head() == 10)

    town.run(back)


def test_what_could_not_be_written_is_taken_again(town: Broker) -> None:
    real = town.spool.append_encoded
    failures = 2

    def failing(batch: object) -> object:
        nonlocal failures
        if failures:
            failures -= 1
            raise SpoolUnavailable(why="the disk is away")
        return real(batch)  # type: ignore[arg-type]

    town.spool.append_encoded = failing  # type: ignore[assignment,method-assign]

    async def scene(_desk: Reception, _gate: MqttGate) -> None:
        client = town.publisher()
        await publish(client, "ville/frigate/events", EVENT)
        await until(lambda: town.spool.head() == 1)
        client.loop_stop()

    town.run(scene)
    assert failures == 0
    assert len(town.kept()) == 1


def test_what_cannot_be_read_is_kept_and_the_rest_goes_on(town: Broker) -> None:
    async def scene(_desk: Reception, _gate: MqttGate) -> None:
        client = town.publisher()
        await publish(client, "ville/frigate/events", b"{broken")
        await publish(client, "ville/frigate/events", EVENT)
        await until(lambda: town.spool.head() == 1)
        client.loop_stop()

    town.run(scene)
    [row] = queries.unread(["redon"])
    assert (row.code, row.sender, row.content) == ("frigate.unreadable", "ville/frigate/events", b"{broken")


def test_quality_of_service_zero_is_shown_as_not_guaranteed(town: Broker) -> None:
    async def scene(_desk: Reception, _gate: MqttGate) -> None:
        client = town.publisher()
        await publish(client, "ville/frigate/events", EVENT, qos=0)
        await until(lambda: town.spool.head() == 1)
        client.loop_stop()

    assert queries.sources(["redon"])[0].guaranteed
    town.run(scene)
    [source] = queries.sources(["redon"])
    assert (source.guaranteed, source.not_guaranteed) == (False, 1)


def test_a_source_speaks_under_its_own_prefix_only(town: Broker) -> None:
    other = actions.declare_source(territory="guer", key="frigate-9", connector="frigate", address="guer")
    assert broker.refresh(town.settings)
    assert not broker.refresh(town.settings), "nothing new"
    time.sleep(0.5)

    async def scene(_desk: Reception, _gate: MqttGate) -> None:
        await asyncio.sleep(2.2)  # our client learns of the new source
        client = town.publisher(other)
        await until(client.is_connected)
        client.publish("ville/frigate/events", event(1), 1)
        await publish(client, "guer/events", event(2))
        await until(lambda: town.spool.head() == 1)
        client.loop_stop()

    town.run(scene)
    [(_, kept)] = town.spool.read(0, 9)
    assert (kept.territory, kept.source) == ("guer", "frigate-9")


@pytest.mark.parametrize("who", ["stranger", "revoked", "renewed"])
def test_who_is_not_known_does_not_get_in(town: Broker, who: str) -> None:
    if who == "revoked":
        actions.revoke_source(territory="redon", key="frigate-1")
    if who == "renewed":
        actions.renew_token(territory="redon", key="frigate-1")
    broker.refresh(town.settings)
    time.sleep(0.5)
    client = town.publisher(password="wrong" if who == "stranger" else "")
    time.sleep(0.5)
    assert not client.is_connected()
    client.loop_stop()


def test_the_configuration_holds_no_token_and_is_ours_alone(town: Broker) -> None:
    file = town.settings.data_path / "broker" / "nats.json"
    text = file.read_text()
    assert town.source.token not in text
    assert broker.access(town.settings).password not in text
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(text)["jetstream"]["sync_interval"] == "always"


def test_beyond_this_machine_only_with_a_certificate(town: Broker) -> None:
    with pytest.raises(broker.OpenBroker):
        broker.configured(replace(town.settings, mqtt_host="0.0.0.0"))
    both = replace(town.settings, mqtt_host="0.0.0.0", certificate="/c.pem", certificate_key="/k.pem")
    assert json.loads(broker.configured(both))["mqtt"]["tls"]["cert_file"] == "/c.pem"


def test_what_is_only_told_again_is_no_sign_of_life_and_figures_are(town: Broker) -> None:
    client = town.publisher()
    client.publish("ville/frigate/available", b"online", 1, retain=True).wait_for_publish(60)

    async def scene(desk: Reception, _gate: MqttGate) -> None:
        await until(lambda: town.spool.head() == 1)
        await desk.tally.flush()
        [source] = await asyncio.to_thread(queries.sources, ["redon"])
        assert (source.received, source.last_seen_at) == (1, None)
        await publish(client, "ville/frigate/stats", b'{"service": {}}')
        await asyncio.sleep(0.3)
        await desk.tally.flush()
        [source] = await asyncio.to_thread(queries.sources, ["redon"])
        assert source.last_seen_at is not None
        assert town.spool.head() == 1
        client.loop_stop()

    town.run(scene)


def test_a_message_that_a_connector_fails_on_holds_no_other_up(
    town: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came together is kept together; the one is taken again in a moment, and lost on no account."""
    real, failures = CONNECTOR.read, [1]

    def read(speaker: Speaker, topic: str, payload: bytes, received_at: datetime) -> list[Draft]:
        if b"aaa00003" in payload and failures:
            failures.pop()
            raise RuntimeError("a fault of ours")
        return real(speaker, topic, payload, received_at)

    monkeypatch.setattr(CONNECTOR, "read", read)

    async def scene(_desk: Reception, gate: MqttGate) -> None:
        client = town.publisher()
        told = [client.publish("ville/frigate/events", event(number), 1) for number in range(8)]
        await asyncio.to_thread(told[-1].wait_for_publish, 60)
        await until(lambda: town.spool.head() == 8)
        await until(lambda: gate._queued == 0)
        client.loop_stop()

    town.run(scene)
    assert not failures
    tracks = [each.rpartition("aaa")[2] for each in town.kept()]
    assert sorted(tracks) == [f"{number:05d}" for number in range(8)]
    assert tracks[-1] == "00003"

    async def nothing_is_left(_desk: Reception, gate: MqttGate) -> None:
        await asyncio.sleep(1)
        assert town.spool.head() == 8

    town.run(nothing_is_left)
