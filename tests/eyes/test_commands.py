"""`beffroi camera`: declared, listed, and never a login or its secret printed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from tests.eyes.conftest import Town

from beffroi.cli.camera import camera
from beffroi.eyes import models
from beffroi.eyes.errors import BadCamera
from beffroi.people import sealing
from beffroi.territory import models as territory

pytestmark = [pytest.mark.room, pytest.mark.django_db]


def run(*words: str, said: str = "") -> Result:
    return CliRunner().invoke(camera, list(words), input=said)


def test_a_camera_is_declared_and_its_secret_never_said(town: Town) -> None:
    done = run(
        "declare", "--territory", town.key, "--device", "C-1", "--rtsp", "rtsp://10.0.3.12/s2",
        "--login", "veille", "--secret-stdin",
        said="tour & guet\n",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    row = models.Camera.objects.get()
    assert sealing.unseal(row.secret, sealing.CAMERA_LOGIN) == "tour & guet"
    listed = run("list", "--territory", town.key, "--json")
    (shown,) = json.loads(listed.output)
    assert shown["ways"] == ["rtsp"] and shown["login"] is True and shown["order_until"] is None
    for output in (done.output, listed.output, run("list", "--territory", town.key).output):
        assert "guet" not in output and "veille" not in output and "10.0.3.12" not in output


def test_what_is_not_given_stays_and_an_empty_one_goes(town: Town) -> None:
    declared = ("declare", "--territory", town.key, "--device", "C-1")
    run(*declared, "--rtsp", "rtsp://u:p@10.0.3.12/s2", "--live", "http://10.0.3.1/c.m3u8")
    run(*declared, "--shut", "masked", "--live", "")
    row = models.Camera.objects.get()
    assert (row.rtsp, row.live, row.login, row.shut) == ("rtsp://10.0.3.12/s2", "", "u", "masked")
    run(*declared, "--shut", "no", "--login", "")
    row = models.Camera.objects.get()
    assert (row.login, row.secret, row.shut) == ("", "", "")


def test_what_cannot_be_taken_is_refused(town: Town) -> None:
    for more in (("--rtsp", "file:///etc/passwd"), ("--home", "x" * 65)):
        done = run("declare", "--territory", town.key, "--device", "C-1", *more)
        assert isinstance(done.exception, BadCamera)
    territory.Device.objects.update(kind="lamp")
    done = run("declare", "--territory", town.key, "--device", "C-1", "--rtsp", "rtsp://10.0.3.12/")
    assert isinstance(done.exception, BadCamera)


def test_the_cameras_that_see_a_place_are_named(town: Town) -> None:
    device = territory.Device.objects.get(key="C-1")
    place = ("--lat", str(device.lat), "--lon", str(device.lon - 0.0003))
    assert "C-1  " in run("seeing", "--territory", town.key, *place).output
    (shown,) = json.loads(run("seeing", "--territory", town.key, *place, "--json").output)
    assert shown["sees"] is True and shown["way"] == "w"
    far = run("seeing", "--territory", town.key, "--lat", "10", "--lon", "10").output
    assert "No camera sees this place." in far
