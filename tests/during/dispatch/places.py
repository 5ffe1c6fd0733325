"""A town of one long street, with what a test needs on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from tests.territory.towns import PLANE, osm

from beffroi.during.incident.models import Incident, Numbering
from beffroi.foundation.geography import Position
from beffroi.journal import queries as journal
from beffroi.territory import actions as territory
from beffroi.territory.models import PatrolUnit, Territory
from beffroi.territory.town_import import import_town

NOW = datetime(2026, 11, 12, 1, 39, 46, tzinfo=UTC)
OPERATOR = uuid4()


def place(x: float, y: float = 0.0, radius_m: float = 0.0) -> Position:
    """A position, in metres from the western end of the street."""
    lat, lon = PLANE.to_lat_lon(x, y)
    return Position(float(lat), float(lon), radius_m)


def long_street(target: Path, *, houses: bool = False) -> Path:
    """Eight kilometres of one street, a node every 500 m; with `houses`, one every 100 m."""
    nodes = {k + 1: (500.0 * k, 0.0) for k in range(17)}
    ways: dict[int, tuple[list[int], dict[str, str]]] = {
        1: (list(nodes), {"highway": "secondary", "maxspeed": "50", "name": "Grande Rue"})
    }
    for house in range(80 if houses else 0):
        first, x = 100 + 4 * house, 100.0 * house + 45
        corners = [(x, 12.0), (x + 10, 12.0), (x + 10, 22.0), (x, 22.0)]
        nodes.update({first + k: corner for k, corner in enumerate(corners)})
        ways[100 + house] = ([*range(first, first + 4), first], {"building": "house"})
    return osm(target, nodes, ways)


@dataclass
class Street:
    """The town: units and incidents are put on the street where a test wants them."""

    key: str
    exercise: bool = False
    made: list[UUID] = field(default_factory=list)

    def unit(self, key: str, x: float | None, *, heard_s: float = 2.0, **more: Any) -> PatrolUnit:
        """A unit `x` metres along the street (None: never heard), heard `heard_s` ago."""
        kept = {"name": f"Patrouille {key}", "kind": "municipal", "state": "free", "exercise": self.exercise}
        row = PatrolUnit.objects.create(
            territory=Territory.objects.get(key=self.key), key=key, origin="test", **(kept | more)
        )
        if x is not None:
            self.move(key, x, NOW - timedelta(seconds=heard_s))
        return row

    def move(self, key: str, x: float, at: datetime, y: float = 0.0) -> None:
        """The unit is heard at another place."""
        territory.move_unit(territory=self.key, unit=key, position=place(x, y), at=at)

    def incident(self, x: float | None = 4000.0, *, entered_s: float = 75.0, **more: Any) -> UUID:
        """An incident `x` metres along the street (None: place unknown), entered `entered_s` ago."""
        numbering, _ = Numbering.objects.get_or_create(territory_key=self.key, defaults={"last": 1186})
        numbering.last += 1
        numbering.save()
        entered = NOW - timedelta(seconds=entered_s)
        where = place(x) if x is not None else None
        kept: dict[str, Any] = {
            "id": uuid4(),
            "territory_key": self.key,
            "number": numbering.last,
            "state": "confirmed",
            "phase": "decide",
            "act": "burglary",
            "title": "act.burglary",
            "exercise": self.exercise,
            "lat": where.lat if where else None,
            "lon": where.lon if where else None,
            "probability": 0.97,
            "low": 0.93,
            "high": 0.99,
            "entered_at": entered,
            "last_sign_at": NOW - timedelta(seconds=25),
            "leave_by": entered + timedelta(seconds=300),
            "seen_at": entered,
            "received_at": entered,
            "fused_at": entered,
            "confirmed_at": NOW,
        }
        row = Incident.objects.create(**(kept | more))
        self.made.append(row.pk)
        return row.pk

    def facts(self) -> list[tuple[str, dict[str, Any]]]:
        """What the territory's journal says of incidents and units, in order: fact and body."""
        entries = journal.follow(0, journals=[f"territory:{self.key}"], limit=10_000)
        return [
            (each.fact, each.body or {})
            for each in entries
            if each.fact.startswith(("incident.", "unit.state"))
        ]


def street(folder: Path, name: str = "Longue-Rue", exercise: bool = False, *, houses: bool = False) -> Street:
    """The town, imported as any other."""
    made = import_town(
        file=long_street(folder / "street.osm", houses=houses),
        name=name,
        exercise=exercise,
        at=NOW - timedelta(days=1),
    )
    return Street(made.territory.key, exercise)
