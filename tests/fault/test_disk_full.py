"""The disk is full: a real small file system of its own, filled to the last byte and emptied again.

Each source is refused in its protocol's own way and nothing that was acknowledged is lost. Desk and doctor
say it, tables and journal are whole, and all goes on by itself once there is room.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fault.installation import LONG, TOWN, Console, Installation
from tests.fault.speakers import Panel, Program, Recorder, kept, settle

from beffroi.during.intake.connectors.dc09.frame import build

pytestmark = [pytest.mark.fault, pytest.mark.service]

#: How long it stays full (s), and how often it fills.
FULL_S, TIMES = (20.0, 5) if LONG else (6.0, 1)
_SIZE_MB = 96


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own; skipped by name where mounting is not allowed."""
    place = tmp_path / "disk"
    place.mkdir()
    line = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE_MB}m", "tmpfs", str(place)]
    try:
        done = subprocess.run(line, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    if done.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


def _fill(place: Path) -> None:
    """Take every byte that is left, again and again until none is."""
    with (place / "ballast").open("ab", buffering=0) as ballast:
        for size in (1 << 20, 1 << 14, 1 << 12, 1 << 8, 1):
            with contextlib.suppress(OSError):
                while True:
                    ballast.write(bytes(size))


def _posted(house: Installation, key: str) -> tuple[int, str | None, dict[str, object]]:
    line = http.client.HTTPConnection("127.0.0.1", house.ports["PORT"], timeout=20)
    headers = {"Authorization": f"Bearer {house.token}", "Content-Type": "application/json"}
    said = {"key": key, "kind": "intrusion.door", "device": "P-9", "content": {"note": "x" * 3000}}
    line.request("POST", "/api/v1/observations", json.dumps(said), headers)
    answer = line.getresponse()
    told = json.loads(answer.read())
    line.close()
    return answer.status, answer.getheader("Retry-After"), told


def _alarm(house: Installation, zone: int) -> bytes:
    """What a panel is answered within 3 s; empty: nothing."""
    stamp = time.strftime("_%H:%M:%S,%m-%d-%Y", time.gmtime())
    with socket.create_connection(("127.0.0.1", house.ports["DC09_PORT"]), timeout=3) as line:
        line.sendall(build(f'"SIA-DCS"{zone:04d}L0#FA17[#FA17|Nri1/BA{zone:X}]{stamp}'))
        try:
            return line.recv(512)
        except TimeoutError:
            return b""


def _while_full(house: Installation, round_: int) -> None:
    """Everything is refused as its protocol has it, and said so."""
    status, retry, told = 202, None, {}
    end = time.monotonic() + 30
    for number in range(10_000):
        _fill(house.data)
        status, retry, told = _posted(house, f"full-{round_}-{number}")
        if status == 503 or time.monotonic() > end:
            break
    assert status == 503 and retry and told["error"]["code"] == "intake.spool_full", (status, told)  # type: ignore[index]
    assert b'"ACK"' not in _alarm(house, 4000 + round_), "an alarm that is not on disk was acknowledged"


def test_a_full_disk_refuses_says_so_and_goes_on(small_disk: Path, tmp_path: Path) -> None:
    house = Installation(small_disk, BEFFROI_DATA_DIR=str(small_disk))
    house.settle(tmp_path)
    house.up()
    time.sleep(1)
    program = Program(house, "p", pause_s=0.05)
    panel, recorder, console = Panel(house, "panel"), Recorder(house, "recorder"), Console(house)
    speakers = [program, panel, recorder]
    try:
        for each in (*speakers, console):
            each.start()
        time.sleep(2)
        for round_ in range(TIMES):
            before = [len(each.told) for each in speakers]
            assert all(before), "nothing was taken before the disk was full"
            _while_full(house, round_)
            end = time.monotonic() + FULL_S
            while time.monotonic() < end:
                _fill(small_disk)
                time.sleep(0.2)
            findings = {each["check"]: each for each in house.beffroi("doctor", check=False)}
            assert not findings["disque"]["well"], findings
            during = [len(each.told) for each in speakers]
            assert console.events.get("trouble"), console.events
            (small_disk / "ballast").unlink()
            _goes_on(speakers, during)
        house.wait()
        for each in speakers:
            each.halt.set()
            each.join(10)
        settle(small_disk, recorder)
        house.folded()
    finally:
        console.halt.set()
        recorder.client.loop_stop()
        house.down()
    _whole(house, {"program": program.told, "panel": panel.told, "frigate": recorder.told})


def _goes_on(speakers: list[Program | Panel | Recorder], during: list[int], seconds: float = 60) -> None:
    began = time.monotonic()
    while not all(len(each.told) > count for each, count in zip(speakers, during, strict=True)):
        now = [len(each.told) for each in speakers]
        assert time.monotonic() < began + seconds, f"not every way in goes on by itself: {during} {now}"
        time.sleep(0.1)
    print(f"goes on {time.monotonic() - began:.1f} s after there is room")


def _whole(house: Installation, told: dict[str, set[str]]) -> None:
    spooled = kept(house.data)
    for source, keys in told.items():
        assert not keys - set(spooled[source]), f"{source}: lost {sorted(keys - set(spooled[source]))[:3]}"
        assert not [key for key, times in Counter(spooled[source]).items() if times > 1], source
    for name in ("beffroi.sqlite3", "spool.sqlite3"):
        with contextlib.closing(sqlite3.connect(house.data / name)) as tables:
            assert tables.execute("PRAGMA integrity_check").fetchone() == ("ok",), name
    house.run("-m", "beffroi", "journal", "verify")
    house.run("-m", "beffroi", "replay", "--territory", TOWN, "--from-start", "--json")
