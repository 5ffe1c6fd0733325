"""Silence is an event, once, and our own silence is never the sources'."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.during.fusion.made import Town

from beffroi.during.fusion.rules.fold import Fold
from beffroi.during.fusion.rules.shapes import FoldState
from beffroi.during.intake import actions, ears
from beffroi.during.intake.models import Ear, Source
from beffroi.during.intake.rules_silence import Hearing, Watched, judge
from beffroi.during.intake.silence import PLATFORM, Silences
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import clock

START = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)


class Town_:
    """Panels that speak, ears that listen, the engine's duty, on a clock of their own."""

    def __init__(self, folder: Path, time: clock.FixedClock) -> None:
        self.spool = SqliteSpool(folder / "spool.sqlite3")
        self.time = time
        self.duty = Silences(self.spool)
        self.hears = {ears.GATE, ears.BROKER}
        self.told = 0

    def declare(self, count: int, every_s: int | None = 90, connector: str = "dc09", start: int = 0) -> None:
        for number in range(start, start + count):
            address = f"{number + 0xA00:X}" if connector == "dc09" else f"town/{connector}{number}"
            actions.declare_source(
                territory="redon",
                key=f"{connector}-{number}",
                connector=connector,
                address=address,
                device=f"D-{connector}-{number}",
                expects_every_s=every_s,
            )

    def speak(self, *keys: str) -> None:
        rows = Source.objects.filter(key__in=keys) if keys else Source.objects.all()
        rows.update(last_seen_at=clock.now())

    def run(self, seconds: float, *speaking: str, everyone: bool = False, step: float = 5.0) -> None:
        """Let time pass: ears say that they listen, whoever speaks does every 30 s, the duty is done."""
        for number in range(round(seconds / step)):
            self.time.advance(step)
            for name in self.hears:
                ears.listening(name, clock.now())
            if number % 6 == 0 and (everyone or speaking):
                self.speak(*speaking)
            self.duty()

    def news(self) -> list[tuple[str, str]]:
        """What was told since the last call: source and kind."""
        found = self.spool.read(self.told, 1000)
        self.told = self.spool.head()
        return [(each.source, each.kind) for _, each in found]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town_]:
    with clock.use(clock.FixedClock(START)) as time:
        assert isinstance(time, clock.FixedClock)
        made = Town_(tmp_path, time)
        for name in made.hears:
            ears.listening(name, clock.now(), opened=True)
        yield made


room = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


class TestInTheEngine:
    pytestmark = room

    def test_a_panel_that_falls_silent_is_told_once_and_again_when_it_speaks(self, town: Town_) -> None:
        town.declare(4)
        town.run(300, everyone=True)
        assert town.news() == []
        town.run(90, "dc09-1", "dc09-2", "dc09-3")
        assert town.news() == [], "one missed word is not yet silence"
        town.run(600, "dc09-1", "dc09-2", "dc09-3")
        assert town.news() == [("dc09-0", "device.offline")]
        [(_, told)] = town.spool.read(0, 9)
        last = Source.objects.get(key="dc09-0").last_seen_at
        assert last is not None
        assert (told.device, told.seen_at) == ("D-dc09-0", last + timedelta(seconds=90))
        assert told.key == f"silence:{last.isoformat()}"
        town.run(60, everyone=True)
        assert town.news() == [("dc09-0", "device.online")]

    def test_a_restart_of_the_engine_repeats_nothing(self, town: Town_) -> None:
        town.declare(1)
        town.run(30, everyone=True)
        town.run(300)
        assert town.news() == [("dc09-0", "device.offline")]
        town.duty = Silences(town.spool)
        town.run(300)
        assert town.news() == []
        Source.objects.update(silent_since=None)  # as if it had died between the spool and the tables
        town.run(30)
        assert town.news() == [], "the spool knows it by its key"
        assert Source.objects.get().silent_since is not None

    def test_nothing_is_expected_of_who_was_never_heard_or_declared_nothing(self, town: Town_) -> None:
        town.declare(1)
        town.declare(2, None, start=1)
        town.run(30, "dc09-1", "dc09-2")
        town.run(4000)
        assert town.news() == []

    def test_a_hundred_silent_at_once_are_one_event_of_the_platform(self, town: Town_) -> None:
        town.declare(60)
        town.declare(40, 300, start=60)
        town.run(300, everyone=True)
        town.run(900)
        assert town.news() == [(PLATFORM, "device.offline")]
        town.run(20, everyone=True)
        assert town.news() == [(PLATFORM, "device.online")]
        others = [each.key for each in Source.objects.exclude(key="dc09-7")]
        town.run(600, *others)
        assert town.news() == [("dc09-7", "device.offline")], "who does not come back is told by itself"

    def test_everybodys_silence_opens_one_technical_incident(self, town: Town_) -> None:
        town.declare(60)
        town.declare(40, 300, "frigate")
        town.run(300, everyone=True)
        town.run(900)
        fold = Fold(FoldState(territory="redon"), Town())
        for position, observation in town.spool.read(0, 1000):
            fold.observe(position, observation)
        [incident] = fold.state.hypotheses.values()
        assert incident.state == "technical"
        assert incident.signs[0].reasons[0].code == "fusion.all_silent"
        town.run(60, "frigate-3")
        assert not [kind for _, kind in town.news() if kind == "device.online"], "panels are still silent"
        town.run(60, everyone=True)
        assert town.news() == [(PLATFORM, "device.online")]

    def test_a_few_that_others_outlive_are_told_one_by_one(self, town: Town_) -> None:
        town.declare(20)
        town.run(300, everyone=True)
        alive = [f"dc09-{number}" for number in range(3, 20)]
        town.run(300, *alive)
        assert sorted(town.news()) == [(f"dc09-{n}", "device.offline") for n in range(3)]

    def test_when_we_do_not_listen_nobody_is_silent(self, town: Town_) -> None:
        town.declare(50)
        town.declare(50, 60, "frigate")
        town.run(300, everyone=True)
        town.hears = set()
        town.run(900)
        assert set(town.news()) == {(PLATFORM, "device.offline")}
        [row] = [each for _, each in town.spool.read(0, 9)][:1]
        assert (row.content["what"], row.seen_at < row.received_at) == ("deaf", True)
        town.hears = {ears.GATE, ears.BROKER}
        town.run(60, everyone=True)
        assert town.news() == [(PLATFORM, "device.online")]
        town.run(300, everyone=True)
        assert town.news() == []

    def test_a_broker_that_is_down_says_nothing_of_its_sources_nor_of_panels(self, town: Town_) -> None:
        town.declare(5)
        town.declare(50, 60, "frigate")
        town.run(300, everyone=True)
        town.hears = {ears.GATE}
        panels = [f"dc09-{number}" for number in range(5)]
        town.run(900, *panels)
        assert town.news() == [(PLATFORM, "device.offline")]
        [(_, told)] = town.spool.read(0, 9)
        assert (told.content["way"], told.content["sources"]) == ("broker", 50)

    def test_a_night_switched_off_is_no_silence(self, town: Town_) -> None:
        town.declare(50)
        town.run(300, everyone=True)
        town.time.advance(8 * 3600)
        town.duty = Silences(town.spool)
        town.duty()
        town.duty()
        ears.listening(ears.GATE, clock.now(), opened=True)
        town.run(60)
        town.run(300, everyone=True)
        assert town.news() == []

    def test_a_clock_that_jumps_makes_nobody_silent(self, town: Town_) -> None:
        town.declare(10)
        town.run(300, everyone=True)
        town.time.instant += timedelta(hours=1)
        town.run(300, everyone=True)
        town.time.instant -= timedelta(hours=2)
        town.run(300, everyone=True)
        assert town.news() == []
        town.run(600, *[f"dc09-{number}" for number in range(1, 10)])
        assert town.news() == [("dc09-0", "device.offline")]

    def test_ears_know_when_they_opened(self, town: Town_) -> None:
        since = Ear.objects.get(pk=ears.GATE).since
        town.time.advance(10)
        ears.listening(ears.GATE, clock.now())
        assert Ear.objects.get(pk=ears.GATE).since == since
        town.time.advance(100)
        ears.listening(ears.GATE, clock.now())
        assert Ear.objects.get(pk=ears.GATE).since == clock.now()


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.mark.unit
@given(
    st.integers(3, 120).flatmap(
        lambda count: st.tuples(
            st.lists(st.sampled_from([30, 60, 90, 300]), min_size=count, max_size=count),
            st.lists(st.floats(0, 0.99), min_size=count, max_size=count),
        )
    )
)
def test_a_cut_of_everything_is_never_more_than_one_event(town: tuple[list[int], list[float]]) -> None:
    """Each source spoke last some part of its time before the cut; nobody after it."""
    sources = [
        Watched(key=str(i), territory="t", ear="gate", heard_at=after(1000 - part * every), every_s=every)
        for i, (every, part) in enumerate(zip(*town, strict=True))
    ]
    alone = 0
    for tick in range(1000, 1600, 5):
        ear = Hearing("gate", START, after(tick))
        found = judge(sources, [ear], now=after(tick), watching_since=START)
        alone += len(found.silent)
        if found.cut:
            break
        told = {each.source.key for each in found.silent}
        sources = [each for each in sources if each.key not in told]
    assert found.cut or alone
    assert alone < 3 or not found.cut
