"""How well the free units cover the town, and who should move when some are busy: expected coverage.

The maximal expected covering location model (MEXCLP, Daskin 1983): a place that k units can reach in time
is served with probability 1 - q^k, where q is the share of time for which a unit is busy. One unit is moved
at a time to where it adds most, as dynamic MEXCLP does (Jagtenberg, Bhulai and van der Mei 2015). It moves
idle units about; who is sent to an act is another question (`rules/order.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beffroi.foundation.geography import LocalPlane, Position
from beffroi.territory.methods.graph import StreetGraph

Floats = NDArray[np.float64]

_CELL_M = 250.0
_MOST_CELLS = 400
#: Beyond this (s) nobody counts as near; also the farthest that a unit may be asked to go.
LIMIT_S = 900.0


@dataclass(frozen=True)
class Ground:
    """A town as cells: the middle of what each holds (degrees), its weight, and road seconds from the
    first cell to the second (infinite beyond `LIMIT_S`)."""

    lat: Floats
    lon: Floats
    weight: Floats
    seconds: Floats

    def nearest(self, places: Sequence[Position]) -> NDArray[np.int64]:
        """The cell in which each place lies, or the nearest."""
        plane = LocalPlane(float(self.lat.mean()), float(self.lon.mean()))
        x, y = plane.to_xy(self.lat, self.lon)
        at_x, at_y = plane.to_xy(np.array([p.lat for p in places]), np.array([p.lon for p in places]))
        found: NDArray[np.int64] = np.hypot(x[None] - at_x[:, None], y[None] - at_y[:, None]).argmin(axis=1)
        return found


@dataclass(frozen=True, slots=True)
class Standard:
    """What is asked: a unit within `within_s` (s); each busy for the share `busy` of its time; nobody moves
    for less than `least_gain` (0 to 1) nor farther than `farthest_s` (s)."""

    within_s: float
    busy: float
    least_gain: float = 0.03
    farthest_s: float = 600.0


@dataclass(frozen=True, slots=True)
class Move:
    """Unit number `unit` would go to `cell`, in `seconds`; expected coverage (0 to 1) before and after."""

    unit: int
    cell: int
    seconds: float
    before: float
    after: float


def ground(graph: StreetGraph, lat: Floats, lon: Floats) -> Ground | None:
    """The cells of a town from the places to be covered (degrees); None where there are none on a street.

    Cells are 250 m wide, wider where there would be more than 400.
    """
    if not len(lat):
        return None
    x, y = graph.plane.to_xy(lat, lon)
    cell, side = np.zeros(0, np.int64), _CELL_M
    while True:
        column, row = np.floor(x / side).astype(np.int64), np.floor(y / side).astype(np.int64)
        _, cell = np.unique(np.stack([column, row]), axis=1, return_inverse=True)
        if cell.max() < _MOST_CELLS:
            break
        side *= 1.25
    weight = np.bincount(cell).astype(np.float64)
    middle_lat = np.bincount(cell, weights=lat) / weight
    middle_lon = np.bincount(cell, weights=lon) / weight
    places = [Position(float(a), float(o)) for a, o in zip(middle_lat, middle_lon, strict=True)]
    seconds = graph.seconds_table(places, places, LIMIT_S).T
    reached = np.isfinite(seconds).sum(axis=0) > 1
    if not reached.any():
        return None
    keep = np.flatnonzero(reached)
    return Ground(middle_lat[keep], middle_lon[keep], weight[keep], seconds[np.ix_(keep, keep)])


def covered(here: Ground, cells: Sequence[int], within_s: float) -> float:
    """The share of the weight that at least one unit, each in its cell, reaches within `within_s`."""
    return expected(here, cells, within_s, 0.0)


def expected(here: Ground, cells: Sequence[int], within_s: float, busy: float) -> float:
    """Expected coverage (0 to 1) when each unit is busy for the share `busy` (0 to 1) of the time."""
    count = (here.seconds[list(cells)] <= within_s).sum(axis=0)
    return float((here.weight * (1 - busy**count)).sum() / here.weight.sum())


def moves(
    here: Ground,
    cells: Sequence[int],
    standard: Standard,
    *,
    most: int = 2,
    staying: frozenset[int] = frozenset(),
) -> list[Move]:
    """The moves that add most, one after the other; a unit moves once, and those of `staying` never.

    `cells`: where each free unit is. Among moves that add the same to one part in a hundred, the shortest.
    """
    at, made = list(cells), list[Move]()
    while len(made) < most:
        best = _best(here, at, staying, standard)
        if best is None or best.after - best.before < standard.least_gain:
            break
        at[best.unit] = best.cell
        staying |= {best.unit}
        made.append(best)
    return made


def _best(here: Ground, at: Sequence[int], staying: frozenset[int], standard: Standard) -> Move | None:
    near, busy, total = here.seconds <= standard.within_s, standard.busy, here.weight.sum()
    counts = near[list(at)].sum(axis=0)
    before = float((here.weight * (1 - busy**counts)).sum() / total)
    found = list[Move]()
    for unit, cell in enumerate(at):
        if unit in staying:
            continue
        left = here.weight * busy ** (counts - near[cell])
        after = 1 - (left.sum() - (1 - busy) * (near @ left)) / total
        after[here.seconds[cell] > standard.farthest_s] = -1.0
        good = np.flatnonzero(after >= after.max() - 0.01)
        to = int(good[np.lexsort((good, here.seconds[cell, good]))[0]])
        found.append(Move(unit, to, float(here.seconds[cell, to]), before, float(after[to])))
    return max(found, key=lambda each: (round(each.after, 3), -each.seconds, -each.unit), default=None)
