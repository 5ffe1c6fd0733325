"""The spool, the same for both profiles: durable, ordered, each message once."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.during.intake.shapes import T0, observation

from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.spool import Spool, SpoolFull, SpoolUnavailable, decode, encode
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.room


def test_what_is_put_is_read_back_in_order(spool: Spool) -> None:
    put = [observation(f"k{i}", lat=47.5, lon=-2.1, certainty=0.25) for i in range(5)]
    receipts = spool.append_many(put)
    assert receipts == [Receipt(i, False) for i in range(1, 6)]
    assert spool.read(0, 100) == list(enumerate(put, start=1))
    assert spool.read(2, 2) == [(3, put[2]), (4, put[3])]
    assert spool.read(5, 10) == []
    assert spool.head() == 5


def test_an_empty_spool_has_no_head(spool: Spool) -> None:
    assert (spool.head(), spool.read(0, 10), spool.append_many([])) == (0, [], [])


def test_the_same_message_is_one_observation(spool: Spool) -> None:
    first, twin = observation("same"), observation("same")
    assert spool.append_many([first]) == [Receipt(1, False)]
    assert spool.append_many([observation("other"), twin, observation("last")]) == [
        Receipt(2, False),
        Receipt(1, True),
        Receipt(3, False),
    ]
    assert [each.key for _, each in spool.read(0, 10)] == ["same", "other", "last"]
    assert spool.read(0, 1)[0][1].id == first.id


def test_twins_in_one_batch_are_one(spool: Spool) -> None:
    receipts = spool.append_many([observation("a"), observation("a"), observation("b")])
    assert [each.duplicate for each in receipts] == [False, True, False]
    assert receipts[0].position == receipts[1].position
    assert len(spool.read(0, 10)) == 2


def test_the_same_key_of_another_source_or_territory_is_another_message(spool: Spool) -> None:
    put = [observation("k"), observation("k", source="PANEL-2"), observation("k", territory="guer")]
    assert [each.duplicate for each in spool.append_many(put)] == [False, False, False]


def test_keys_that_join_alike_are_told_apart(spool: Spool) -> None:
    put = [observation("b", source="a.b"), observation("b.b", source="a"), observation("é/ *>", source="x y")]
    assert [each.duplicate for each in spool.append_many(put)] == [False, False, False]


def test_an_observation_is_found_by_its_identifier(spool: Spool) -> None:
    put = [observation(f"k{i}", id=uuid7()) for i in range(3)]
    spool.append_many(put)
    assert spool.get(put[1].id) == (2, put[1])
    assert spool.get(UUID(int=7)) is None


def test_an_identifier_of_another_time_is_found_too(spool: Spool) -> None:
    told_late = observation("k", id=uuid7(T0))
    spool.append_many([observation("a"), told_late])
    assert spool.get(told_late.id) == (2, told_late)


def test_what_is_erased_is_gone_and_positions_do_not_come_back(spool: Spool) -> None:
    spool.append_many([observation("old"), observation("kept"), observation("new")])
    spool.erase([1, 3])
    spool.erase([1, 3])
    assert [each.key for _, each in spool.read(0, 10)] == ["kept"]
    spool.erase([2])
    assert (spool.read(0, 10), spool.head()) == ([], 3)
    assert spool.append_many([observation("next")]) == [Receipt(4, False)]


def test_many_old_ones_go_at_once_and_the_new_stay(spool: Spool) -> None:
    spool.append_many([observation(f"old{i}") for i in range(2_700)])
    spool.erase(range(1, 1_501))
    rest = spool.read(0, 5_000)
    assert (len(rest), rest[0][0], rest[-1][0]) == (1_200, 1_501, 2_700)


def test_writers_at_once_leave_no_gap_and_no_twin(spool: Spool) -> None:
    seen: list[Receipt] = []

    def write(worker: int) -> None:
        for i in range(20):
            seen.extend(spool.append_many([observation(f"{worker}-{i}"), observation(f"shared-{i}")]))

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    new = sorted(each.position for each in seen if not each.duplicate)
    assert new == list(range(1, 101))
    assert sum(each.duplicate for each in seen) == 60


def test_two_processes_would_share_one_order(tmp_path: Path) -> None:
    one, two = SqliteSpool(tmp_path / "s.sqlite3"), SqliteSpool(tmp_path / "s.sqlite3")
    one.append_many([observation("a")])
    two.append_many([observation("b"), observation("a")])
    assert one.append_many([observation("c")]) == [Receipt(3, False)]
    assert [each.key for _, each in two.read(0, 9)] == ["a", "b", "c"]


def test_it_is_there_after_a_restart(tmp_path: Path) -> None:
    first = SqliteSpool(tmp_path / "s.sqlite3")
    first.append_many([observation("a")])
    first.close()
    again = SqliteSpool(tmp_path / "s.sqlite3")
    assert again.append_many([observation("a"), observation("b")]) == [Receipt(1, True), Receipt(2, False)]


def test_a_full_disk_refuses_the_whole_batch_and_says_so(tmp_path: Path) -> None:
    full = SqliteSpool(tmp_path / "s.sqlite3")
    full.append_many([observation("before")])
    pages = full._writer.execute("PRAGMA page_count").fetchone()[0]
    full._writer.execute(f"PRAGMA max_page_count={pages + 2}")
    batch = [observation(f"k{i}", content={"text": "x" * 2000}) for i in range(50)]
    with pytest.raises(SpoolFull) as told:
        full.append_many(batch)
    assert told.value.status == 503
    assert [each.key for _, each in full.read(0, 99)] == ["before"]
    full._writer.execute("PRAGMA max_page_count=1000000")
    assert full.append_many(batch)[0] == Receipt(2, False)


def test_a_place_where_no_file_can_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(SpoolUnavailable):
        SqliteSpool(tmp_path / "file" / "spool.sqlite3")


def test_every_commit_is_flushed(tmp_path: Path) -> None:
    spool = SqliteSpool(tmp_path / "s.sqlite3")
    assert spool._writer.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert spool._writer.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert sqlite3.threadsafety == 3


@given(
    key=st.text(min_size=1, max_size=40),
    certainty=st.none() | st.floats(0, 1),
    content=st.dictionaries(
        st.text(max_size=8),
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=8),
        max_size=4,
    ),
)
def test_bytes_are_canonical(key: str, certainty: float | None, content: dict[str, object]) -> None:
    """What the journal hashes can be made again from what was read."""
    given_one = observation(key, certainty=certainty, content=content)
    encoded = encode(given_one).content
    assert encode(decode(encoded)).content == encoded
    turned = dict(reversed(list(content.items())))
    assert encode(observation(key, id=given_one.id, certainty=certainty, content=turned)).content == encoded


@given(
    batches=st.lists(
        st.lists(
            st.tuples(st.sampled_from(["redon", "guer"]), st.text("ab\x00'\"[\\é€🔥", max_size=2)),
            max_size=90,
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_keys_and_the_groups_each_message_has_one_position(
    batches: list[list[tuple[str, str]]],
) -> None:
    first: dict[tuple[str, str], int] = {}
    with TemporaryDirectory() as folder:
        spool = SqliteSpool(Path(folder) / "s.sqlite3")
        for batch in batches:
            due = []
            for name in batch:
                again = name in first
                due.append(Receipt(first.setdefault(name, len(first) + 1), again))
            put = [observation(key, territory=town) for town, key in batch]
            assert spool.append_many(put) == due
        kept = spool.read(0, 1_000)
        assert [position for position, _ in kept] == list(range(1, len(first) + 1))
        assert {(each.territory, each.key): position for position, each in kept} == first
        spool.close()
