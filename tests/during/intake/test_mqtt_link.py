"""Our client at the broker beyond what select() can watch, through TLS, and after a cut."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from tests.during.intake.test_mqtt import EVENT, Broker, publish, town, until

from beffroi.during.intake import broker, mqtt_wire
from beffroi.during.intake.mqtt import MqttGate
from beffroi.during.intake.mqtt_link import Link, ReadingAhead
from beffroi.during.intake.reception import Reception
from beffroi.house import certificates

__all__ = ["town"]

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]

BEYOND_SELECT = 1_100


@contextmanager
def many_files() -> Iterator[None]:
    """As many descriptors open as in a process that serves a large centre."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4_096)), hard))
    with ExitStack() as held:
        for _ in range(BEYOND_SELECT):
            held.enter_context(open(os.devnull))
        yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_process_with_very_many_files_open_still_hears(town: Broker) -> None:
    client = town.publisher()  # its own descriptor is still a low one

    async def scene(_desk: Reception, gate: MqttGate) -> None:
        assert gate._client.socket().fileno() > 1_024
        await publish(client, "ville/frigate/events", EVENT)
        await until(lambda: town.spool.head() == 1)
        client.loop_stop()

    with many_files():
        town.run(scene)


def test_a_cut_is_mended(town: Broker) -> None:
    async def scene(_desk: Reception, gate: MqttGate) -> None:
        await asyncio.to_thread(broker.stop, town.process)
        await until(lambda: not gate.connected)
        await asyncio.sleep(1.5)  # at least one call finds nobody
        await asyncio.to_thread(town.start)
        await until(lambda: gate.connected)
        client = town.publisher()
        await publish(client, "ville/frigate/events", EVENT)
        await until(lambda: town.spool.head() == 1)
        client.loop_stop()

    town.run(scene)


@pytest.mark.parametrize("together", [True, False])
def test_through_tls_nothing_stays_behind(town: Broker, tmp_path: Path, *, together: bool) -> None:
    """A TLS record may hold more messages than one reading takes: the socket is silent then.

    The longest message is beyond what is waited for whole, and goes paho's way.
    """
    sizes = [*(size * 97 for size in range(200)), 2 * mqtt_wire.LONGEST]
    broker.stop(town.process)
    certificate, key = certificates.server_certificate(tmp_path / "tls", ["beffroi.example"])
    town.settings = replace(
        town.settings, mqtt_host="0.0.0.0", certificate=str(certificate), certificate_key=str(key)
    )
    town.start()
    heard: list[int] = []

    async def play() -> None:
        own = broker.access(town.settings)
        client = ReadingAhead(paho.CallbackAPIVersion.VERSION2)
        client.username_pw_set(own.user, own.password)
        assert own.tls is not None
        client.tls_set_context(own.tls)
        client.on_connect = lambda *_: client.subscribe("big", 1)
        client.on_message = lambda _c, _d, message: heard.append(len(message.payload))
        if together:
            client.on_messages = lambda told: heard.extend(len(each.payload) for each in told)
        subscribed = asyncio.Event()
        client.on_subscribe = lambda *_: subscribed.set()
        link = Link(client, own.host, own.port)
        running = asyncio.create_task(link.run())
        await asyncio.wait_for(subscribed.wait(), 60)
        for size in sizes:
            client.publish("big", b"x" * size, 1)
        await until(lambda: len(heard) == len(sizes))
        running.cancel()
        link.close()
        assert client.socket() is None

    asyncio.run(play())
    assert sorted(heard) == sizes


def test_many_messages_are_read_at_once_and_none_twice(town: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many readings as messages would make three calls of the system of each."""
    asked: list[int] = []
    plain = paho.Client._sock_recv

    def counted(self: paho.Client, size: int) -> bytes:
        asked.append(size)
        return plain(self, size)

    monkeypatch.setattr(paho.Client, "_sock_recv", counted)
    many = 300

    async def scene(_desk: Reception, gate: MqttGate) -> None:
        client = town.publisher()
        before = len(asked)
        for number in range(many):
            event = EVENT.replace(b"1772403300.5", f"{1772403300 + number}.5".encode())
            client.publish("ville/frigate/events", event, qos=1)
        await until(lambda: town.spool.head() >= many)
        client.loop_stop()
        assert town.spool.head() == many
        own = [size for size in asked[before:] if size >= 4_096]
        assert 0 < len(own) < 2 * many

    town.run(scene)
