"""Which points lie inside a ring."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def inside(
    x: NDArray[np.float64], y: NDArray[np.float64], ring: Sequence[Sequence[float]]
) -> NDArray[np.bool_]:
    """For each point whether it lies inside the closed ring of (x, y), by how often a ray crosses it."""
    edge = np.asarray(ring, float)
    ax, ay, bx, by = edge[:-1, 0], edge[:-1, 1], edge[1:, 0], edge[1:, 1]
    px, py = x[:, None], y[:, None]
    spans = (ay > py) != (by > py)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = ax + (py - ay) * (bx - ax) / (by - ay)
    found: NDArray[np.bool_] = (spans & (px < at)).sum(axis=1) % 2 == 1
    return found
