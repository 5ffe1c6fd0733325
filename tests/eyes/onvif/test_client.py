"""The ONVIF client against a device on loopback that checks and misbehaves; over real HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from tests.peers import onvif_device as peers
from tests.peers.onvif_device import SoapFault, onvif_device

from beffroi.eyes.onvif import events, media, ptz, recordings
from beffroi.eyes.onvif.device import Credentials, Device, address_of
from beffroi.eyes.onvif.errors import BadAddress, CameraError, Misspoken, NotLetIn, Refusal, Unreachable

pytestmark = pytest.mark.unit
T = TypeVar("T")
SECRET = peers.Device().password


def ask(
    device: peers.Device,
    work: Callable[[Device], Awaitable[T]],
    *,
    password: str = "",
    timeout_s: float = 5.0,
) -> T:
    async def run() -> T:
        credentials = Credentials(device.user, password or device.password)
        async with Device(device.address, credentials, timeout_s=timeout_s) as camera:
            return await work(camera)

    return asyncio.run(run())


async def _where(camera: Device) -> ptz.Status:
    return await ptz.status(camera, "main")


def test_what_a_camera_is_and_where_it_looks() -> None:
    async def work(camera: Device) -> tuple[Any, ...]:
        shown = await media.profiles(camera)
        return shown, await media.stream_uri(camera, shown[0].token), await _where(camera)

    with onvif_device() as device:
        shown, uri, status = ask(device, work)
    assert [(each.token, each.moves, each.source) for each in shown] == [
        ("main", True, "VS_1"),
        ("sub", False, "VS_1"),
    ]
    assert (shown[0].encoding, shown[0].width, shown[0].height) == ("H264", 1920, 1080)
    assert uri == "rtsp://127.0.0.1:554/main?a=1&b=2"
    assert status == ptz.Status(0.0, 0.0, 0.0, False)
    assert device.refused == []


def test_presets_and_movement_that_stops_by_itself() -> None:
    async def work(camera: Device) -> list[ptz.Status]:
        found = await ptz.presets(camera, "main")
        assert [(each.token, each.name) for each in found][1:] == [
            ("p1", "Gare & parvis"),
            ("p2", "Place <nord>"),
        ]
        await ptz.goto_preset(camera, "main", "p1")
        seen = [await _where(camera)]
        await ptz.move(camera, "main", pan=-0.5, for_s=0.2)
        seen.append(await _where(camera))
        await asyncio.sleep(0.4)  # no stop is sent
        seen.append(await _where(camera))
        await ptz.move(camera, "main", tilt=1.0, zoom=0.5, for_s=60)
        await ptz.stop(camera, "main")
        seen.append(await _where(camera))
        return seen

    with onvif_device() as device:
        at_preset, moving, still, stopped = ask(device, work)
    assert (at_preset.pan, at_preset.zoom) == (0.5, 0.3)
    assert moving.moving and not still.moving and not stopped.moving
    assert still.pan == pytest.approx(0.4, abs=0.01)
    assert 0.1 <= (stopped.tilt or 0) < 0.6


def test_a_recorder_tells_where_to_replay() -> None:
    begin = datetime(2026, 3, 1, 22, 10, tzinfo=UTC)

    async def work(camera: Device) -> tuple[Any, ...]:
        found = await recordings.recordings(camera)
        return found, await recordings.replay(camera, found[0].token, begin, begin + timedelta(minutes=5))

    with onvif_device(skew=timedelta(hours=1)) as device:
        found, replay = ask(device, work)
    assert [each.token for each in found] == ["rec-1"], "sound alone is not shown"
    assert found[0].holds(begin, datetime.now(UTC) + timedelta(days=1))
    assert replay.uri == "rtsp://127.0.0.1:554/replay/rec-1"
    told = replay.headers["Range"].removeprefix("clock=").split("-")
    first = datetime.strptime(told[0], "%Y%m%dT%H%M%S.000Z").replace(tzinfo=UTC)
    assert abs(first - begin - timedelta(hours=1)) <= timedelta(seconds=2), "by the recorder's clock"


@pytest.mark.parametrize("scheme", ["wsse", "digest", "none"])
@pytest.mark.parametrize("skew_s", [0, -86_400 * 400, 3600])
def test_it_is_let_in_whatever_the_scheme_and_the_clock(scheme: str, skew_s: int) -> None:
    with onvif_device(scheme=scheme, skew=timedelta(seconds=skew_s)) as device:
        ask(device, _where)
        expected = ["no digest"] if scheme == "digest" else []
        assert sorted(set(device.refused)) == expected


def test_a_clock_set_while_we_speak_is_looked_at_again() -> None:
    async def work(camera: Device) -> None:
        await _where(camera)
        device.skew = timedelta(hours=-2)
        await _where(camera)
        assert camera.offset.ahead == pytest.approx(timedelta(hours=-2), abs=timedelta(seconds=2))

    with onvif_device() as device:
        ask(device, work)
    assert device.refused == ["too old"]


@pytest.mark.parametrize("scheme", ["wsse", "digest"])
def test_a_wrong_password_is_said_and_not_tried_again_and_again(
    scheme: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with onvif_device(scheme=scheme) as device, pytest.raises(NotLetIn) as found:
        ask(device, _where, password="faux-secret")
    assert len([each for each in device.refused if each.startswith("wrong")]) == 1, device.refused
    said = f"{found.value} {found.value.as_dict()} {found.value!r} {caplog.text}"
    assert "faux-secret" not in said and SECRET not in said
    assert "faux-secret" not in repr(Credentials("x", "faux-secret"))


def test_addresses_that_the_camera_gives_never_lead_elsewhere() -> None:
    async def work(camera: Device) -> None:
        assert all(
            each.startswith(f"http://127.0.0.1:{device.port}/") for each in (await camera.services()).values()
        )
        await _where(camera)
        assert await media.stream_uri(camera, "main") == "rtsp://127.0.0.1:554/main?a=1&b=2"
        point = await events.subscribe(camera, for_s=60)
        assert point.address == f"http://127.0.0.1:{device.port}/onvif/events"

    with onvif_device(told_host="198.51.100.9:81") as device:
        ask(device, work)


def test_an_older_camera_tells_its_services_as_capabilities() -> None:
    async def work(camera: Device) -> None:
        await _where(camera)
        await recordings.recordings(camera)
        await events.subscribe(camera, for_s=60)

    with onvif_device() as device:
        device.wrong.no_services = True
        ask(device, work)
        assert "GetCapabilities" in device.asked


def test_what_the_camera_refuses_is_said_in_its_words() -> None:
    async def work(camera: Device) -> None:
        await ptz.goto_preset(camera, "main", "p9")

    with onvif_device() as device, pytest.raises(Refusal) as found:
        ask(device, work)
    assert found.value.fault == "NoToken"
    assert "GotoPreset: The requested preset does not exist" in str(found.value)


def test_a_service_that_is_not_there_is_named() -> None:
    with onvif_device() as device, pytest.raises(CameraError, match="movement"):
        device.wrong.faults = [SoapFault("ter:ActionNotSupported"), SoapFault("ter:ActionNotSupported")]

        async def work(camera: Device) -> None:
            camera._services = {}
            await _where(camera)

        ask(device, work)


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
SOAP = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">%s</s:Envelope>'


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (BOMB, "DOCTYPE"),
        (b"", "well-formed"),
        (b"<html/>", "SOAP 1.2"),
        (SOAP % b"<s:Body/>", "empty"),
        (SOAP % (b"<a>" * 40 + b"</a>" * 40), "deeply"),
        (SOAP % (b"<a/>" * 20_001), "too many"),
        (b'<?xml version="1.0" encoding="x-klingon"?><a/>', "encoding"),
    ],
)
def test_answers_that_are_none_are_refused(content: bytes, why: str) -> None:
    async def work(camera: Device) -> None:
        await camera.look_at_clock()

    with onvif_device(scheme="none") as device, pytest.raises(Misspoken, match=why):
        device.wrong.garbage = [content]
        ask(device, work)


def test_an_answer_without_end_is_cut() -> None:
    async def work(camera: Device) -> None:
        await camera.look_at_clock()

    with onvif_device(scheme="none") as device, pytest.raises(Misspoken, match="no end"):
        device.wrong.endless = 1
        ask(device, work)


def test_what_does_not_answer_is_said() -> None:
    with onvif_device(scheme="none") as device:
        device.wrong.slow_s = 1.0
        with pytest.raises(Unreachable, match=r"nothing within 0\.2 s"):
            ask(device, _where, timeout_s=0.2)
        device.wrong.slow_s, device.wrong.cut = 0, 1
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
            ask(device, _where)
    with pytest.raises(Unreachable):
        ask(device, _where)


@pytest.mark.parametrize(
    "given",
    ["", "ftp://x/", "http://", "http://a:b@host/", "http://host:99999/", "http://host/a b", "http://h/?x=1"],
)
def test_an_address_is_judged_before_it_is_used(given: str) -> None:
    with pytest.raises(BadAddress) as found:
        address_of(given)
    assert "a:b" not in str(found.value)


def test_an_address_may_be_the_host_alone() -> None:
    assert address_of(" http://10.0.0.8:8080 ") == "http://10.0.0.8:8080/onvif/device_service"
    assert address_of("https://[fd00::8]/onvif/svc") == "https://[fd00::8]/onvif/svc"


def test_a_subscription_tells_waits_and_ends() -> None:
    async def work(camera: Device) -> None:
        point = await events.subscribe(camera, for_s=60)
        assert point.lives_s == pytest.approx(60, abs=1)
        waiting = asyncio.create_task(events.pull(camera, point, wait_s=5))
        await asyncio.sleep(0.2)
        device.happen(
            "tns1:VideoSource/MotionAlarm", {"Source": "VS_1"}, {"State": "true"}, operation="Changed"
        )
        answer = await waiting
        assert len(answer.all("NotificationMessage")) == 1
        await events.renew(camera, point, for_s=60)
        await events.unsubscribe(camera, point)
        with pytest.raises(Refusal) as found:
            await events.pull(camera, point, wait_s=0)
        assert found.value.fault == "ResourceUnknownFault"

    with onvif_device() as device:
        ask(device, work)
        assert device.subscriptions == {}
