"""A village that keeps a rota: who lives there, what happens, and the settings of a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from tests.during.fusion.made import NIGHT, observation
from tests.territory.towns import cross

from beffroi.during.fusion import actions as fusion
from beffroi.during.fusion import engine
from beffroi.during.incident import actions as incidents
from beffroi.during.incident.models import Incident
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.during.oncall import actions
from beffroi.foundation import clock, settings
from beffroi.people import actions as people
from beffroi.people.models import Member
from beffroi.territory.town_import import import_town

KEY = "village"
ALL_WEEK = range(8)
Configured = Callable[..., None]
Happen = Callable[..., Incident]


@dataclass
class Village:
    """Its key and its people."""

    key: str
    mayor: Member
    deputy: Member
    coordinator: Member
    resident: Member


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configured]:
    """Settings of this test only."""

    def set_to(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"BEFFROI_{name.upper()}", str(value))
        settings.current.cache_clear()

    yield set_to
    monkeypatch.undo()
    settings.current.cache_clear()


@pytest.fixture
def village(db: None, tmp_path: Path, at_night: clock.FixedClock) -> Village:
    """A village with a mayor, a deputy, a coordinator, and a referent who may answer nothing."""
    import_town(file=cross(tmp_path / "cross.osm"), name="Saint-Jean-la-Poterie", key=KEY)
    people.create_installation(name="Village")
    people.know_territory(key=KEY)
    organisation = people.create_organisation(name="Mairie", kind="commune")

    def member(name: str, role: str) -> Member:
        return people.create_member(
            email=f"{name}@village.example",
            display_name=name.title(),
            organisation=organisation,
            roles=[role],
            territories=[KEY],
        )

    return Village(
        KEY,
        member("mayor", "elected"),
        member("deputy", "elected"),
        member("coordinator", "coordinator"),
        member("resident", "referent"),
    )


@pytest.fixture
def rota(village: Village) -> Village:
    """The mayor first, the deputy second, day and night; both with a telephone."""
    for rank, member, number in ((1, village.mayor, "06 12 34 56 01"), (2, village.deputy, "06 12 34 56 02")):
        actions.set_contact(member=member, mobile=number, email="", channels=["sms", "email"], actor="system")
        add(village, member, rank)
    return village


def add(village: Village, member: Member, rank: int, **more: Any) -> None:
    """A line of the whole week, whole days."""
    given = {"days": ALL_WEEK, "begins": time(8), "ends": time(8), "first": date(2026, 1, 1), "last": None}
    actions.add_line(territory=village.key, member=member, rank=rank, actor="system", **{**given, **more})


@pytest.fixture
def happen(village: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Happen]:
    """Observations of the night, folded and taken up; the incident that they touched last."""
    spool = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(engine, "shared", lambda: spool)
    engine.forget()
    numbers = iter(range(1, 10_000))

    def tell(*said: tuple[str, str, float], place: tuple[float, float] = (2.0, 2.0), **more: Any) -> Incident:
        before = spool.head()
        spool.append_many(
            [
                observation(next(numbers), kind, device, NIGHT, seconds, place=place, territory=KEY, **more)
                for kind, device, seconds in said
            ]
        )
        with transaction.atomic():
            touched = list(incidents.take_up(fusion.step(spool.read(before, 1000))))
        return Incident.objects.get(pk=touched[-1])

    yield tell
    engine.forget()
    spool.close()


@pytest.fixture
def burglary(happen: Happen) -> Incident:
    """A door alarm that a camera confirms."""
    return happen(("intrusion.door", "P-1", 0.0), ("presence.person", "C-1", 5.0))


@pytest.fixture
def at_night() -> Iterator[clock.FixedClock]:
    """The clock stands at the night's hour until it is moved."""
    fixed = clock.FixedClock(NIGHT)
    with clock.use(fixed):
        yield fixed


def one(identifier: UUID) -> Incident:
    """An incident as it is now."""
    return Incident.objects.get(pk=identifier)
