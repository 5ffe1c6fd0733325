"""The listeners of one process: panels, the broker's client, sources that are asked; on one event loop."""

from __future__ import annotations

import structlog

from beffroi.during.intake import broker, reception
from beffroi.during.intake.connectors.dc09.server import Dc09Server
from beffroi.during.intake.ears import BROKER, GATE, Pulse
from beffroi.during.intake.mqtt import MqttGate
from beffroi.during.intake.pulling import Puller
from beffroi.during.intake.turns import Turns
from beffroi.foundation import settings as configuration

_log = structlog.get_logger("beffroi.intake")


class Reaching:
    """What goes to sources instead of waiting for them: the broker's client, and who asks cameras."""

    def __init__(self, desk: reception.Reception, settings: configuration.Settings) -> None:
        self._mqtt = MqttGate.of(desk, broker.reached(settings))
        self._puller = Puller(desk)

    async def start(self) -> None:
        """Begin, in the background."""
        await self._mqtt.start()
        await self._puller.start()

    async def stop(self) -> None:
        """Let go of the sources, then of the broker."""
        await self._puller.stop()
        await self._mqtt.stop()

    @property
    def connected(self) -> bool:
        """Whether the broker answers."""
        return self._mqtt.connected


class Gate:
    """Opens what sources connect to, and closes it after the last message is on disk."""

    def __init__(self, settings: configuration.Settings | None = None) -> None:
        self._settings = settings or configuration.current()
        self._panels: Dc09Server | None = None
        self._reaching: Reaching | None = None
        self._turns: Turns | None = None
        self._pulse = Pulse({GATE: lambda: True, BROKER: lambda: self.broker_connected})

    async def open(self) -> None:
        """Listen for panels; connect to the broker, and to what must be asked, in the background.

        Raises OSError for a port in use.
        """
        desk = reception.of_this_loop()
        self._panels = Dc09Server(desk)
        port = await self._panels.start(self._settings.dc09_host, self._settings.dc09_port)
        if self._settings.profile == "centre":
            self._turns = Turns(lambda: Reaching(desk, self._settings))
            self._turns.start()
        else:
            self._reaching = Reaching(desk, self._settings)
            await self._reaching.start()
        self._pulse.start()
        _log.info("gate open", dc09=port)

    @property
    def broker_connected(self) -> bool:
        """Whether the broker answers our client."""
        client = self._turns.client if self._turns is not None else self._reaching
        return client is not None and client.connected

    async def close(self) -> None:
        """Take nothing new, then write what waits."""
        await self._pulse.stop()
        if self._panels is not None:
            await self._panels.stop()
        if self._reaching is not None:
            await self._reaching.stop()
        if self._turns is not None:
            await self._turns.stop()
        await reception.close_this_loop()
