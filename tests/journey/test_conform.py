"""`beffroi conform` as an integrator uses it: a device that behaves, one that does not, for each way in."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from tests.journey.profiles import PROFILES, of_profile

from beffroi.during.intake.connectors.dc09 import cipher, frame
from beffroi.foundation import clock
from beffroi.rehearsal.senders import send_frame

pytestmark = pytest.mark.journey

FRIGATE = Path(__file__).parents[1] / "during/intake/connectors/frigate/messages/event-person.json"
ALERTS = Path(__file__).parents[1] / "during/intake/connectors/alertmanager/messages/firing-and-resolved.json"
KEY = "00112233445566778899AABBCCDDEEFF"


class Kit:
    """A running `beffroi conform … --json`: where to point the device, then the report."""

    def __init__(self, *words: str, environment: dict[str, str] | None = None) -> None:
        line = [sys.executable, "-m", "beffroi", "conform", *words, "--json", "--seconds", "60"]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("BEFFROI_")}
        own = {
            **clean,
            "BEFFROI_CONFIG": os.devnull,
            "DJANGO_SETTINGS_MODULE": "beffroi.house.django_settings",
        }
        self.process = subprocess.Popen(line, env=environment or own, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.point: dict[str, Any] = json.loads(self.process.stdout.readline())["point"]

    def report(self) -> dict[str, Any]:
        out, _ = self.process.communicate(timeout=90)
        told = json.loads(out)
        assert (self.process.returncode == 0) is told["holds"]
        return dict(told)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


@pytest.fixture
def opened() -> Iterator[list[Kit]]:
    kits: list[Kit] = []
    yield kits
    for kit in kits:
        kit.close()


def failing(report: dict[str, Any]) -> set[str]:
    return {each["check"] for each in report["verdicts"] if each["required"] and each["holds"] is not True}


def stamp(seconds: float = 0) -> str:
    return frame.stamp(clock.now() + timedelta(seconds=seconds))


def sealed(content: str, sequence: int, word: str = "SIA-DCS", key: str = KEY) -> str:
    return f'"*{word}"{sequence:04d}L0#12AB[{cipher.sealed(content, bytes.fromhex(key))}'


def test_a_panel_that_behaves_conforms(opened: list[Kit], tmp_path: Path) -> None:
    file, page = tmp_path / "panel.key", tmp_path / "report.md"
    file.write_text(KEY)
    words = ("--address", "12AB", "--panel-key-file", str(file), "--map", "501=DOOR-1", "--report", str(page))
    kit = Kit("dc09", *words, "--count", "1")
    opened.append(kit)
    where = (kit.point["host"], kit.point["port"])
    assert (kit.point["address"], kit.point["encrypted"]) == ("12AB", True)
    assert send_frame(*where, sealed(f"]{stamp()}", 0, "NULL")) == "ACK"
    assert send_frame(*where, sealed(f"#12AB|Nri1/BA501]{stamp()}", 7)) == "ACK"
    report = kit.report()
    assert report["holds"] and (report["kept"], report["links"], report["guarantee"]) == (1, 1, "durable")
    assert "**Conforms.**" in page.read_text()
    assert "intrusion.door" in page.read_text()
    assert KEY not in page.read_text() + json.dumps(report)


def test_a_panel_with_a_wrong_key_and_a_wrong_clock_does_not(opened: list[Kit], tmp_path: Path) -> None:
    file = tmp_path / "panel.key"
    file.write_text(KEY)
    kit = Kit("dc09", "--address", "12AB", "--panel-key-file", str(file), "--count", "3")
    opened.append(kit)
    where = (kit.point["host"], kit.point["port"])
    assert send_frame(*where, sealed(f"#12AB|Nri1/BA501]{stamp()}", 7, key="FF" * 16)) == "DUH"
    assert send_frame(*where, sealed(f"#12AB|Nri1/BA501]{stamp(-90)}", 8)) == "NAK"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as panel:
        panel.settimeout(5)
        panel.sendto(frame.build(f'"SIA-DCS"0009L0#12AB[#12AB|Nri1/BA1]{stamp()}'), where)
        assert b'"DUH"0009' in panel.recv(500)
    report = kit.report()
    assert failing(report) == {"links", "kept", "kinds", "readable", "clock", "answered", "keys"}
    codes = [each["code"] for each in report["messages"]]
    assert codes == ["dc09.locked", "dc09.bad_time", "dc09.not_encrypted"]


def publish(kit: Kit, *said: tuple[str, bytes, int]) -> None:
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.username_pw_set(kit.point["user"], kit.point["password"])
    client.connect(kit.point["host"], kit.point["port"])
    client.loop_start()
    for topic, payload, qos in said:
        client.publish(f"{kit.point['address']}/{topic}", payload, qos).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def event(number: int, seconds: float = 0) -> bytes:
    whole = json.loads(FRIGATE.read_bytes())
    for part in (whole["before"], whole["after"]):
        part["id"], part["start_time"] = f"e-{number}", clock.now().timestamp() + seconds
        part["frame_time"] = part["start_time"]
    return json.dumps(whole).encode()


@pytest.mark.service
def test_a_recorder_that_behaves_conforms(opened: list[Kit]) -> None:
    camera = json.loads(FRIGATE.read_bytes())["after"]["camera"]
    kit = Kit("frigate", "--map", f"{camera}=C-08", "--count", "2", "--expects-every", "600")
    opened.append(kit)
    assert (kit.point["address"], kit.point["qos"]) == ("frigate", 1)
    publish(kit, ("events", event(1), 1), ("events", event(2), 1))
    report = kit.report()
    assert failing(report) == {"heartbeat"}, "it was not listened to for long enough to know"
    assert {each["mapped"] for each in report["messages"]} == {True}


@pytest.mark.service
def test_a_recorder_that_guarantees_nothing_and_writes_nonsense_does_not(opened: list[Kit]) -> None:
    kit = Kit("frigate", "--count", "3")
    opened.append(kit)
    publish(kit, ("events", event(1), 0), ("events", event(2, -300), 1), ("events", b"{broken", 1))
    report = kit.report()
    assert failing(report) == {"guarantee", "clock", "readable"}
    assert {each["check"] for each in report["verdicts"] if not each["required"] and not each["holds"]} == {
        "devices"
    }


def post(kit: Kit, body: object) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {kit.point['token']}", "Content-Type": "application/json"}
    request = urllib.request.Request(kit.point["url"], data, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def said(key: str, seconds: float = 0, **more: object) -> dict[str, object]:
    at = (clock.now() + timedelta(seconds=seconds)).isoformat()
    return {"kind": "intrusion.door", "key": key, "seen_at": at, "device": "DOOR-1", **more}


def test_a_program_that_behaves_conforms(opened: list[Kit]) -> None:
    kit = Kit("http", "--map", "DOOR-1=DOOR-1", "--count", "3")
    opened.append(kit)
    first = said("a")
    assert [post(kit, first), post(kit, first), post(kit, {"observations": [said("b")]})] == [202, 200, 202]
    report = kit.report()
    assert report["holds"] and (report["kept"], report["again"]) == (2, 1)


def test_a_program_that_uses_a_name_twice_does_not(opened: list[Kit]) -> None:
    kit = Kit("http", "--count", "4")
    opened.append(kit)
    statuses = [post(kit, said("a")), post(kit, said("a", content={"other": 1}))]
    statuses += [post(kit, b"{nonsense"), post(kit, said("c", 600))]
    assert statuses == [202, 200, 422, 202]
    assert failing(kit.report()) == {"keys", "readable", "clock"}


def test_any_web_connector_has_its_kit(opened: list[Kit]) -> None:
    kit = Kit("alertmanager", "--count", "3")
    opened.append(kit)
    assert kit.point["url"].endswith("/api/v1/in/alertmanager")
    assert post(kit, ALERTS.read_bytes()) == 202
    assert kit.report()["holds"]


@pytest.mark.parametrize("profile", PROFILES)
def test_sources_of_a_running_installation_are_watched(
    opened: list[Kit], tmp_path: Path, profile: str
) -> None:
    source = ("source", "add", "--territory", "redon", "--json", "--key")
    panel = (*source, "P-1", "--connector", "dc09", "--address", "12AB")
    with of_profile(profile, tmp_path) as house:
        _, told = house.set_up((panel, ""), ((*source, "W-1", "--connector", "http"), ""))
        house.start()
        kits = [
            Kit(name, "--source", f"redon/{key}", "--count", "1", environment=house.environment)
            for name, key in (("dc09", "P-1"), ("http", "W-1"))
        ]
        opened += kits
        where = (kits[0].point["host"], kits[0].point["port"])
        assert send_frame(*where, '"NULL"0000L0#12AB[]') == "ACK"
        assert send_frame(*where, f'"SIA-DCS"0007L0#12AB[#12AB|Nri1/BA501]{stamp()}') == "ACK"
        kits[1].point["token"] = json.loads(told)["token"]
        assert post(kits[1], said("a")) == 202, "a centre's pages take no observation: its intake does"
        reports = [kit.report() for kit in kits]
    for report in reports:
        assert (report["kept"], report["unread"]) == (1, 0)
        verdicts = {each["check"]: each["holds"] for each in report["verdicts"]}
        assert verdicts["clock"] and verdicts["readable"]
    assert verdicts["answered"] is None, "that is not seen from outside"


def test_what_cannot_be_tried_is_said(tmp_path: Path) -> None:
    environment = {**os.environ, "BEFFROI_DATA_DIR": str(tmp_path), "BEFFROI_CONFIG": os.devnull}
    environment["DJANGO_SETTINGS_MODULE"] = "beffroi.house.django_settings"
    for words in (["unheard"], ["dc09", "--source", "nobody"], ["http", "--panel-key-file", __file__]):
        line = [sys.executable, "-m", "beffroi", "conform", *words, "--seconds", "1"]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert done.stderr.strip()
