"""The listeners of one process: alarm panels and the broker's client, beside HTTP, on one event loop."""

from __future__ import annotations

import structlog

from beffroi.during.intake import broker, reception
from beffroi.during.intake.connectors.dc09.server import Dc09Server
from beffroi.during.intake.ears import BROKER, GATE, Pulse
from beffroi.during.intake.mqtt import MqttGate
from beffroi.during.intake.turns import Turns
from beffroi.foundation import settings as configuration

_log = structlog.get_logger("beffroi.intake")


class Gate:
    """Opens what sources connect to, and closes it after the last message is on disk."""

    def __init__(self, settings: configuration.Settings | None = None) -> None:
        self._settings = settings or configuration.current()
        self._panels: Dc09Server | None = None
        self._mqtt: MqttGate | None = None
        self._turns: Turns | None = None
        self._pulse = Pulse({GATE: lambda: True, BROKER: lambda: self.broker_connected})

    async def open(self) -> None:
        """Listen for panels, connect to the broker (in the background). Raises OSError for a port in use."""
        desk = reception.of_this_loop()
        self._panels = Dc09Server(desk)
        port = await self._panels.start(self._settings.dc09_host, self._settings.dc09_port)
        if self._settings.profile == "centre":
            self._turns = Turns(lambda: MqttGate.of(desk, broker.reached(self._settings)))
            self._turns.start()
        else:
            self._mqtt = MqttGate.of(desk, broker.reached(self._settings))
            await self._mqtt.start()
        self._pulse.start()
        _log.info("gate open", dc09=port)

    @property
    def broker_connected(self) -> bool:
        """Whether the broker answers our client."""
        client = self._turns.client if self._turns is not None else self._mqtt
        return client is not None and client.connected

    async def close(self) -> None:
        """Take nothing new, then write what waits."""
        await self._pulse.stop()
        if self._panels is not None:
            await self._panels.stop()
        if self._mqtt is not None:
            await self._mqtt.stop()
        if self._turns is not None:
            await self._turns.stop()
        await reception.close_this_loop()
