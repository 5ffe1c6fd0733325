"""The listeners of one process, opened and closed together."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.during.intake.test_mqtt import free_port

from beffroi.during.intake import actions, reception
from beffroi.during.intake.connectors.dc09 import frame
from beffroi.during.intake.gate import Gate
from beffroi.during.intake.models import Ear
from beffroi.foundation import settings as configuration

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


def test_panels_are_heard_though_the_broker_is_away() -> None:
    actions.declare_source(territory="redon", key="P", connector="dc09", address="12AB")
    port = free_port()
    url = f"mqtt://user:p%40ss@127.0.0.1:{free_port()}"
    gate = Gate(replace(configuration.current(), dc09_port=port, mqtt_url=url))

    async def scene() -> bytes:
        await gate.open()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(frame.build('"NULL"0001L0#12AB[]'))
        answer = await asyncio.wait_for(reader.readuntil(b"\r"), 10)
        assert not gate.broker_connected
        await gate._pulse.beat()
        told = await asyncio.to_thread(lambda: list(Ear.objects.values_list("name", flat=True)))
        assert told == ["gate"], "the broker's ear is closed"
        writer.close()
        await gate.close()
        assert asyncio.get_running_loop() not in reception._receptions
        with pytest.raises(OSError, match="Connect"):
            await asyncio.open_connection("127.0.0.1", port)
        return answer

    assert b'"ACK"0001L0#12AB[]' in asyncio.run(scene())
