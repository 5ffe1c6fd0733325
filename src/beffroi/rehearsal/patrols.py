"""Patrols of an exercise drive: rounds while they are free, the fastest way once they are sent.

Rounds keep away from where the act will be: a patrol before the door would leave nothing to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from beffroi.during.dispatch import queries as dispatch
from beffroi.foundation import clock
from beffroi.foundation.geography import Position, distance_m
from beffroi.rehearsal import queries
from beffroi.rehearsal.methods import rounds
from beffroi.territory import actions as territory_actions
from beffroi.territory import queries as territory_queries
from beffroi.territory.methods.paths import Route
from beffroi.territory.shown import UnitView

_ROUND_M = (250.0, 1400.0)
_NEAR_M = 40.0


@dataclass
class _Drive:
    """A way under way: where it leads, what for ('' on a round), and when it began (monotonic seconds)."""

    way: Route
    mission: str
    began: float


class Patrols:
    """Moves the units of one exercise. `step` is called every second or two."""

    def __init__(self, territory: str, pace: float = 1.0, seed: int = 7) -> None:
        self.territory = territory
        self._pace = pace
        self._random = Random(seed)  # noqa: S311 - rounds of an exercise, not a secret
        self._drives: dict[str, _Drive] = {}
        self._corners = queries.corners(territory, away_from=queries.cast(territory).target.place)

    def step(self) -> int:
        """Move every unit a little, but those that a phone has taken; returns how many moved."""
        taken = dispatch.crews(self.territory)
        for key in taken:
            self._drives.pop(key, None)
        return sum(
            self._move(unit)
            for unit in territory_queries.units(self.territory)
            if unit.exercise and unit.position and unit.key not in taken
        )

    def _move(self, unit: UnitView) -> bool:
        if unit.state not in ("free", "sent"):
            return self._stay(unit)
        mission = (unit.mission or "sent") if unit.state == "sent" else ""
        drive = self._drives.get(unit.key)
        if drive is None or drive.mission != mission:
            drive = self._set_out(unit, mission)
        if drive is None:
            return self._stay(unit)
        elapsed = (clock.current().monotonic() - drive.began) * self._pace
        now = rounds.at(drive.way, elapsed)
        territory_actions.move_unit(
            territory=self.territory, unit=unit.key, position=now.place, heading_deg=now.heading_deg
        )
        if now.arrived and not mission:
            del self._drives[unit.key]
        return True

    def _stay(self, unit: UnitView) -> bool:
        """A unit that stands still still says where it is."""
        self._drives.pop(unit.key, None)
        assert unit.position is not None  # noqa: S101 - `step` asks only those that have one
        territory_actions.move_unit(
            territory=self.territory, unit=unit.key, position=unit.position, heading_deg=unit.heading_deg
        )
        return False

    def _set_out(self, unit: UnitView, mission: str) -> _Drive | None:
        assert unit.position is not None  # noqa: S101 - `step` asks only those that have one
        to = (
            queries.place_of_mission(self.territory, unit.key)
            if mission
            else self._next_corner(unit.position)
        )
        if to is None or distance_m(unit.position, to) < _NEAR_M / 4:
            return None
        way = territory_queries.streets(self.territory).route(unit.position, to)
        if way is None or len(way.points) < 2:
            return None
        drive = _Drive(way, mission, clock.current().monotonic())
        self._drives[unit.key] = drive
        return drive

    def _next_corner(self, here: Position) -> Position | None:
        near = [each for each in self._corners if _ROUND_M[0] <= distance_m(here, each) <= _ROUND_M[1]]
        return self._random.choice(near) if near else None
