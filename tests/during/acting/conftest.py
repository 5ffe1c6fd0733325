"""A town with lamps, a bollard and a loudspeaker, an operator, and an incident beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from tests.during.acting.declarations import BOLLARD, LAMPS, SPEAKER
from tests.during.fusion.made import at, observation
from tests.territory.towns import cross

from beffroi.during.acting import actions
from beffroi.during.fusion import actions as fusion
from beffroi.during.fusion import engine
from beffroi.during.incident import actions as incidents
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import clock
from beffroi.journal import queries as journal
from beffroi.journal.entries import EntryView
from beffroi.people import actions as people
from beffroi.people.models import Member
from beffroi.territory import models as territory
from beffroi.territory.town_import import import_town

KEY = "town"
DEVICES = {"L-1": ("lamp", (60.0, 0.0)), "B-1": ("barrier", (20.0, 5.0)), "H-1": ("speaker", (300.0, 0.0))}


@dataclass
class Town:
    """The town: its people, and the actuators as they were declared."""

    key: str
    operator: Member
    coordinator: Member
    made: dict[str, actions.Made]

    def log(self, prefix: str = "acting.") -> list[EntryView]:
        """What the journal holds of commands."""
        found = journal.numbered(f"territory:{self.key}", after=0, limit=999)
        return [each for each in found if each.fact.startswith(prefix)]

    def facts(self) -> list[str]:
        """What became of commands, in order."""
        names = [each.fact.removeprefix("acting.") for each in self.log()]
        return [each for each in names if each not in ("declared", "account_made")]


@pytest.fixture
def town(db: None, tmp_path: Path) -> Town:
    """Nothing of it is an exercise."""
    import_town(file=cross(tmp_path / "cross.osm"), name="Town", key=KEY)
    row = territory.Territory.objects.get(key=KEY)
    people.create_installation(name="Pays de Redon")
    people.know_territory(key=KEY)
    for key, (kind, place) in DEVICES.items():
        lat, lon = at(*place)
        territory.Device.objects.create(
            territory=row, key=key, kind=kind, name=f"{kind} {key}", lat=lat, lon=lon, origin="test",
            valid_from=clock.now(),
        )  # fmt: skip
    organisation = people.create_organisation(name="Town", kind="commune")

    def member(name: str, role: str) -> Member:
        return people.create_member(
            email=f"{name}@town.example", display_name=name.title(), organisation=organisation,
            roles=[role], territories=[KEY],
        )  # fmt: skip

    made = {
        key: actions.declare(territory=KEY, key=key, device=device, declaration=text)
        for key, device, text in (
            ("lamps", "L-1", LAMPS),
            ("bollard", "B-1", BOLLARD),
            ("speaker", "H-1", SPEAKER),
        )
    }
    return Town(KEY, member("camille", "operator"), member("dominique", "coordinator"), made)


@pytest.fixture
def happen(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., UUID]]:
    """A door alarm at the crossroads; its incident."""
    spool = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(engine, "shared", lambda: spool)
    engine.forget()
    numbers = iter(range(1, 100))

    def tell(**more: Any) -> UUID:
        said = observation(
            next(numbers), "intrusion.door", "P-1", clock.now(), 0.0, place=(2.0, 2.0), territory=KEY, **more
        )
        before = spool.head()
        spool.append_many([said])
        with transaction.atomic():
            return next(iter(incidents.take_up(fusion.step(spool.read(before, 10)))))

    yield tell
    engine.forget()
    spool.close()


@pytest.fixture
def incident(happen: Callable[..., UUID]) -> UUID:
    """A real one."""
    return happen()
