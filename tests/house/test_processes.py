"""The parent keeps its children alive, and stops them."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time

import pytest

from beffroi.house.processes import Household

pytestmark = pytest.mark.unit


def _household() -> tuple[Household, list[str]]:
    said: list[str] = []
    return Household(os.environ, said.append), said


def _watch_until(household: Household, done, seconds: float = 8.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "the household did not come to it in time"
        household.watch()
        time.sleep(0.02)


def test_a_child_that_dies_is_started_again():
    household, said = _household()
    child = household.start("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        first = child.process.pid
        child.process.send_signal(signal.SIGKILL)
        _watch_until(household, lambda: child.process is not None and child.process.pid != first)
        assert child.process.poll() is None
        assert said == ["sleeper ended (status -9); again in 1 s"]
    finally:
        household.stop()


def test_each_failure_waits_longer():
    household, said = _household()
    child = household.start("fails", [sys.executable, "-c", "raise SystemExit(3)"])
    try:
        _watch_until(household, lambda: child.failures >= 2)
        assert said == ["fails ended (status 3); again in 1 s", "fails ended (status 3); again in 2 s"]
    finally:
        household.stop()


def test_a_child_that_served_well_is_started_again_at_once(monkeypatch):
    monkeypatch.setattr("beffroi.house.processes._GOOD_SERVICE_S", 0.2)
    household, said = _household()
    child = household.start("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"])
    child.failures = 4
    try:
        time.sleep(0.3)
        child.process.send_signal(signal.SIGKILL)
        _watch_until(household, lambda: bool(said))
        assert said == ["sleeper ended (status -9); again in 0 s"]
        assert child.failures == 0
    finally:
        household.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells children of their parent's end")
def test_children_end_with_a_parent_that_is_killed():
    parent = (
        "import os, sys, time\n"
        "from beffroi.house.processes import Household\n"
        "household = Household(os.environ, print)\n"
        "child = household.start('sleeper', [sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as running:
        child = int(running.stdout.readline())
        os.kill(child, 0)
        running.kill()
        running.wait()
    end = time.monotonic() + 5
    while time.monotonic() < end and _runs(child):
        time.sleep(0.02)
    assert not _runs(child)


def _runs(pid):
    """Whether a process runs; one that nobody waited for yet (a zombie) does not."""
    try:
        with open(f"/proc/{pid}/stat") as told:
            return told.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_stop_ends_a_child_that_ignores_the_polite_signal(monkeypatch):
    monkeypatch.setattr("beffroi.house.processes._GRACE_S", 0.3)
    household, said = _household()
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    child = household.start("stubborn", [sys.executable, "-c", stubborn])
    time.sleep(0.5)
    household.stop()
    assert child.process.poll() == -signal.SIGKILL
    assert said == ["stubborn does not stop; ended by force"]


def test_nothing_starts_again_once_stopping():
    household, _ = _household()
    child = household.start("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"])
    household.stop()
    household.watch()
    assert child.process.poll() is not None


def test_children_may_open_as_many_files_as_the_machine_allows(tmp_path):
    """What the system gives a program at its start is 1,024."""
    told = tmp_path / "told"
    child = (
        f"import resource; open({str(told)!r}, 'w').write(str(resource.getrlimit(resource.RLIMIT_NOFILE)))"
    )
    start = (
        "import resource, subprocess, sys\n"
        "from beffroi.house.processes import allow_many_files\n"
        "hard = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 9000)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))\n"
        "allow_many_files()\n"
        f"subprocess.run([sys.executable, '-c', {child!r}], check=True)\n"
    )
    subprocess.run([sys.executable, "-c", start], check=True)
    soft, hard = ast.literal_eval(told.read_text())
    assert soft == hard > 1024
