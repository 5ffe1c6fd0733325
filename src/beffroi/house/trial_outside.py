"""The trial of a device at a source of a running installation: watched from outside, nothing touched."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from beffroi.api import incoming
from beffroi.during.intake import queries
from beffroi.during.intake import spool as spools
from beffroi.during.intake.connectors import MqttConnector, connector
from beffroi.during.intake.facts import Observation
from beffroi.during.intake.queries import SourceView
from beffroi.during.intake.rules_conform import Evidence, Message
from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import Invalid, NotFound
from beffroi.house.reached import reached
from beffroi.house.trial import Point, Say, Stopped, Wanted

_LOOK_S = 0.25
_PAGE = 500
#: Signs of life are written once a second: within this of a message they are its own.
_NEAR = timedelta(seconds=1.5)


def outside(wanted: Wanted, territory: str, key: str, say: Say, stopped: Stopped) -> Evidence:
    """Watch a source of this (running) installation, without touching it."""
    before = _source(territory, key)
    if before.connector != wanted.connector:
        raise Invalid(where="--source", why=f"{key} speaks {before.connector}, not {wanted.connector}")
    point, spool = _running_point(wanted.connector), spools.shared()
    began, position = clock.now(), spool.head()
    say(point)  # only now: what is sent from here on is seen
    messages: list[Message] = []
    heard: list[datetime] = []
    speaker = queries.speaker_by_key(territory, key)
    declared = set(_declared_devices(speaker.devices)) | {speaker.device} if speaker else set()
    end = time.monotonic() + wanted.seconds
    while time.monotonic() < end and not stopped.now:
        time.sleep(_LOOK_S)
        for at, each in spool.read(position, _PAGE):
            position = at
            # What we say of its silence is not its own word.
            if (each.territory, each.source) == (territory, key) and each.content.get("from") != "silence":
                messages.append(_observed(each, declared))
        seen_at = _source(territory, key).last_seen_at
        if seen_at is not None and seen_at > began and (not heard or seen_at > heard[-1]):
            heard.append(seen_at)
        if wanted.count and len(messages) >= wanted.count:
            break
    return _gathered((before, _source(territory, key)), began, messages, heard, wanted)


def _source(territory: str, key: str) -> SourceView:
    for each in queries.sources([territory]):
        if each.key == key and each.active:
            return each
    raise NotFound(what=f"source {key} of {territory}")


def _running_point(name: str) -> Point:
    found = reached(configuration.current())
    if found is None:
        raise Invalid(where="--source", why="nothing runs on this data directory: start `beffroi up`")
    if isinstance(connector(name), MqttConnector):
        return {"way": "mqtt", "host": found.mqtt_host, "port": found.mqtt_port}
    if name == "dc09":
        return {"way": "tcp or udp", "host": found.dc09_host, "port": found.dc09_port}
    path = "/api/v1/observations" if name == "http" else incoming.PREFIX + name
    return {"way": "http", "url": (found.intake_url or found.url) + path}


def _declared_devices(devices: Any) -> list[str]:
    return [each.get("device", "") if isinstance(each, dict) else str(each) for each in devices.values()]


def _observed(each: Observation, declared: set[str]) -> Message:
    skew = (each.received_at - each.seen_at).total_seconds()
    ahead = each.content.get("clock_ahead_s")
    return Message(
        at=each.received_at,
        what="kept",
        kind=each.kind,
        key=each.key,
        name=each.device,
        mapped=bool(each.device) and each.device in declared,
        skew_s=-ahead if ahead is not None else skew,
    )


def _gathered(
    states: tuple[SourceView, SourceView],
    began: datetime,
    messages: list[Message],
    heard: list[datetime],
    wanted: Wanted,
) -> Evidence:
    before, after = states
    unread = [
        Message(each.received_at, "unread", code=each.code, why=each.why)
        for each in queries.unread([after.territory], limit=200)
        if each.source == after.key and each.received_at >= began
    ]
    again = after.duplicates - before.duplicates
    messages += [*unread, *(Message(clock.now(), "again") for _ in range(again))]
    return Evidence(
        began=began,
        ended=clock.now(),
        messages=sorted(messages, key=lambda each: each.at),
        heard=heard,
        links=sum(not any(abs(h - each.at) < _NEAR for each in messages) for h in heard),
        not_guaranteed=after.not_guaranteed - before.not_guaranteed,
        expects_every_s=wanted.expects_every_s or after.expects_every_s,
        inside=False,
    )
