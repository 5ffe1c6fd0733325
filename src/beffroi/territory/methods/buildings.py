"""Buildings as arrays: outlines, heights where known, names where they have one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from beffroi.foundation.geography import metres_per_degree
from beffroi.territory.methods import stored

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Outlines:
    """Closed rings: ring r is `first[r]:first[r + 1]` of `lat`, `lon`, its first point repeated at its end.

    Per ring: the rectangle around it (degrees), the height of its building in metres (NaN: unknown).
    """

    first: Longs
    lat: Floats
    lon: Floats
    south: Floats
    north: Floats
    west: Floats
    east: Floats
    height: Floats


class Buildings:
    """The buildings of a town."""

    def __init__(self, outlines: Outlines, names: dict[int, str]) -> None:
        self.outlines = outlines
        self.names = names
        self._named = np.array(sorted(names), np.int64)

    def near(self, lat: float, lon: float, within_m: float) -> Longs:
        """Rings whose rectangle comes within `within_m` metres of a place."""
        per_lat, per_lon = metres_per_degree(lat)
        d_lat, d_lon, o = within_m / per_lat, within_m / per_lon, self.outlines
        return np.flatnonzero(
            (o.south <= lat + d_lat)
            & (o.north >= lat - d_lat)
            & (o.west <= lon + d_lon)
            & (o.east >= lon - d_lon)
        )

    def ring(self, number: int) -> tuple[Floats, Floats]:
        """Latitudes and longitudes of a ring."""
        span = slice(int(self.outlines.first[number]), int(self.outlines.first[number + 1]))
        return self.outlines.lat[span], self.outlines.lon[span]

    def contains(self, number: int, lat: float, lon: float) -> bool:
        """Whether a place lies within a ring (even-odd rule)."""
        y, x = self.ring(number)
        above = y > lat
        crosses = above[1:] != above[:-1]
        rise = np.where(crosses, y[1:] - y[:-1], 1.0)
        at = x[:-1] + (lat - y[:-1]) / rise * (x[1:] - x[:-1])
        return bool(np.count_nonzero(crosses & (lon < at)) % 2)

    def name_at(self, lat: float, lon: float) -> str:
        """The name of the building at a place, or an empty text."""
        for number in np.intersect1d(self.near(lat, lon, 0.0), self._named):
            if self.contains(int(number), lat, lon):
                return self.names[int(number)]
        return ""

    def save(self, folder: Path) -> list[Path]:
        """Write one .npy per array and names.json; returns the files."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for each in fields(Outlines):
            written.append(folder / f"{each.name}.npy")
            np.save(written[-1], getattr(self.outlines, each.name), allow_pickle=False)
        written.append(folder / "names.json")
        written[-1].write_text(json.dumps(self.names, ensure_ascii=False))
        return written

    @classmethod
    def open(cls, folder: Path) -> Buildings:
        """The buildings that `save` wrote. Raises OSError when they are not there."""
        arrays = {each.name: stored.load(folder / f"{each.name}.npy") for each in fields(Outlines)}
        names = json.loads((folder / "names.json").read_text())
        return cls(Outlines(**arrays), {int(number): name for number, name in names.items()})


def buildings(
    rings: Sequence[Sequence[tuple[float, float]]], heights: Sequence[float | None], names: Sequence[str]
) -> Buildings:
    """Buildings from closed rings of (latitude, longitude), with a height (m or None) and a name each."""
    first = np.concatenate([[0], np.cumsum([len(ring) for ring in rings])]).astype(np.int64)
    points = np.array([point for ring in rings for point in ring], np.float64).reshape(-1, 2)
    lat, lon = points[:, 0].copy(), points[:, 1].copy()
    starts = first[:-1]
    if not len(starts):
        none = np.zeros(0)
        return Buildings(Outlines(first, none, none, none, none, none, none, none), {})
    outlines = Outlines(
        first,
        lat,
        lon,
        np.minimum.reduceat(lat, starts),
        np.maximum.reduceat(lat, starts),
        np.minimum.reduceat(lon, starts),
        np.maximum.reduceat(lon, starts),
        np.array([np.nan if height is None else height for height in heights], np.float64),
    )
    return Buildings(outlines, {k: name for k, name in enumerate(names) if name})
