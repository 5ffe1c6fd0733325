"""An engine that hangs loses its turn: it ends itself wherever it hangs, or who stands by ousts it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field

import pytest
from django.db import OperationalError

from beffroi.house import hanging
from beffroi.house.hanging import Successor

_ENGINE = """
import django; django.setup()
import re, time
from beffroi.house.engine import Duty, Engine
from beffroi.house.hanging import Watch
def slow():
    time.sleep({slow_s})
    print("done", flush=True)
    engine.stopping = {last}
def hangs():
    {hangs}
engine = Engine(
    held=lambda: True,
    take_over=lambda: (lambda: False, [Duty("daily", {every_s}, slow), Duty("other", 60.0, hangs)]),
    watch=Watch(1.0),
)
engine.run()
time.sleep(1.5)
print("left in peace", flush=True)
"""


def engine(*, hangs: str = "pass", slow_s: float = 0.0, every_s: float = 60.0, last: bool = False):
    """A process with an engine that has two duties, and a watch that lets it have a second."""
    code = _ENGINE.format(hangs=hangs, slow_s=slow_s, every_s=every_s, last=last)
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


def told(ended: subprocess.CompletedProcess[str]) -> list[str]:
    """What it printed, without its log."""
    return [line for line in ended.stdout.splitlines() if line in ("done", "left in peace")]


@pytest.mark.parametrize(
    "hangs",
    [
        "while True: time.sleep(0.05)",
        # In C, and never giving control back: no thread of Python's would ever run again.
        "re.match('(a+)+$', 'a' * 60 + 'b')",
    ],
    ids=["waiting", "in a library"],
)
def test_it_ends_itself_and_says_where_it_hung(hangs: str) -> None:
    ended = engine(hangs=hangs)
    assert ended.returncode == 1
    assert told(ended) == ["done"]
    assert "Timeout" in ended.stderr
    assert "in hangs" in ended.stderr


def test_what_is_done_once_a_day_may_last_longer() -> None:
    assert told(engine(slow_s=2.5, every_s=86_400.0, last=True)) == ["done", "left in peace"]
    assert told(engine(slow_s=2.5, every_s=60.0, last=True)) == []


@dataclass
class Other:
    """An active engine as another sees it; an error in its place is raised."""

    holder: int | None = 7
    reached: int | Exception = 10
    waiting: int = 20
    ousted: list[int] = field(default_factory=list)

    def asked(self) -> int:
        if isinstance(self.reached, Exception):
            raise self.reached
        return self.reached

    def oust(self, holder: int) -> bool:
        self.ousted.append(holder)
        return True


@dataclass
class Clock:
    """Seconds that only this test counts."""

    now: float = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(hanging, "time", made)
    return made


def looked(clock: Clock, other: Other, successor: Successor, seconds: int) -> None:
    """Ask four times a second, as an engine that stands by does."""
    for _ in range(seconds * 4):
        clock.now += 0.25
        successor.look()


@pytest.fixture
def other() -> Other:
    return Other()


@pytest.fixture
def successor(other: Other) -> Successor:
    return Successor(
        5.0,
        holder=lambda: other.holder,
        reached=other.asked,
        waiting=lambda: other.waiting,
        oust=other.oust,
    )


def test_who_stands_still_before_what_waits_is_ousted_once(
    clock: Clock, other: Other, successor: Successor
) -> None:
    looked(clock, other, successor, 5)
    assert other.ousted == []
    looked(clock, other, successor, 2)
    assert other.ousted == [7]


@pytest.mark.parametrize("given", [{"waiting": 10}, {"holder": None}], ids=["nothing waits", "nobody"])
def test_who_has_nothing_to_do_may_stand_still(
    clock: Clock, other: Other, successor: Successor, given: dict[str, int | None]
) -> None:
    for name, value in given.items():
        setattr(other, name, value)
    looked(clock, other, successor, 60)
    assert other.ousted == []


def test_who_moves_or_has_only_just_begun_keeps_its_turn(
    clock: Clock, other: Other, successor: Successor
) -> None:
    for number in range(10):
        looked(clock, other, successor, 4)
        other.reached, other.waiting = 11 + number, 100
    for number in range(10):
        looked(clock, other, successor, 4)
        other.holder = 8 + number  # another took over: it has its whole time
    assert other.ousted == []


def test_what_cannot_be_asked_is_not_known_to_stand_still(
    clock: Clock, other: Other, successor: Successor
) -> None:
    looked(clock, other, successor, 4)
    other.reached = OperationalError()
    clock.now += 2
    with pytest.raises(OperationalError):
        successor.look()
    other.reached = 10
    looked(clock, other, successor, 4)
    assert other.ousted == []


def test_nobody_is_ousted_where_the_setting_says_never(clock: Clock, other: Other) -> None:
    successor = Successor(0.0, holder=lambda: 7, reached=other.asked, waiting=lambda: 20, oust=other.oust)
    looked(clock, other, successor, 60)
    assert other.ousted == []
