"""The town as the fold asks of it: where devices stand, how far places are by road."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import Max

from beffroi.during.fusion.rules.shapes import Place
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import NotFound
from beffroi.foundation.geography import Position, distance_m
from beffroi.territory import models as town
from beffroi.territory import queries as territory

_LIMIT_M = 1500.0
_NEIGHBOURS_M = 700.0
_MOST_PAIRS = 200_000


class TownScene:
    """One territory as it stood at one instant; the same answers for ever, kept once worked out."""

    def __init__(self, key: str, at: datetime | None, zone: tzinfo | None = None) -> None:
        """Read the devices in place at `at`; no town at all when `at` is None."""
        self.zone = zone or ZoneInfo(configuration.current().time_zone)
        self._key, self._at = key, at
        self._devices: dict[str, Place] = {}
        self._roads: dict[tuple[str, str], int] = {}
        self._has_streets = at is not None
        for device in territory.devices(key, at) if at is not None else []:
            if device.position is not None:
                where = device.position
                self._devices[device.key] = Place(device.key, where.lat, where.lon, where.radius_m)

    def device(self, key: str) -> Place | None:
        """Where a device stood, or None."""
        return self._devices.get(key)

    def road_m(self, one: Place, other: Place) -> int | None:
        """Whole metres by road, `_LIMIT_M` where it is at least that; None where no street is known."""
        if one.key > other.key:
            one, other = other, one
        pair = (one.key, other.key)
        known = self._roads.get(pair)
        if known is None and self._has_streets:
            self._measure(one, other)
            known = self._roads.get(pair)
        return known

    def _measure(self, one: Place, other: Place) -> None:
        try:
            streets = territory.streets(self._key, self._at)
        except NotFound:
            self._has_streets = False
            return
        if len(self._roads) > _MOST_PAIRS:
            self._roads.clear()
        origin = Position(one.lat, one.lon)
        targets = [other, *(each for each in self._around(origin) if each.key > one.key)]
        places = [Position(each.lat, each.lon) for each in targets]
        for target, metres in zip(targets, streets.metres_from(origin, places, _LIMIT_M), strict=True):
            self._roads[one.key, target.key] = round(min(float(metres), _LIMIT_M))

    def _around(self, origin: Position) -> list[Place]:
        near = (
            each
            for each in self._devices.values()
            if distance_m(origin, Position(each.lat, each.lon)) <= _NEIGHBOURS_M
        )
        return list(near)


def changed_at(key: str) -> datetime | None:
    """When a territory's devices or map last changed; None where it has none."""
    devices = town.Device.objects.filter(territory__key=key).aggregate(a=Max("valid_from"), b=Max("valid_to"))
    maps = town.TownVersion.objects.filter(territory__key=key).aggregate(a=Max("valid_from"))
    found = [each for each in (devices["a"], devices["b"], maps["a"]) if each is not None]
    return max(found, default=None)


@lru_cache(maxsize=256)
def scene(key: str, at: datetime | None) -> TownScene:
    """The scene of a territory at an instant, read once per process."""
    return TownScene(key, at)
