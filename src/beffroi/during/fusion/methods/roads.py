"""Devices and the streets between them: what the fold asks of a town. Pure: usable without Django."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo

from beffroi.during.fusion.rules.shapes import Place
from beffroi.foundation.geography import Position, metres_per_degree
from beffroi.territory.methods.graph import StreetGraph

# Beyond this road distance nothing is one act and no signal is found again: searches stop there.
_LIMIT_M = 700.0
_NEIGHBOURS_M = 300.0
_MOST_PAIRS = 200_000


class StreetScene:
    """Devices that stand somewhere and streets between them: the same answers for ever, worked out once."""

    def __init__(
        self, devices: Mapping[str, Place], streets: Callable[[], StreetGraph | None], zone: tzinfo
    ) -> None:
        """`streets` is asked once, when a road distance is first wanted; None where there are none."""
        self.zone = zone
        self._devices = dict(devices)
        self._ask: Callable[[], StreetGraph | None] = streets
        self._streets: StreetGraph | None = None
        self._asked = False
        self._roads: dict[tuple[str, str], int] = {}

    def device(self, key: str) -> Place | None:
        """Where a device stood, or None."""
        return self._devices.get(key)

    def road_m(self, one: Place, other: Place) -> int | None:
        """Whole metres by road, `_LIMIT_M` where it is at least that; None where no street is known."""
        if one.key > other.key:
            one, other = other, one
        pair = (one.key, other.key)
        known = self._roads.get(pair)
        if known is not None:
            return known
        if not self._asked:
            self._streets, self._asked = self._ask(), True
        if self._streets is None:
            return None
        self._measure(self._streets, one, other)
        return self._roads[pair]

    def _measure(self, streets: StreetGraph, one: Place, other: Place) -> None:
        """One search from `one` answers for `other` and for every device around that may be asked next."""
        if len(self._roads) > _MOST_PAIRS:
            self._roads.clear()
        origin = Position(one.lat, one.lon)
        targets = [other]
        if one.key in self._devices:
            targets += [each for each in self._around(origin) if each.key > one.key]
        places = [Position(each.lat, each.lon) for each in targets]
        for target, metres in zip(targets, streets.metres_from(origin, places, _LIMIT_M), strict=True):
            self._roads[one.key, target.key] = round(min(float(metres), _LIMIT_M))

    def _around(self, origin: Position) -> list[Place]:
        per_lat, per_lon = metres_per_degree(origin.lat)
        return [
            each
            for each in self._devices.values()
            if abs(each.lat - origin.lat) * per_lat <= _NEIGHBOURS_M
            and abs(each.lon - origin.lon) * per_lon <= _NEIGHBOURS_M
        ]
