"""The street graph of a town: where the nearest street is, how long every unit needs, which way to take.

All that it knows is a set of arrays, written once per version of a town and mapped into
memory by every process that asks; nothing here loads scipy until a journey is asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from beffroi.foundation.geography import LocalPlane, Position
from beffroi.territory.methods import journey, paths, stored
from beffroi.territory.methods.grid import Floats, Grid
from beffroi.territory.methods.paths import Route
from beffroi.territory.methods.snapping import Snapped, snap_all

Array = NDArray[Any]

#: Which streets a place may be brought to.
Among = Literal["all", "reached", "leading"]


@dataclass(frozen=True, slots=True)
class Arrays:
    """The arrays of a graph; nodes are junctions (and their copies), arcs are 2 × piece + direction."""

    node_lat: Array
    node_lon: Array
    tile_first: Array  # first node of each tile
    arc_s: Array  # seconds of each arc, infinite where closed
    arc_exit: Array  # node at which an arc ends for one who starts on it
    entry_first: Array  # arc → entry_tail: nodes from which it may be entered
    entry_tail: Array
    back_first: Array  # node → arcs that enter it
    back_tail: Array
    back_arc: Array
    back_s: Array
    walk_first: Array  # node → neighbours whatever the direction, in metres
    walk_head: Array
    walk_m: Array
    piece_from: Array
    piece_to: Array
    piece_m: Array
    piece_class: Array
    piece_name: Array
    piece_reached: Array  # whether it can be driven to from the largest part that holds together
    piece_leading: Array  # whether that part can be driven to from it
    shape_first: Array
    shape_lat: Array
    shape_lon: Array
    shape_along: Array  # share of its piece's length at each point, 0 to 1
    cell_first: Array  # cell → segments of shapes
    cell_segment: Array


@dataclass(frozen=True, slots=True)
class Meta:
    """What the arrays do not say. Speeds in m/s: the greatest, and the one that nine streets in ten keep
    under; the longest piece in metres."""

    plane_lat: float
    plane_lon: float
    tiles: Grid
    cells: Grid
    top_speed: float
    usual_speed: float
    longest_m: float
    classes: list[str]
    names: list[str]


class StreetGraph:
    """A town's streets. Positions are WGS 84 degrees, times seconds, lengths metres."""

    def __init__(self, arrays: Arrays, meta: Meta) -> None:
        self.arrays = arrays
        self.meta = meta
        self._own = threading.local()
        self._named = np.asarray(arrays.piece_name) > 0
        self._among: dict[Among, NDArray[np.bool_]] = {
            "all": np.ones(self.pieces, bool),
            "reached": arrays.piece_reached,
            "leading": arrays.piece_leading,
        }

    @property
    def nodes(self) -> int:
        """How many nodes: junctions, and their copies where turns are restricted."""
        return len(self.arrays.node_lat)

    @property
    def pieces(self) -> int:
        """How many pieces of street."""
        return len(self.arrays.piece_m)

    @property
    def plane(self) -> LocalPlane:
        """The plane in metres on which streets are compared."""
        return LocalPlane(self.meta.plane_lat, self.meta.plane_lon)

    def scratch(self) -> NDArray[np.int32]:
        """This thread's map from node to place in a search: -1 everywhere between searches."""
        if not hasattr(self._own, "local"):
            self._own.local = np.full(self.nodes, -1, np.int32)
        found: NDArray[np.int32] = self._own.local
        return found

    def snap(self, lat: float, lon: float, among: Among = "all") -> Snapped | None:
        """The nearest street to a place, or None beyond 5 km (see `snap_all`)."""
        return self.snap_all([(lat, lon)], among)[0]

    def snap_all(self, places: Sequence[tuple[float, float]], among: Among = "all") -> list[Snapped | None]:
        """The nearest street to each place (latitude, longitude), all in one go.

        `among`: all streets, those that a patrol can reach, or those from which it can leave.
        """
        return snap_all(self, places, self._among[among])

    def seconds_to(self, target: Position, sources: Sequence[Position], limit_s: float = 900.0) -> Floats:
        """Road seconds from each source to the target; infinite where unreachable or beyond `limit_s`.

        One search from the target back answers for all. Time off the street, at either end, is not counted.
        """
        end = self.snap(target.lat, target.lon, "reached")
        if end is None or not sources:
            return np.full(len(sources), np.inf)
        return journey.seconds(self, end, self._sources(sources), limit_s)

    def seconds_table(
        self, targets: Sequence[Position], sources: Sequence[Position], limit_s: float = 900.0
    ) -> Floats:
        """Road seconds (targets × sources), as `seconds_to` gives for each target, in one go."""
        table = np.full((len(targets), len(sources)), np.inf)
        if not targets or not sources:
            return table
        begins = self._sources(sources)
        ends = self.snap_all([(p.lat, p.lon) for p in targets], "reached")
        for row, end in enumerate(ends):
            if end is not None:
                table[row] = journey.seconds(self, end, begins, limit_s)
        return table

    def _sources(self, places: Sequence[Position]) -> journey.Sources:
        snapped = self.snap_all([(p.lat, p.lon) for p in places], "leading")
        return journey.sources_of(self, snapped)

    def metres_between(self, a: Position, b: Position, limit_m: float = 5000.0) -> float:
        """Road metres between two places whatever the direction of traffic; infinite beyond `limit_m`."""
        return float(self.metres_from(a, [b], limit_m)[0])

    def metres_from(self, origin: Position, targets: Sequence[Position], limit_m: float = 5000.0) -> Floats:
        """Road metres from one place to each of several, whatever the direction of traffic."""
        places = [(p.lat, p.lon) for p in (origin, *targets)]
        start, *ends = self.snap_all(places)
        if start is None or not targets:
            return np.full(len(targets), np.inf)
        return paths.metres(self, start, ends, limit_m)

    def route(self, a: Position, b: Position, limit_s: float = 7200.0) -> Route | None:
        """The fastest way from `a` to `b`, or None where there is none within `limit_s`."""
        start, end = self.snap(a.lat, a.lon, "leading"), self.snap(b.lat, b.lon, "reached")
        return None if start is None or end is None else paths.route(self, start, end, limit_s)

    def street_name(self, lat: float, lon: float, within_m: float = 150.0) -> str:
        """The name of the nearest street that has one, or an empty text."""
        found = snap_all(self, [(lat, lon)], self._named, within_m)[0]
        return self.meta.names[int(self.arrays.piece_name[found.piece])] if found else ""

    def shape(self, piece: int) -> list[tuple[float, float]]:
        """The points (latitude, longitude) of a piece of street."""
        a = self.arrays
        span = slice(int(a.shape_first[piece]), int(a.shape_first[piece + 1]))
        return list(zip(a.shape_lat[span].tolist(), a.shape_lon[span].tolist(), strict=True))

    def save(self, folder: Path) -> list[Path]:
        """Write the graph as one .npy per array and meta.json; returns the files."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for each in fields(Arrays):
            path = folder / f"{each.name}.npy"
            np.save(path, getattr(self.arrays, each.name), allow_pickle=False)
            written.append(path)
        meta = folder / "meta.json"
        meta.write_bytes(msgspec.json.encode(self.meta))
        return [*written, meta]

    @classmethod
    def open(cls, folder: Path) -> StreetGraph:
        """The graph that `save` wrote, its arrays read-only. Raises OSError without it."""
        meta = msgspec.json.decode((folder / "meta.json").read_bytes(), type=Meta)
        arrays = {each.name: stored.load(folder / f"{each.name}.npy") for each in fields(Arrays)}
        return cls(Arrays(**arrays), meta)
