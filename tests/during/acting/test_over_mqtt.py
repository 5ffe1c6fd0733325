"""A lamp and a bollard that are real MQTT clients, over the real broker: told, answering, silent, cut off."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import paho.mqtt.client as paho
import pytest
from tests.during.acting.conftest import Town
from tests.during.acting.peers import Thing, free_port, until

from beffroi.during.acting import actions, models, queries, sending
from beffroi.during.acting.hand import Hand
from beffroi.during.intake import actions as intake
from beffroi.during.intake import broker
from beffroi.foundation import clock
from beffroi.foundation import settings as configuration

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]
LAMP = ("ville/lampes/nord/set", "ville/lampes/nord/state")
BOLLARD = ("ville/bornes/mairie/set", "ville/bornes/mairie/state")


class Night:
    """The built-in broker with the town's accounts, and the hand at it."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town = town
        self.settings = replace(configuration.current(), data_dir=str(folder), mqtt_port=free_port())
        self.process: subprocess.Popen[bytes] = broker.start(self.settings)
        self.things: list[Thing] = []
        until(self._listens)
        self.hand = Hand(lambda: broker.access(self.settings))
        self.hand.tend()
        until(lambda: self.hand.connected)

    def _listens(self) -> bool:
        import socket

        try:
            socket.create_connection(("127.0.0.1", self.settings.mqtt_port), 0.2).close()
        except OSError:
            return False
        return True

    def thing(self, key: str, topics: tuple[str, str], **more: Any) -> Thing:
        made = self.town.made[key]
        thing = Thing(self.settings.mqtt_port, made.login, made.token, *topics, **more)
        self.things.append(thing)
        until(lambda: bool(thing.granted))
        time.sleep(0.3)  # the hand's own subscriptions are answered
        return thing

    def ask(self, actuator: str, act: str, **more: Any) -> UUID:
        return actions.ask(
            member=self.town.operator, territory=self.town.key, actuator=actuator, act=act,
            purpose="safety", **more,
        )  # fmt: skip

    def becomes(self, command: UUID, state: str) -> None:
        def is_so() -> bool:
            sending.step(clock.now())
            return bool(models.Command.objects.get(pk=command).state == state)

        until(is_so)

    def close(self) -> None:
        for thing in self.things:
            thing.close()
        self.hand.stop()
        broker.stop(self.process)


@pytest.fixture
def night(town: Town, tmp_path: Path) -> Iterator[Night]:
    made = Night(town, tmp_path)
    yield made
    made.close()


def test_the_lamps_go_up_and_say_so(night: Night) -> None:
    lamp = night.thing("lamps", LAMP)
    command = night.ask("lamps", "brighten")
    night.becomes(command, "confirmed")
    assert lamp.told == [b"ON"] and night.town.facts() == ["asked", "sent", "confirmed"]
    (view,) = [each for each in queries.actuators(night.town.key) if each.key == "lamps"]
    assert view.said == "brighten" and view.last is not None and view.last.ends_at is not None


def test_a_bollard_that_is_blocked_says_so(night: Night) -> None:
    bollard = night.thing("bollard", BOLLARD)
    bollard.answers = lambda told: json.dumps(
        {"position": "blocked", "command": json.loads(told)["command"]}
    ).encode()
    command = night.ask("bollard", "lower", seen="camera", sure=True)
    night.becomes(command, "refused")
    told = json.loads(bollard.told[0])
    assert told["command"] == str(command) and told["until"] > time.time()


def test_silence_is_said_and_nothing_is_sent_twice(night: Night) -> None:
    bollard = night.thing("bollard", BOLLARD)
    bollard.answers = lambda _told: None
    command = night.ask("bollard", "lower", seen="camera", sure=True)
    night.becomes(command, "no_answer")
    time.sleep(1)
    assert len(bollard.told) == 1


def test_nobody_but_us_commands_and_a_device_hears_its_own(night: Night) -> None:
    lamp = night.thing("lamps", LAMP)
    bollard = night.thing("bollard", BOLLARD)
    source = intake.declare_source(
        territory=night.town.key, key="gateway", connector="frigate", address="ville/lampes"
    )
    broker.refresh(night.settings)
    time.sleep(0.5)
    strangers = [
        (source.login, source.token),
        (night.town.made["lamps"].login, night.town.made["lamps"].token),
        (night.town.made["bollard"].login, night.town.made["bollard"].token),
    ]
    for user, password in strangers:
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.username_pw_set(user, password)
        client.connect("127.0.0.1", night.settings.mqtt_port)
        client.loop_start()
        until(client.is_connected)
        for topic in (LAMP[0], BOLLARD[0]):
            client.publish(topic, b"BY A STRANGER", 1)
        time.sleep(0.4)
        client.disconnect()
        client.loop_stop()
    spy = Thing(night.settings.mqtt_port, *strangers[2], LAMP[0], "none/at-all")
    until(lambda: bool(spy.granted))
    assert spy.granted == [False]
    spy.close()
    command = night.ask("lamps", "brighten")
    night.becomes(command, "confirmed")
    assert lamp.told == [b"ON"] and bollard.told == []


def test_an_answer_by_another_account_is_not_heard(night: Night) -> None:
    lamp = night.thing("lamps", LAMP)
    lamp.answers = lambda _told: None
    bollard = night.thing("bollard", BOLLARD)
    command = night.ask("lamps", "brighten")
    until(lambda: lamp.told == [b"ON"])
    bollard.client.publish(LAMP[1], b"ON", 1)
    night.becomes(command, "no_answer")


def test_a_cut_way_sends_nothing_late(night: Night) -> None:
    lamp = night.thing("lamps", LAMP)
    bollard = night.thing("bollard", BOLLARD)
    night.process.kill()
    night.process.wait()
    until(lambda: not night.hand.connected)
    lamps = night.ask("lamps", "brighten")
    lower = night.ask("bollard", "lower", seen="camera", sure=True)
    models.Command.objects.update(send_by=clock.now())  # the ten seconds are over
    night.becomes(lamps, "not_sent")
    night.becomes(lower, "not_sent")
    night.process = broker.start(night.settings)
    until(lambda: night.hand.connected, 60)
    until(lambda: len(lamp.granted) == 2 and len(bollard.granted) == 2, 60)
    time.sleep(1)
    assert lamp.told == [] and bollard.told == []
    again = night.ask("lamps", "brighten")
    night.becomes(again, "confirmed")


def test_what_the_broker_kept_of_a_state_is_known_and_confirms_nothing(night: Night) -> None:
    lamp = night.thing("lamps", LAMP, retain=True)
    night.becomes(night.ask("lamps", "brighten"), "confirmed")
    lamp.answers = lambda _told: None
    night.hand.stop()
    night.hand = Hand(lambda: broker.access(night.settings))
    night.hand.tend()
    models.Actuator.objects.update(said="", said_at=None)
    until(lambda: models.Actuator.objects.get(key="lamps").said == "brighten")
    night.becomes(night.ask("lamps", "normal"), "no_answer")
