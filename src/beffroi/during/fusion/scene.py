"""The scene of a territory, read from its dated tables."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import Max

from beffroi.during.fusion.methods.roads import StreetScene
from beffroi.during.fusion.rules.shapes import Place
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import NotFound
from beffroi.territory import models as town
from beffroi.territory import queries as territory
from beffroi.territory.methods.graph import StreetGraph


def town_scene(key: str, at: datetime | None) -> StreetScene:
    """A territory as it stood at `at`; without devices or streets where `at` is None."""
    zone = ZoneInfo(configuration.current().time_zone)
    places = {
        device.key: Place(device.key, device.position.lat, device.position.lon, device.position.radius_m)
        for device in (territory.devices(key, at) if at is not None else [])
        if device.position is not None
    }
    return StreetScene(places, lambda: _streets(key, at), zone)


def _streets(key: str, at: datetime | None) -> StreetGraph | None:
    if at is None:
        return None
    try:
        return territory.streets(key, at)
    except NotFound:
        return None


def changed_at(key: str) -> datetime | None:
    """When a territory's devices or map last changed; None where it has none."""
    devices = town.Device.objects.filter(territory__key=key).aggregate(a=Max("valid_from"), b=Max("valid_to"))
    maps = town.TownVersion.objects.filter(territory__key=key).aggregate(a=Max("valid_from"))
    found = [each for each in (devices["a"], devices["b"], maps["a"]) if each is not None]
    return max(found, default=None)


@lru_cache(maxsize=256)
def scene(key: str, at: datetime | None) -> StreetScene:
    """The scene of a territory at an instant, read once per process."""
    return town_scene(key, at)
