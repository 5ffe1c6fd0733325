"""The journal's digests of what was kept: whatever the batches, and after an engine that ended."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.during.intake.shapes import observation

from beffroi.during.intake.keeping import Keeping
from beffroi.during.intake.spool import decode
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.journal import queries as journal

pytestmark = pytest.mark.django_db


@pytest.fixture
def spool(tmp_path: Path) -> SqliteSpool:
    made = SqliteSpool(tmp_path / "spool.sqlite3")
    made.append_many(
        [
            observation("a", exercise=True),
            observation("b", territory="guer", exercise=True),
            observation("c"),
            observation("d"),
        ]
    )
    return made


def folded(keeping: Keeping, spool: SqliteSpool, *positions: int) -> None:
    kept = {at: content for at, content in spool.stored(0, 99)}
    keeping.take((at, decode(kept[at]), kept[at]) for at in positions)


def told() -> list[tuple[str, dict[str, object]]]:
    found = journal.follow(0, facts=["intake.batch_kept"])
    return [(each.subject, each.body) for each in found]


def by_hand(spool: SqliteSpool, *positions: int) -> str:
    said = hashlib.sha256()
    for at, content in spool.stored(0, 99):
        if at in positions:
            said.update(at.to_bytes(8, "big") + len(content).to_bytes(4, "big") + content)
    return said.hexdigest()


def test_a_digest_says_what_came_since_the_last(spool: SqliteSpool) -> None:
    keeping = Keeping(spool, 0)
    folded(keeping, spool, 1, 2)
    folded(keeping, spool, 3)
    assert keeping.tell() == 2
    assert keeping.tell() == 0, "told once"
    folded(keeping, spool, 4)
    keeping.tell()
    first, other, second = told()[1], told()[0], told()[2]
    assert first[0] == second[0] == "territory:redon"
    assert first[1] == {"first": 1, "last": 3, "count": 2, "sha256": by_hand(spool, 1, 3), "exercise": False}
    assert (other[0], other[1]["count"], other[1]["exercise"]) == ("territory:guer", 1, True)
    assert second[1]["sha256"] == by_hand(spool, 4)


def test_what_an_engine_did_not_tell_before_it_ended_the_next_one_tells(spool: SqliteSpool) -> None:
    folded(Keeping(spool, 0), spool, 1, 2, 3)  # and it ends
    keeping = Keeping(spool, 3)
    keeping.tell()
    assert dict(told())["territory:redon"]["sha256"] == by_hand(spool, 1, 3)
    folded(keeping, spool, 4)
    keeping.tell()
    assert sum(int(str(body["count"])) for _, body in told()) == 4


def test_an_installation_that_told_each_batch_so_far_tells_none_again(spool: SqliteSpool) -> None:
    keeping = Keeping(spool, 3)
    assert keeping.tell() == 0
    folded(keeping, spool, 4)
    keeping.tell()
    assert [body["first"] for _, body in told()] == [4]
