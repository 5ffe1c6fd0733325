"""An engine that folds and takes up, and someone on duty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from tests.during.fusion.made import NIGHT, observation

from beffroi.during.fusion import actions as fusion
from beffroi.during.fusion import engine
from beffroi.during.incident import actions
from beffroi.during.incident.models import Incident
from beffroi.during.intake.spool_sqlite import SqliteSpool

Say = Callable[..., list[UUID]]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Say]:
    """Observe, fold and take up as one batch: each a kind, a device, seconds, a place; what was touched."""
    spool = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(engine, "shared", lambda: spool)
    engine.forget()
    numbers = iter(range(1, 10_000))

    def _say(*said: tuple[str, str, float, tuple[float, float]], **more: Any) -> list[UUID]:
        before = spool.head()
        spool.append_many(
            [observation(next(numbers), k, d, NIGHT, s, place=place, **more) for k, d, s, place in said]
        )
        with transaction.atomic():
            return list(actions.take_up(fusion.step(spool.read(before, 1000))))

    yield _say
    engine.forget()
    spool.close()


@pytest.fixture
def member() -> UUID:
    """Someone on duty."""
    return uuid4()


@pytest.fixture
def incident(say: Say) -> Incident:
    """A door alarm that nobody confirmed yet."""
    (identifier,) = say(("intrusion.door", "P-1", 0.0, (0.0, 0.0)))
    return Incident.objects.get(pk=identifier)
