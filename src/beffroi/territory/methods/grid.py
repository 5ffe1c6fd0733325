"""A grid over the town, so that what lies near a place is found without looking at everything.

Cells are numbered row by row from the south-west; a cell is `cell_m` metres wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beffroi.foundation.geography import LocalPlane

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """`columns` × `rows` square cells of `cell_m` metres; x, y in metres on `plane`."""

    plane: LocalPlane
    x0: float
    y0: float
    cell_m: float
    columns: int
    rows: int

    def column_row(self, x: Floats, y: Floats) -> tuple[Longs, Longs]:
        """Column and row of each point, brought back to the border for points outside."""
        column = np.floor((x - self.x0) / self.cell_m).astype(np.int64)
        row = np.floor((y - self.y0) / self.cell_m).astype(np.int64)
        return np.clip(column, 0, self.columns - 1), np.clip(row, 0, self.rows - 1)

    def cell(self, x: Floats, y: Floats) -> Longs:
        """The cell's number for each point."""
        column, row = self.column_row(x, y)
        return row * self.columns + column


def over(plane: LocalPlane, x: Floats, y: Floats, cell_m: float, most_cells: int = 1 << 20) -> Grid:
    """A grid that covers the points; cells are widened until there are at most `most_cells`."""
    x0, y0 = (float(x.min()), float(y.min())) if len(x) else (0.0, 0.0)
    width, height = (float(x.max()) - x0, float(y.max()) - y0) if len(x) else (0.0, 0.0)
    cell = max(cell_m, float(np.sqrt(width * height / most_cells)), max(width, height) / most_cells)
    return Grid(plane, x0, y0, cell, int(width / cell) + 1, int(height / cell) + 1)


def first_of_each(cells: Longs, count: int) -> Longs:
    """For sorted cell numbers, where each of `count` cells begins (length count + 1)."""
    return np.searchsorted(cells, np.arange(count + 1)).astype(np.int64)


def distinct(values: Longs) -> Longs:
    """Each value once, in order: by sorting, far faster than `numpy.unique` for millions of them."""
    ordered = np.sort(values)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def spans(first: Longs, last: Longs) -> Longs:
    """All integers of the ranges first[i]:last[i], one range after another."""
    lengths = last - first
    total = int(lengths.sum())
    if total == 0:
        return np.zeros(0, np.int64)
    starts = np.repeat(first - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    return starts + np.arange(total)
