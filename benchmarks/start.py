"""Start of `beffroi up` to the first page answered, and the memory of all its processes at rest.

Memory is PSS (proportional set size): pages that processes share are counted once, as the machine
pays for them.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks._report import Figure, at_most

_ADDRESS = re.compile(r"https?://[\d.]+:\d+")
_LONGEST_S = 60.0
_REST_S = 8.0


def _environment(folder: str) -> dict[str, str]:
    own = {"BEFFROI_DATA_DIR": folder, "BEFFROI_CONFIG": os.devnull}
    ports = {"BEFFROI_PORT": "0", "BEFFROI_MQTT_PORT": "0", "BEFFROI_DC09_PORT": "0"}
    return {**os.environ, **own, **ports}


def _answered(address: str) -> bool:
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _start(folder: str) -> tuple[subprocess.Popen[str], float]:
    """A started installation, and the seconds until its first page was answered."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "beffroi", "up"],
        env=_environment(folder),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        found = _ADDRESS.search(line)
        if not found:
            continue
        while not _answered(found[0]):
            if time.perf_counter() - began > _LONGEST_S:
                break
            time.sleep(0.02)
        else:
            return process, time.perf_counter() - began
        break
    _stop(process)
    raise SystemExit("beffroi up did not answer")


def _stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _family(pid: int) -> list[int]:
    """A process and all that it started."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(after[1]), []).append(int(entry.parent.name))
    found, ahead = [], [pid]
    while ahead:
        each = ahead.pop()
        found.append(each)
        ahead += parents.get(each, [])
    return found


def memory_mb(pid: int) -> float:
    """PSS of a process and of all that it started, in MB (10⁶ bytes)."""
    whole = 0
    for each in _family(pid):
        try:
            told = Path(f"/proc/{each}/smaps_rollup").read_text()
        except OSError:
            continue
        found = re.search(r"^Pss:\s+(\d+) kB", told, re.MULTILINE)
        whole += int(found[1]) * 1024 if found else 0
    return whole / 1e6


def run(quick: bool) -> list[Figure]:
    """A first start (the tables are made) and a second one, then memory at rest."""
    with tempfile.TemporaryDirectory(prefix="beffroi-bench-") as folder:
        first, first_s = _start(folder)
        _stop(first)
        again, again_s = _start(folder)
        try:
            time.sleep(_REST_S / 2 if quick else _REST_S)
            used = memory_mb(again.pid)
        finally:
            _stop(again)
    return [
        Figure("start", "first start, tables made, to a page", first_s, "s"),
        at_most("start", "start to the first page", again_s, "s", 5.0),
        at_most("start", "memory at rest, all processes", used, "MB", 300.0),
    ]
