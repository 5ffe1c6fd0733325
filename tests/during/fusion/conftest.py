"""A spool and an engine of each test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.during.fusion.made import NIGHT, observation

from beffroi.during.fusion import engine
from beffroi.during.intake.facts import Observation
from beffroi.during.intake.spool_sqlite import SqliteSpool

Put = Callable[..., list[tuple[int, Observation]]]


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteSpool]:
    """An empty spool that the engine reads."""
    made = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(engine, "shared", lambda: made)
    engine.forget()
    yield made
    engine.forget()
    made.close()


@pytest.fixture
def put(spool: SqliteSpool) -> Put:
    """Put observations (kind, device, seconds, more) in the spool; them with their positions."""
    count = iter(range(1, 10_000))

    def _put(*said: tuple[str, str, float] | tuple[str, str, float, dict[str, Any]]) -> Any:
        before = spool.head()
        batch = []
        for kind, device, seconds, *more in said:
            extra = more[0] if more else {}
            batch.append(observation(next(count), kind, device, NIGHT, seconds, **extra))
        spool.append_many(batch)
        return spool.read(before, len(batch))

    return _put
