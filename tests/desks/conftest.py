"""A small real town with a camera and two patrols, people on duty, and an engine that folds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from tests.during.fusion.made import at, observation
from tests.territory.towns import cross

from beffroi.during.dispatch import actions as dispatch
from beffroi.during.fusion import actions as fusion
from beffroi.during.fusion import engine
from beffroi.during.incident import actions as incidents
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import clock
from beffroi.people import actions as people
from beffroi.people.models import Member
from beffroi.territory import models as territory
from beffroi.territory.town_import import import_town

KEY = "town"
PASSWORD = "le guet veille sur la tour"
Happen = Callable[..., UUID]


@dataclass
class Town:
    """The town and its people."""

    key: str
    operator: Member
    other: Member
    referent: Member

    def signed_in(self, member: Member, language: str = "en") -> Client:
        """A browser in which this member is signed in."""
        client = Client(headers={"accept-language": language})
        client.force_login(member)
        client.cookies["django_language"] = language
        return client


def _unit(row: territory.Territory, key: str, place: tuple[float, float], kind: str = "municipal") -> None:
    lat, lon = at(*place)
    territory.PatrolUnit.objects.create(
        territory=row,
        key=key,
        name=f"Patrol {key}",
        kind=kind,
        lat=lat,
        lon=lon,
        position_at=clock.now(),
        origin="test",
    )


@pytest.fixture
def town(db: None, tmp_path: Path) -> Town:
    """A crossroads of two named streets, marked neither exercise nor demonstration."""
    imported = import_town(file=cross(tmp_path / "cross.osm"), name="Town", key=KEY)
    row = territory.Territory.objects.get(key=imported.territory.key)
    people.create_installation(name="Pays de Redon")
    people.know_territory(key=row.key)
    lat, lon = at(20.0, 8.0)
    territory.Device.objects.create(
        territory=row, key="C-1", kind="camera", lat=lat, lon=lon, direction_deg=270, field_deg=90,
        reach_m=60, origin="test", valid_from=clock.now(),
    )  # fmt: skip
    _unit(row, "P1", (150.0, 0.0))
    _unit(row, "P2", (0.0, -180.0))
    organisation = people.create_organisation(name="Town", kind="commune")

    def member(name: str, role: str) -> Member:
        return people.create_member(
            email=f"{name}@town.example", display_name=name.title(), organisation=organisation,
            password=PASSWORD, roles=[role], territories=[row.key],
        )  # fmt: skip

    return Town(
        row.key, member("camille", "operator"), member("jo", "supervisor"), member("dominique", "referent")
    )


@pytest.fixture
def happen(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Happen]:
    """Observations at the crossroads, folded, taken up and ranked; the incident that they touched last."""
    spool = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(engine, "shared", lambda: spool)
    engine.forget()
    numbers = iter(range(1, 10_000))
    start = clock.now()

    def tell(*said: tuple[str, str, float], place: tuple[float, float] = (2.0, 2.0), **more: Any) -> UUID:
        before = spool.head()
        spool.append_many(
            [
                observation(
                    next(numbers), kind, device, start, seconds, place=place, territory=town.key, **more
                )
                for kind, device, seconds in said
            ]
        )
        with transaction.atomic():
            touched = list(incidents.take_up(fusion.step(spool.read(before, 1000))))
        for each in touched:
            dispatch.rank(incident_id=each, at=clock.now())
        return touched[-1]

    yield tell
    engine.forget()
    spool.close()


@pytest.fixture
def burglary(happen: Happen) -> UUID:
    """A door alarm that a camera confirms."""
    return happen(("intrusion.door", "P-1", -30.0), ("presence.person", "C-1", -20.0))
