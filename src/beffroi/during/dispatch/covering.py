"""Whether the free units still cover the town, and who should move where while others are busy."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from threading import Lock

import msgspec
import numpy as np

from beffroi.during.dispatch import scene
from beffroi.during.dispatch.methods.coverage import Ground, Move, Standard, covered, ground, moves
from beffroi.during.dispatch.rules.may_go import OWN_COMMAND
from beffroi.during.dispatch.rules.shapes import Candidate
from beffroi.foundation import settings as configuration
from beffroi.foundation.geography import Position
from beffroi.territory import queries as territory

#: Towns whose cells are kept: a minute of work for two hundred of them, some kilobytes each.
_MOST_KEPT = 256
_kept: OrderedDict[str, Ground | None] = OrderedDict()
_lock = Lock()


class MoveView(msgspec.Struct, frozen=True, kw_only=True):
    """A free unit that would cover more elsewhere: where to, how long it drives (s), and the share of
    buildings (0 to 1) that free units then reach in time, all moves before it made."""

    unit: str
    name: str
    lat: float
    lon: float
    seconds: float
    share: float
    place: str = ""


class CoverView(msgspec.Struct, frozen=True, kw_only=True):
    """How the free units cover a town, as shares of its buildings (0 to 1) reached within `within_s` (s).

    `share`: by at least one of them, now. `all_free`: if every unit on duty were free where it is. `moves`
    is empty while nobody is busy; services under their own command count, and are not told where to go.
    """

    territory: str
    within_s: float
    buildings: int
    free: int
    busy: int
    share: float
    all_free: float
    moves: list[MoveView]


def cover(key: str, at: datetime) -> CoverView | None:
    """How the town is covered at `at`; None without a map, buildings or units. Raises UnknownTerritory."""
    here = scene.town(key, at)
    cells = _ground(key, here, at)
    on_duty = [unit for unit in here.units if unit.state != "off" and unit.lat is not None]
    if cells is None or not on_duty:
        return None
    settings = configuration.current()
    standard = Standard(within_s=settings.cover_within_seconds, busy=settings.unit_busy_share)
    places = dict(zip((unit.unit for unit in on_duty), _cells(cells, on_duty), strict=True))
    free = [unit for unit in on_duty if unit.state == "free" and not unit.mission]
    at_free = [places[unit.unit] for unit in free]
    standing = list(at_free)
    proposed = []
    others = frozenset(number for number, unit in enumerate(free) if unit.kind in OWN_COMMAND)
    wanted = len(free) < len(on_duty)
    for each in moves(cells, at_free, standard, staying=others) if wanted else []:
        standing[each.unit] = each.cell
        proposed.append(_move(cells, each, free[each.unit], covered(cells, standing, standard.within_s)))
    return CoverView(
        territory=key,
        within_s=standard.within_s,
        buildings=int(cells.weight.sum()),
        free=len(free),
        busy=len(on_duty) - len(free),
        share=covered(cells, at_free, standard.within_s),
        all_free=covered(cells, list(places.values()), standard.within_s),
        moves=[msgspec.structs.replace(each, place=_words(key, each, at)) for each in proposed],
    )


def _move(cells: Ground, move: Move, unit: Candidate, share: float) -> MoveView:
    lat, lon = float(cells.lat[move.cell]), float(cells.lon[move.cell])
    return MoveView(unit=unit.unit, name=unit.name, lat=lat, lon=lon, seconds=move.seconds, share=share)


def _words(key: str, move: MoveView, at: datetime) -> str:
    return territory.place_name(key, move.lat, move.lon, at)


def _cells(cells: Ground, units: list[Candidate]) -> list[int]:
    found = cells.nearest([Position(unit.lat or 0.0, unit.lon or 0.0) for unit in units])
    return [int(each) for each in found]


def _ground(key: str, here: scene.Town, at: datetime) -> Ground | None:
    if here.graph is None:
        return None
    name = territory.version_at(key, at).folder
    with _lock:
        if name in _kept:
            _kept.move_to_end(name)
            return _kept[name]
    outlines = territory.buildings(key, at).outlines
    lat = (np.asarray(outlines.south) + np.asarray(outlines.north)) / 2
    lon = (np.asarray(outlines.west) + np.asarray(outlines.east)) / 2
    made = ground(here.graph, lat, lon)
    with _lock:
        _kept[name] = made
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return made
