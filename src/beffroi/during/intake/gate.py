"""The listeners of one process: panels, the broker's client, sources that are asked; on one event loop."""

from __future__ import annotations

import ssl
from urllib.parse import unquote, urlsplit

import structlog

from beffroi.during.intake import broker, reception
from beffroi.during.intake.connectors.dc09.server import Dc09Server
from beffroi.during.intake.ears import BROKER, GATE, Pulse
from beffroi.during.intake.mqtt import MqttGate
from beffroi.during.intake.pulling import Puller
from beffroi.foundation import settings as configuration

_log = structlog.get_logger("beffroi.intake")


class Gate:
    """Opens what sources connect to, and closes it after the last message is on disk."""

    def __init__(self, settings: configuration.Settings | None = None) -> None:
        self._settings = settings or configuration.current()
        self._panels: Dc09Server | None = None
        self._mqtt: MqttGate | None = None
        self._puller: Puller | None = None
        self._pulse = Pulse({GATE: lambda: True, BROKER: lambda: self.broker_connected})

    async def open(self) -> None:
        """Listen for panels; connect to the broker, and to what must be asked, in the background.

        Raises OSError for a port in use.
        """
        desk = reception.of_this_loop()
        self._panels = Dc09Server(desk)
        port = await self._panels.start(self._settings.dc09_host, self._settings.dc09_port)
        self._mqtt = self._gate(desk)
        await self._mqtt.start()
        self._puller = Puller(desk)
        await self._puller.start()
        self._pulse.start()
        _log.info("gate open", dc09=port)

    def _gate(self, desk: reception.Reception) -> MqttGate:
        if not self._settings.mqtt_url:
            own = broker.access(self._settings)
            return MqttGate.of(desk, own)
        url = urlsplit(self._settings.mqtt_url)
        tls = url.scheme == "mqtts"
        return MqttGate(
            desk,
            host=url.hostname or "127.0.0.1",
            port=url.port or (8883 if tls else 1883),
            user=unquote(url.username or ""),
            password=unquote(url.password or ""),
            tls=ssl.create_default_context() if tls else None,
        )

    @property
    def broker_connected(self) -> bool:
        """Whether the broker answers our client."""
        return self._mqtt is not None and self._mqtt.connected

    async def close(self) -> None:
        """Take nothing new, then write what waits."""
        await self._pulse.stop()
        if self._panels is not None:
            await self._panels.stop()
        if self._mqtt is not None:
            await self._mqtt.stop()
        if self._puller is not None:
            await self._puller.stop()
        await reception.close_this_loop()
