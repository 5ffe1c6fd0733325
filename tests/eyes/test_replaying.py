"""A camera's recorder asked by ONVIF where a span is, and replayed from a real RTSP server by its clock."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.desks.conftest import KEY
from tests.during.webhooks.peers import certificate
from tests.eyes.conftest import Declare, Town
from tests.eyes.peers import RtspPeer, decoder, rtsp_peer
from tests.peers.onvif_device import Device, onvif_device

from beffroi.cli.camera import camera as cli
from beffroi.eyes import errors, models, queries, replaying, wire
from beffroi.eyes.onvif.errors import NotLetIn
from beffroi.eyes.onvif.recordings import Recording
from beffroi.eyes.shown import Recorder
from beffroi.foundation import clock

JPEG = b"\xff\xd8\xff"
TWO = [("rec-1", "VS_1", "Gare"), ("rec-2", "VS_2", "C-08")]


@pytest.fixture
def device() -> Iterator[Device]:
    with onvif_device() as made:
        yield made


@pytest.fixture
def recorder() -> Iterator[RtspPeer]:
    with rtsp_peer() as peer:
        yield peer


def asked(device: Device, recording: str = "", names: tuple[str, ...] = ("C-08",)) -> Recorder:
    return Recorder(device.address, device.user, device.password, recording, names)


def span(minutes: float = 10) -> tuple[datetime, datetime]:
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=minutes)
    return begin, begin + timedelta(minutes=5)


def order(device: Device, begin: datetime, end: datetime, **more: object) -> dict[str, object]:
    milliseconds = [int(each.timestamp() * 1000) for each in (begin, end)]
    return {
        "address": "", "login": device.user, "secret": device.password, "recorder": device.address,
        "names": ["C-08"], "live": False, "starts_ms": milliseconds[0], "ends_ms": milliseconds[1], **more,
    }  # fmt: skip


def heard(peer: RtspPeer, what: str) -> str:
    while what not in (said := peer.told()):
        pass
    return str(said[what])


@pytest.mark.service
@pytest.mark.parametrize("skew_h", [0, -3])
def test_a_span_is_found_asked_for_by_the_recorders_clock_and_shown(
    device: Device, recorder: RtspPeer, skew_h: int
) -> None:
    device.recordings, device.replay_at = list(TWO), f"{recorder.port}/recorder"
    device.skew = timedelta(hours=skew_h)
    begin, end = span()
    with decoder(**order(device, begin, end)) as decoding:
        first = decoding.until(wire.FRAME)
        decoding.until(wire.STATE, wire.END)
    assert first.content.startswith(JPEG)
    assert abs(first.at_ms - begin.timestamp() * 1000) < 1000, "by our clock"
    assert device.replayed == ["rec-2"], "the one that bears the camera's name"
    assert heard(recorder, "setup_requires") == "onvif-replay"
    said = heard(recorder, "range")
    while not said.startswith("clock="):
        said = heard(recorder, "range")
    played = datetime.strptime(said[6:].partition("-")[0], "%Y%m%dT%H%M%S.000Z").replace(tzinfo=UTC)
    assert abs(played - begin - device.skew) <= timedelta(seconds=2), "by its own"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"recording": "rec-9"}, wire.NOT_HELD),
        ({"names": ["nobody"]}, wire.NOT_HELD),
        ({"secret": "faux"}, wire.DENIED),
    ],
)
def test_what_a_recorder_says_once_and_for_all_is_told_and_not_asked_again(
    device: Device, wrong: dict[str, object], why: str
) -> None:
    device.recordings = list(TWO)
    with decoder(**order(device, *span(), **wrong)) as decoding:
        assert json.loads(decoding.until(wire.STATE, wire.CUT).content)["why"] == why
        assert decoding.packet() is None
    assert device.replayed == [] and len(device.refused) <= 1


def test_a_recorder_that_is_gone_is_tried_again(device: Device) -> None:
    device.wrong.cut = 1
    device.recordings = list(TWO)
    with decoder(**order(device, *span())) as decoding:
        assert json.loads(decoding.until(wire.STATE, wire.CUT).content)["why"] == wire.UNREACHABLE
        decoding.until(wire.STATE, wire.OPENING)


def test_a_time_that_is_not_held_is_said(device: Device) -> None:
    device.held_for = timedelta(minutes=1)
    with pytest.raises(replaying.NoRecording):
        asyncio.run(replaying.located(asked(device), *span(60)))
    assert device.replayed == []


def test_which_recording_is_the_cameras() -> None:
    gare, port = (Recording(*each, None, None) for each in TWO)
    assert replaying.chosen([gare, port], "", ("c-08", "x")) == port
    assert replaying.chosen([gare, port], "rec-1", ("C-08",)) == gare
    assert replaying.chosen([gare, port], "rec-9", ("C-08",)) is None
    assert replaying.chosen([gare, port], "", ("x",)) is None
    assert replaying.chosen([gare], "", ("x",)) == gare
    assert replaying.chosen([], "", ("x",)) is None
    assert replaying.chosen([port, port], "", ("C-08",)) is None, "two of a name are not guessed between"


@pytest.mark.django_db
def test_a_camera_is_declared_with_its_recorder_alone(town: Town, declare: Declare, device: Device) -> None:
    device.recordings = list(TWO)
    declare(
        recorder=f"http://nvr:{'s3cret'}@127.0.0.1:{device.port}/onvif/device_service",
        login="camera",
        secret="c",
    )
    row = models.Camera.objects.get()
    assert "s3cret" not in f"{row.recorder} {row.recorder_secret}" and (row.recorder_login, row.login) == (
        "nvr",
        "camera",
    )
    view = queries.camera(KEY, "C-1")
    assert view.past and not view.live and view.ways == ("recorder",)
    look = models.Look(
        territory_key=KEY, device="C-1", kind="past", span_from=clock.now(), span_to=clock.now()
    )
    found = queries.source(look)
    assert found.recorder is not None and (found.login, found.secret) == ("nvr", "s3cret")
    assert found.recorder.names[0] == "C-1" and "s3cret" not in repr(found) + repr(found.recorder)
    with pytest.raises(NotLetIn):
        asyncio.run(replaying.held(queries.recorder(KEY, "C-1")))
    declare(recorder_login=device.user, recorder_secret=device.password)
    run = CliRunner().invoke
    shown = run(cli, ["recordings", "--territory", KEY, "--device", "C-1"])
    assert shown.exit_code == 0 and "rec-2  VS_2  C-08" in shown.output and "None is known" in shown.output
    assert run(cli, ["declare", "--territory", KEY, "--device", "C-1", "--recording", "rec-2"]).exit_code == 0
    told = json.loads(run(cli, ["recordings", "--territory", KEY, "--device", "C-1", "--json"]).output)
    assert [each["token"] for each in told["recordings"] if each["chosen"]] == ["rec-2"]
    assert told["summary"]["recordings"] == 3 and told["summary"]["latest"]
    declare(recorder="")
    with pytest.raises(errors.NoWay):
        queries.recorder(KEY, "C-1")


@pytest.mark.service
def test_a_recorder_is_asked_by_its_clock_over_tls(recorder: RtspPeer, tmp_path: Path) -> None:
    asked_for = "clock=20260314T211500Z-20260314T212000Z"
    with over_tls(recorder.port, tmp_path) as port:
        address = f"rtsps://127.0.0.1:{port}/recorder"
        with decoder(address=address, clock=asked_for, live=False, starts_ms=30_000) as decoding:
            frames = 1
            assert decoding.until(wire.FRAME, most_s=60.0).content.startswith(JPEG)
            while (packet := decoding.packet()) is not None and packet.kind == wire.FRAME:
                frames += 1
            assert packet is not None and json.loads(packet.content)["state"] == wire.END and frames > 10
    while (said := heard(recorder, "range")) != asked_for:
        assert said.startswith("npt"), said


@contextmanager
def over_tls(port: int, folder: Path) -> Iterator[int]:
    """Real TLS before a port of this machine, with a certificate of its own making; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(folder / "recorder.pem"))
    loop = asyncio.new_event_loop()

    async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(65_536):
            sink.write(piece)
            await sink.drain()
        sink.close()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, back), copy(to, writer), return_exceptions=True)

    server = loop.run_until_complete(asyncio.start_server(met, "127.0.0.1", 0, ssl=context))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
