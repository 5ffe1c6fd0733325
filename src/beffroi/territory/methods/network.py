"""Streets as arrays: junctions, the pieces of street between them, and their shapes.

A *piece* runs between two junctions and may be driven both ways, one way or (kept for
the map) not at all. An *arc* is a piece in one direction: number `2 * piece` along its
shape, `2 * piece + 1` against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

#: A forbidden manoeuvre: arcs that may not be driven one directly after another.
Manoeuvre = tuple[int, ...]


@dataclass(frozen=True)
class Network:
    """Streets before they are made a graph.

    `node_lat`, `node_lon`: degrees, one per junction. Per piece: `piece_from`, `piece_to`
    (junctions), `forward_s`, `backward_s` (seconds for the whole piece, infinite where it
    may not be driven), `metres`, `klass` (index into `classes`), `name` (index into
    `names`, 0 is the empty name). `shape_first[p]:shape_first[p + 1]` are the points of
    piece p in `shape_lat`, `shape_lon`, its junctions included (two points at least).
    """

    node_lat: Floats
    node_lon: Floats
    piece_from: Ints
    piece_to: Ints
    forward_s: Floats
    backward_s: Floats
    metres: Floats
    shape_first: NDArray[np.int64]
    shape_lat: Floats
    shape_lon: Floats
    klass: NDArray[np.uint8]
    name: Ints
    classes: Sequence[str] = ("street",)
    names: Sequence[str] = ("",)
    forbidden: Sequence[Manoeuvre] = field(default_factory=tuple)

    @property
    def pieces(self) -> int:
        """How many pieces of street there are."""
        return len(self.piece_from)


def straight(
    node_lat: Floats,
    node_lon: Floats,
    piece_from: Ints,
    piece_to: Ints,
    *,
    forward_s: Floats,
    backward_s: Floats,
    metres: Floats,
    forbidden: Sequence[Manoeuvre] = (),
) -> Network:
    """A network whose pieces are straight lines (generated towns, tests, benchmarks)."""
    ends = np.stack([piece_from, piece_to], axis=1).ravel()
    return Network(
        node_lat,
        node_lon,
        piece_from.astype(np.int32),
        piece_to.astype(np.int32),
        forward_s,
        backward_s,
        metres,
        np.arange(0, 2 * len(piece_from) + 1, 2, dtype=np.int64),
        node_lat[ends],
        node_lon[ends],
        np.zeros(len(piece_from), np.uint8),
        np.zeros(len(piece_from), np.int32),
        forbidden=forbidden,
    )
