"""The trial of a device: a way in of its connector, opened for a while, and what came through it.

In a scratch installation of its own, where all is as in a real one: listener or broker, spool, answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import uvicorn

from beffroi.api import incoming
from beffroi.api.observations import application as observations
from beffroi.during.intake import actions, broker, queries, reception
from beffroi.during.intake.connectors import AddressedConnector, MqttConnector, WebConnector, connector
from beffroi.during.intake.connectors.dc09.server import Dc09Server
from beffroi.during.intake.mqtt import MqttGate
from beffroi.during.intake.rules_conform import Evidence
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.during.intake.watching import Seen, WatchedReception
from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import Invalid
from beffroi.house.ports import free_port

TERRITORY, KEY = "conformity", "device-under-test"
_LOOK_S = 0.25
_BROKER_TRIES = 100
_ACCOUNT = "C0DE"
#: From the connection until the subscriptions are answered.
_SUBSCRIBED_S = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is tried, for how long (s) or until how many messages (0: the whole time), and where to listen."""

    connector: str
    seconds: float
    count: int = 0
    host: str = "127.0.0.1"
    port: int = 0
    address: str = ""
    devices: dict[str, object] | None = None
    panel_key: str = ""
    expects_every_s: int | None = None


#: Where the device must be pointed, and with what.
Point = dict[str, Any]
Say = Callable[[Point], None]


class Stopped:
    """Set by Ctrl-C: the trial ends early and is judged on what came."""

    def __init__(self) -> None:
        self.now = False

    def listen(self) -> None:
        """Take SIGINT and SIGTERM as the end of the trial."""

        def stop(_signal: int, _frame: object) -> None:
            self.now = True

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)


async def scratch(wanted: Wanted, folder: Path, say: Say, stopped: Stopped) -> Evidence:
    """Try a device against a source declared for it alone, in this (scratch) installation."""
    settings = replace(configuration.current(), data_dir=str(folder), mqtt_host=wanted.host, mqtt_url="")
    declared = await asyncio.to_thread(_declare, wanted)
    seen = Seen()
    desk = WatchedReception(seen, SqliteSpool(folder / "spool.sqlite3"))
    reception.use(desk)
    try:
        async with _open(wanted, settings, desk) as listening:
            say({**listening, **await asyncio.to_thread(_credentials, wanted, declared)})
            began = clock.now()
            await _listen(wanted, lambda: len(seen.messages), stopped)
    finally:
        await reception.close_this_loop()
    return Evidence(
        began=began,
        ended=clock.now(),
        messages=seen.messages,
        heard=seen.heard,
        links=max(0, len(seen.heard) - seen.submitted),
        not_guaranteed=seen.not_guaranteed,
        expects_every_s=wanted.expects_every_s,
    )


def _declare(wanted: Wanted) -> actions.Declared:
    found = connector(wanted.connector)
    address = wanted.address
    if isinstance(found, AddressedConnector) and not address:
        # A prefix or an account of the trial's own; Frigate, say, has a usual one.
        for guess in ("", _ACCOUNT, TERRITORY):
            with contextlib.suppress(ValueError):
                address = found.address(guess)
                break
    return actions.declare_source(
        territory=TERRITORY,
        key=KEY,
        connector=wanted.connector,
        address=address,
        devices=wanted.devices,
        panel_key=wanted.panel_key,
        expects_every_s=wanted.expects_every_s,
        exercise=True,
    )


def _credentials(wanted: Wanted, declared: actions.Declared) -> Point:
    speaker = queries.speaker_by_key(declared.territory, declared.key)
    point: Point = {"address": speaker.address} if speaker and speaker.address else {}
    if isinstance(connector(wanted.connector), MqttConnector):
        return {**point, "user": declared.login, "password": declared.token, "qos": 1}
    if wanted.connector == "dc09":
        return {**point, "encrypted": bool(wanted.panel_key)}
    return {**point, "token": declared.token}


async def _listen(wanted: Wanted, came: Callable[[], int], stopped: Stopped) -> None:
    end = clock.current().monotonic() + wanted.seconds
    while clock.current().monotonic() < end and not stopped.now:
        await asyncio.sleep(_LOOK_S)
        if wanted.count and came() >= wanted.count:
            return


@contextlib.asynccontextmanager
async def _open(
    wanted: Wanted, settings: configuration.Settings, desk: reception.Reception
) -> AsyncIterator[Point]:
    """The way in of this connector, open while it is tried, and where it is."""
    found = connector(wanted.connector)
    if isinstance(found, MqttConnector):
        port = free_port(wanted.host, wanted.port)
        async with _broker(replace(settings, mqtt_port=port), desk):
            yield {"way": "mqtt", "host": wanted.host, "port": port}
    elif wanted.connector == "dc09":
        server = Dc09Server(desk)
        port = await server.start(wanted.host, wanted.port)
        try:
            yield {"way": "tcp or udp", "host": wanted.host, "port": port}
        finally:
            await server.stop()
    elif isinstance(found, WebConnector) or wanted.connector == "http":
        async with _web(wanted) as port:
            path = "/api/v1/observations" if wanted.connector == "http" else incoming.PREFIX + found.name
            yield {"way": "http", "url": f"http://{wanted.host}:{port}{path}", "port": port}
    else:
        raise Invalid(where="connector", why=f"{wanted.connector} opens no way in that could be tried")


@contextlib.asynccontextmanager
async def _broker(settings: configuration.Settings, desk: reception.Reception) -> AsyncIterator[None]:
    process = await asyncio.to_thread(_started, settings)
    gate = MqttGate.of(desk, broker.access(settings))
    try:
        await gate.start()
        for _ in range(_BROKER_TRIES):
            if gate.connected:
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(_SUBSCRIBED_S)
        yield
    finally:
        await gate.stop()
        await asyncio.to_thread(broker.stop, process)


def _started(settings: configuration.Settings) -> subprocess.Popen[bytes]:
    process = broker.start(settings)
    reached = broker.access(settings).host
    for _ in range(_BROKER_TRIES):
        try:
            socket.create_connection((reached, settings.mqtt_port), 0.2).close()
            return process
        except OSError:
            # The client tries again by itself: this only spares it a second.
            time.sleep(0.05)
    return process


@contextlib.asynccontextmanager
async def _web(wanted: Wanted) -> AsyncIterator[int]:
    """Both endpoints that sources post to, without the pages."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].startswith(incoming.PREFIX):
            await incoming.application(scope, receive, send)
        elif scope["type"] == "http":
            await observations(scope, receive, send)

    port = free_port(wanted.host, wanted.port)
    config = uvicorn.Config(
        application, host=wanted.host, port=port, lifespan="off", log_level="warning", access_log=False
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign] - Ctrl-C ends the trial, not it
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():
        await asyncio.sleep(0.02)
    try:
        yield port
    finally:
        server.should_exit = True
        await serving
