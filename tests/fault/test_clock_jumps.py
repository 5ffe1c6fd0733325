"""The machine's clock is set back an hour, then forward a day, while everything runs.

Nothing is refused, lost or told twice in the hour that comes again; the journal's order holds, no incident
closes and nobody is called by mistake, what was due stays due after as long, and desk and doctor say it.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.during.oncall.peers import Gateway, gateway
from tests.fault.installation import TOWN, Console, Installation
from tests.fault.speakers import Panel, Program, kept

pytestmark = [pytest.mark.fault, pytest.mark.service]

_SOURCE = Path(__file__).with_name("clock.c")
_STATE = """
import django, json; django.setup()
from beffroi.during.fusion.engine import cursor
from beffroi.during.incident.models import Incident
from beffroi.during.intake.models import Source
from beffroi.during.intake.spool import shared
from beffroi.during.oncall.models import Alert
from beffroi.journal import queries as journal
entries = journal.follow(0, limit=100_000)
print(json.dumps({
    "behind": shared().head() - cursor().position,
    "phases": sorted(Incident.objects.values_list("phase", flat=True)),
    "facts": [[e.number, e.journal, e.fact, e.time.timestamp()] for e in entries],
    "due": [a.due_at.timestamp() for a in Alert.objects.filter(state="calling")],
    "rounds": list(Alert.objects.values_list("round", flat=True)),
    "silent": list(Source.objects.exclude(silent_since=None).values_list("key", flat=True)),
}))
"""


#: Long enough for a busy machine: whoever is called in this test is called by the clock.
_WAKE = f"""
import django; django.setup()
from beffroi.during.oncall.actions import set_waking
set_waking(territory="{TOWN}", threshold="to_check", life_threshold="to_check", at_least=0.0, wait_s=900,
           next_s=900, alsace_moselle=False, actor="system")
"""


class Clock:
    """The clock of every process that was started with its environment; the test's own is left alone."""

    def __init__(self, folder: Path) -> None:
        self._file, self._library = folder / "clock", folder / "clock.so"
        line = ["cc", "-shared", "-fPIC", "-O1", "-o", str(self._library), str(_SOURCE)]
        subprocess.run(line, check=True, capture_output=True)
        self.off = timedelta(0)
        self.set(self.off)

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self._library), "CLOCK_OFF_FILE": str(self._file)}

    def set(self, off: timedelta) -> None:
        """Make it tell so much more than the machine's."""
        with self._file.open("r+b" if self._file.exists() else "wb", buffering=0) as file:
            file.write(struct.pack("=q", round(off.total_seconds()) * 10**9))
        self.off = off


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    if not shutil.which("cc"):
        if os.environ.get("BEFFROI_REQUIRE_SERVICES"):
            pytest.fail("a C compiler is required here")
        pytest.skip("no C compiler is installed: the clock of a process cannot be set")
    return Clock(tmp_path)


def _told_state(house: Installation) -> dict[str, list]:  # type: ignore[type-arg]
    state: dict[str, list] = json.loads(house.run("-c", _STATE))  # type: ignore[type-arg]
    return state


def _on_call(house: Installation) -> None:
    house.run(
        "-m", "beffroi", "people", "invite", "--email", "maire@bourg.example", "--name", "M",
        "--role", "elected", "--organisation", "Mairie", "--territory", TOWN,
    )  # fmt: skip
    house.run(
        "-m", "beffroi", "oncall", "add", "--territory", TOWN, "--email", "maire@bourg.example",
        "--days", "0-7", "--from", "08:00", "--to", "08:00", "--first", "2026-01-01",
        "--mobile", "0612345601",
    )  # fmt: skip
    house.run("-c", _WAKE)


def _wait_for(house: Installation, done, seconds: float = 40) -> dict[str, list]:  # type: ignore[no-untyped-def,type-arg]
    end = time.monotonic() + seconds
    while not done(state := _told_state(house)):
        assert time.monotonic() < end, (state["phases"], state["due"], state["rounds"], state["facts"][-5:])
        time.sleep(0.5)
    return state


def test_the_clock_is_set_back_an_hour_and_forward_a_day(tmp_path: Path, clock: Clock) -> None:
    with gateway() as peer:
        _through(tmp_path, clock, peer)


def _through(tmp_path: Path, clock: Clock, peer: Gateway) -> None:
    (tmp_path / "gateways.toml").write_text(
        f'[sms]\nurl = "{peer.url}"\njson = {{ id = "{{id}}", to = "{{to}}", text = "{{text}}" }}\n'
    )
    house = Installation(
        tmp_path, BEFFROI_ONCALL_GATEWAYS=str(tmp_path / "gateways.toml"), **clock.environment
    )
    house.settle(tmp_path)
    _on_call(house)
    house.up()
    program, panel = Program(house, "p", pause_s=0.2), Panel(house, "panel")
    console = Console(house)
    try:
        console.start()
        time.sleep(12)  # the desk is noted as open: the calls wait for it
        for each in (program, panel):
            each.start()
        before = _wait_for(house, lambda state: len(state["due"]) > 0)
        for off in (timedelta(hours=-1), timedelta(days=1)):
            told = len(program.told), len(panel.told), len(peer.got)
            rounds, set_before = before["rounds"], clock.off
            clock.set(off)
            time.sleep(3)
            after = _told_state(house)
            left = [due - (datetime.now(UTC) + off).timestamp() for due in after["due"]]
            # No deadline is lost behind the hour that comes again, none comes early, nobody is called by it.
            assert left and all(300 < each < 905 for each in left), left
            assert len(after["rounds"]) >= len(rounds) and max(after["rounds"]) == max(rounds), after[
                "rounds"
            ]
            assert len(peer.got) == told[2], "somebody was called because the clock was set"
            assert "closed" not in after["phases"] and not after["silent"]
            stepped = [each for each in after["facts"] if each[2] == "journal.clock_stepped"]
            assert len(stepped) == (1 if set_before == timedelta(0) else 2), stepped
            assert not panel.refused, panel.refused
            assert len(program.told) > told[0] and len(panel.told) > told[1], "something was refused"
            before = after
        findings = {each["check"]: each for each in house.beffroi("doctor", check=False)}
        assert not findings["horloge"]["well"], findings
        assert console.events.get("trouble") and not console.refused & {500, 503}
        for each in (program, panel):
            each.halt.set()
            each.join(10)
        _wait_for(house, lambda state: state["behind"] == 0)
    finally:
        console.halt.set()
        house.down()
    _whole(house, program, panel)


def _whole(house: Installation, program: Program, panel: Panel) -> None:
    spooled = kept(house.data)
    for source, told in (("program", program.told), ("panel", panel.told)):
        assert told <= set(spooled[source]), f"{source}: lost"
        assert len(spooled[source]) == len(set(spooled[source])), f"{source}: told twice"
    numbers: dict[str, list[int]] = {}
    for number, name, _fact, _at in _told_state(house)["facts"]:
        numbers.setdefault(name, []).append(number)
    assert all(each == list(range(1, len(each) + 1)) for each in numbers.values()), "the order is broken"
    house.run("-m", "beffroi", "journal", "verify")
    house.run("-m", "beffroi", "replay", "--territory", TOWN, "--from-start", "--json")
