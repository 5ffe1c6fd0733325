"""Group commit: shared writes, honest refusals, nobody left waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.during.intake.shapes import observation

from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.spool import Encoded, SpoolUnavailable
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.during.intake.writer import GroupWriter, Overloaded

pytestmark = pytest.mark.room


class Watched(SqliteSpool):
    """A real spool that notes the size of each write, and may be held or made to fail."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.groups: list[int] = []
        self.fail_next: BaseException | None = None
        self.gate = threading.Event()
        self.gate.set()

    def append_encoded(self, batch: Sequence[Encoded]) -> list[Receipt]:
        self.gate.wait(5)
        self.groups.append(len(batch))
        if self.fail_next is not None:
            error, self.fail_next = self.fail_next, None
            raise error
        return super().append_encoded(batch)


@pytest.fixture
def spool(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "s.sqlite3")


def test_those_who_come_together_share_one_write(spool: Watched) -> None:
    async def scene() -> list[Receipt]:
        writer = GroupWriter(spool, group_ms=5)
        receipts = await asyncio.gather(*(writer.put(observation(f"k{i}")) for i in range(50)))
        await writer.close()
        return receipts

    receipts = asyncio.run(scene())
    assert [each.position for each in receipts] == list(range(1, 51))
    assert spool.groups == [50]


def test_while_one_is_written_the_next_gathers(spool: Watched) -> None:
    async def scene() -> None:
        writer = GroupWriter(spool, group_ms=0)
        spool.gate.clear()
        first = writer.submit([observation("first")])
        await asyncio.sleep(0.05)
        rest = [writer.submit([observation(f"k{i}")]) for i in range(10)]
        spool.gate.set()
        await asyncio.gather(first, *rest)
        await writer.close()

    asyncio.run(scene())
    assert spool.groups == [1, 10]


def test_more_than_may_wait_is_refused_and_the_rest_is_kept(spool: Watched) -> None:
    async def scene() -> None:
        writer = GroupWriter(spool, group_ms=1, max_waiting=5)
        spool.gate.clear()
        kept = [writer.submit([observation(f"k{i}")]) for i in range(5)]
        with pytest.raises(Overloaded) as told:
            await writer.put(observation("late"))
        assert (told.value.status, told.value.code) == (503, "intake.overloaded")
        with pytest.raises(Overloaded):
            await writer.put_many([observation("a")])
        spool.gate.set()
        await asyncio.gather(*kept)
        assert (await writer.put(observation("later"))).position == 6
        await writer.close()

    asyncio.run(scene())
    assert spool.head() == 6


def test_an_error_reaches_all_of_its_group_and_no_other(spool: Watched) -> None:
    async def scene() -> None:
        writer = GroupWriter(spool, group_ms=1)
        spool.fail_next = SpoolUnavailable(why="the disk is away")
        told = await asyncio.gather(
            *(writer.put(observation(f"k{i}")) for i in range(3)), return_exceptions=True
        )
        assert all(isinstance(each, SpoolUnavailable) for each in told)
        assert (await writer.put(observation("after"))).position == 1
        await writer.close()

    asyncio.run(scene())


def test_an_error_of_ours_is_told_too_and_the_next_are_written(spool: Watched) -> None:
    async def scene() -> None:
        writer = GroupWriter(spool, group_ms=1)
        spool.fail_next = ZeroDivisionError("a defect")
        spool.gate.clear()
        first = writer.submit([observation("a")])
        await asyncio.sleep(0.05)
        second = writer.submit([observation("b")])
        spool.gate.set()
        with pytest.raises(SpoolUnavailable):
            await first
        assert (await second)[0].position == 1
        await writer.close()

    asyncio.run(scene())


def test_what_has_no_bytes_is_refused_alone(spool: Watched) -> None:
    async def scene() -> None:
        writer = GroupWriter(spool, group_ms=1)
        good = writer.submit([observation("good")])
        with pytest.raises(TypeError):
            writer.submit([observation("bad", content={"x": object()})])
        assert (await good)[0].position == 1
        await writer.close()

    asyncio.run(scene())


def test_closing_writes_what_waits_and_refuses_what_comes(spool: Watched) -> None:
    async def scene() -> None:
        writer = GroupWriter(spool, group_ms=50)
        waiting = writer.submit([observation("a")])
        await writer.close()
        assert waiting.result()[0].position == 1
        with pytest.raises(SpoolUnavailable):
            await writer.put(observation("b"))

    asyncio.run(scene())


def test_who_no_longer_waits_breaks_nothing(spool: Watched) -> None:
    async def scene() -> None:
        writer = GroupWriter(spool, group_ms=5)
        gone, there = writer.submit([observation("gone")]), writer.submit([observation("there")])
        gone.cancel()
        assert (await there)[0].position == 2
        await writer.close()

    asyncio.run(scene())
    assert spool.head() == 2


async def _filled(writer: GroupWriter, count: int) -> list[asyncio.Future[list[Receipt]]]:
    return [writer.submit([observation(key=f"k{each}")]) for each in range(count)]


def test_what_is_urgent_goes_first_and_has_places_of_its_own(spool: Watched) -> None:
    async def through() -> None:
        writer = GroupWriter(spool, group_ms=1, max_waiting=20)
        waiting = await _filled(writer, 20)
        with pytest.raises(Overloaded):
            writer.submit([observation(key="late")])
        life = writer.submit([observation(key="life", kind="panic.holdup")], urgent=True)
        assert (await life)[0].position < (await waiting[0])[0].position
        await writer.close()

    asyncio.run(through())


def test_it_says_that_it_refuses_until_it_keeps_again(spool: Watched) -> None:
    async def through() -> None:
        writer = GroupWriter(spool, group_ms=1)
        spool.fail_next = SpoolUnavailable(why="no disk")
        with pytest.raises(SpoolUnavailable):
            await writer.put(observation(key="a"))
        assert writer.refusing == SpoolUnavailable.code
        await writer.put(observation(key="a"))
        assert writer.refusing == ""
        await writer.close()

    asyncio.run(through())
