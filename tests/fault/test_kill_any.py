"""`kill -9` of any process of a running `beffroi up`, its parent among them, under a flow of observations.

Whoever is killed is started again by the parent (the parent by whoever watches it, here the test). Nothing
that was acknowledged is lost, nothing is there twice, the journal verifies, a replay gives the same
incidents, and the desk's feed goes on where it stopped.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.fault.installation import LONG, TOWN, Console, Installation
from tests.fault.speakers import Panel, Program, Recorder, kept, settle

pytestmark = [pytest.mark.fault, pytest.mark.service]

#: Each costs some four seconds, most of them a process's start.
KILLS = 200 if LONG else 8
VICTIMS = ("web", "engine", "broker", "parent")
_HEAD = "import django; django.setup()\nfrom beffroi.journal import queries\nprint(queries.head_position())"
_INCIDENTS = (
    "import django; django.setup()\n"
    "from beffroi.during.fusion.models import Sign\n"
    "from beffroi.during.incident.models import Incident\n"
    "told = list(Sign.objects.values_list('observation_id', flat=True))\n"
    "print(Incident.objects.count(), len(told), len(set(told)))"
)


def test_whoever_is_killed_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    house = Installation(tmp_path)
    house.settle(tmp_path)
    house.up()
    time.sleep(1)  # the gate subscribes once, for ever: from then on the broker keeps messages for it
    programs = [Program(house, f"p{each}", pause_s=0.1) for each in range(2)]
    panel, recorder, console = Panel(house, "panel"), Recorder(house, "recorder"), Console(house)
    speakers = [*programs, panel, recorder]
    killed: Counter[str] = Counter()
    chance = random.Random(20)
    try:
        for each in (*speakers, console):
            each.start()
        while killed.total() < KILLS:
            # Each in turn first, so that the short form leaves nobody out; then whoever it falls on.
            turn = killed.total()
            victim = VICTIMS[turn] if turn < len(VICTIMS) else chance.choice(VICTIMS)
            killed[victim] += house.kill(victim)
            if chance.random() < 0.7:  # else the next falls while this one is away
                house.wait()
                time.sleep(chance.uniform(0.1, 1.5))
        house.wait()
        time.sleep(2)
        for each in speakers:
            each.halt.set()
            each.join(10)
        settle(tmp_path, recorder)
        house.folded()
        head = int(house.run("-c", _HEAD))
        _feed_reaches(console, head)
    finally:
        console.halt.set()
        recorder.client.loop_stop()
        house.down()
    spooled = kept(tmp_path)
    for source, told in (
        ("program", set().union(*(each.told for each in programs))),
        ("panel", panel.told),
        ("frigate", recorder.told),
    ):
        assert told, f"{source} was never answered: nothing was tried"
        lost = told - set(spooled[source])
        assert not lost, f"{source}: {len(lost)} of {len(told)} acknowledged are lost, {sorted(lost)[:3]}"
        doubled = [key for key, times in Counter(spooled[source]).items() if times > 1]
        assert not doubled, f"{source}: there twice: {doubled[:3]}"
    incidents, signs, different = map(int, house.run("-c", _INCIDENTS).split())
    assert incidents > 0 and signs == different, "an observation is a sign of two incidents"
    house.run("-m", "beffroi", "journal", "verify")
    house.run("-m", "beffroi", "replay", "--territory", TOWN, "--from-start", "--json")
    print(f"killed {dict(killed)}, kept { ({k: len(v) for k, v in spooled.items()}) }, cuts {console.cuts}")


def _feed_reaches(console: Console, head: int, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while (console.positions or [0])[-1] < head and time.monotonic() < end:
        time.sleep(0.2)
    assert console.positions and console.positions[-1] >= head, (console.positions[-3:], head)
    assert console.positions == sorted(console.positions), "the feed went back"
    assert not console.refused, console.refused
    assert console.events.get("line"), "the log told nothing"
