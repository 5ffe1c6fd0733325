"""The register of looks as the rules read it, with where cameras hang and who serves where."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.utils import timezone

from beffroi.during.incident.models import ShiftTaken
from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid, NotFound
from beffroi.journal import queries as journal
from beffroi.territory import queries as territory
from beffroi.trust.unusual.rules import INCIDENT, Look, Thresholds

FILE = Path(__file__).parent / "data" / "thresholds.toml"
_MOST = 20_000
_SHIFT = timedelta(hours=14)


def parse(text: str) -> Thresholds:
    """Thresholds from TOML. Raises Invalid."""
    try:
        found = Thresholds(**tomllib.loads(text))
    except (tomllib.TOMLDecodeError, TypeError) as broken:
        raise Invalid(where="thresholds", why=str(broken)) from None
    if not (0 <= found.night_until < found.night_from <= 24) or found.habit_days < found.same_camera_days:
        raise Invalid(where="thresholds", why="nights, or days, make no sense")
    return found


@lru_cache(maxsize=1)
def thresholds() -> Thresholds:
    """The thresholds in force."""
    return parse(FILE.read_text(encoding="utf-8"))


def looks(where: str, since: datetime) -> list[Look]:
    """The looks opened in a territory since an instant, but for exercises and for bodies that are gone."""
    told = journal.latest([f"territory:{where}"], ["camera.look_opened"], _MOST)
    recent = [each for each in told if each.time >= since and each.body and not each.body["exercise"]]
    streets, served = _streets(where), _served(since)
    return [
        Look(
            number=each.number,
            member=each.actor,
            device=each.body["device"],
            at=timezone.localtime(each.time),
            purpose=each.body["purpose"],
            street=streets.get(each.body["device"], ""),
            zone_outside=each.body["purpose"] != INCIDENT and _outside(served[each.actor], where, each.time),
        )
        for each in recent
        if each.body is not None
    ]


def _streets(where: str) -> dict[str, str]:
    """The street by which each camera of the map hangs."""
    try:
        graph = territory.streets(where)
        devices = territory.devices(where, kinds=["camera"])
    except NotFound:
        return {}
    return {
        each.key: graph.street_name(each.position.lat, each.position.lon)
        for each in devices
        if each.position is not None
    }


def _served(since: datetime) -> dict[str, list[tuple[datetime, str]]]:
    """Which shifts each member took over, where and when."""
    found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    rows = ShiftTaken.objects.filter(at__gte=since - _SHIFT, exercise=False)
    for member, at, where in rows.values_list("taken_by", "at", "territory_key"):
        found[f"member:{member}"].append((at, where))
    return found


def _outside(taken: list[tuple[datetime, str]], where: str, at: datetime) -> bool:
    """Whether they had taken over shifts, and none of them there; who took none over serves anywhere."""
    serving = {place for when, place in taken if at - _SHIFT <= when <= at}
    return bool(serving) and where not in serving


def since_of(habit_days: int) -> datetime:
    """From when on looks are read: the window of habits, and a day."""
    return clock.now() - timedelta(days=habit_days + 2)
