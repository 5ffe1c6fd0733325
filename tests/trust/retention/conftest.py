"""A town with incidents, a spool that the engine reads, and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from tests.during.fusion.made import observation

from beffroi.during.fusion import actions as fusion
from beffroi.during.fusion import engine
from beffroi.during.incident import actions as incidents
from beffroi.during.intake import spool as spools
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import clock
from beffroi.people import actions as people
from beffroi.people.models import Member

TOWN = "town"
BEGAN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
Happen = Callable[..., UUID]


@pytest.fixture
def time() -> Iterator[clock.FixedClock]:
    """The house's clock, which moves when the test says so."""
    with clock.use(clock.FixedClock(BEGAN)) as made:
        assert isinstance(made, clock.FixedClock)
        yield made


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteSpool]:
    """A spool that intake, the engine and retention share."""
    made = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(engine, "shared", lambda: made)
    monkeypatch.setattr(spools, "shared", lambda: made)
    engine.forget()
    yield made
    engine.forget()
    made.close()


@pytest.fixture
def member(time: clock.FixedClock, db: None) -> Member:
    """Somebody of the town's duty desk."""
    people.create_installation(name="Pays de Redon")
    people.know_territory(key=TOWN)
    return people.create_member(
        email="camille@town.example",
        display_name="Camille",
        organisation=people.create_organisation(name="Town", kind="commune"),
        password="le guet veille sur la tour",
        roles=["operator"],
        territories=[TOWN],
    )


@pytest.fixture
def happen(spool: SqliteSpool, member: Member) -> Happen:
    """A door alarm that a camera confirms, folded, noted and closed, now."""
    numbers = iter(range(1, 100_000))

    def made(text: str = "Vitre brisée côté cour") -> UUID:
        before, now = spool.head(), clock.now() - timedelta(seconds=30)
        batch = [
            observation(next(numbers), "intrusion.door", "P-1", now, 0, place=(0.0, 0.0)),
            observation(next(numbers), "presence.person", "C-1", now, 9, place=(3.0, 0.0)),
        ]
        spool.append_many(batch)
        with transaction.atomic():
            (found, *_) = incidents.take_up(fusion.step(spool.read(before, 1000)))
            fusion.checkpoint()
        incidents.acknowledge(incident=found, member=member.pk)
        incidents.annotate(incident=found, member=member.pk, text=text)
        incidents.close(incident=found, member=member.pk, outcome="real")
        with transaction.atomic():
            fusion.step([])
        return found

    return made
