"""Where the open hypotheses are: cells of the ground and devices. Rebuilt from a state, never kept."""

from __future__ import annotations

import math
from uuid import UUID

from beffroi.during.fusion.rules.nearness import REACH_M
from beffroi.during.fusion.rules.shapes import FoldState, Hypothesis, Place
from beffroi.foundation.geography import metres_per_degree

Cell = tuple[int, int]


def _speaker(source: str, device: str) -> tuple[str, str]:
    return ("", device) if device else (source, "")


class Index:
    """The hypotheses of one state by cell of `REACH_M` and by device."""

    def __init__(self, state: FoldState) -> None:
        """Index every hypothesis of `state`."""
        self.cells: dict[Cell, list[Hypothesis]] = {}
        self.devices: dict[tuple[str, str], list[Hypothesis]] = {}
        self._home: dict[UUID, Cell] = {}
        self.silent: set[UUID] = set()  # devices that do not answer, where they stand
        self._state = state
        self._scale: tuple[float, float] | None = None
        for hypothesis in state.hypotheses.values():
            if not hypothesis.resting:
                self.add(hypothesis)

    def _per_degree(self, lat: float) -> tuple[float, float]:
        # One scale for the territory, for ever: cells must not shift from one place or one start to the next.
        if self._scale is None:
            if self._state.scale_lat is None:
                self._state.scale_lat = round(lat, 1)
            self._scale = metres_per_degree(self._state.scale_lat)
        return self._scale

    def _cell(self, place: Place) -> Cell:
        per_lat, per_lon = self._per_degree(place.lat)
        return math.floor(place.lat * per_lat / REACH_M), math.floor(place.lon * per_lon / REACH_M)

    def line_m(self, one: Place, other: Place) -> float:
        """Metres in a straight line."""
        per_lat, per_lon = self._per_degree(one.lat)
        return math.hypot((one.lat - other.lat) * per_lat, (one.lon - other.lon) * per_lon)

    def add(self, hypothesis: Hypothesis) -> None:
        """Take in a hypothesis and every device of its signs."""
        if hypothesis.place is not None:
            cell = self._cell(hypothesis.place)
            self._home[hypothesis.id] = cell
            self.cells.setdefault(cell, []).append(hypothesis)
            if hypothesis.family == "device":
                self.silent.add(hypothesis.id)
        if hypothesis.family == "series":
            return  # its devices go on speaking for themselves
        for sign in hypothesis.signs:
            if sign.relation == "sign":
                self.link(hypothesis, sign.observation.source, sign.observation.device)

    def link(self, hypothesis: Hypothesis, source: str, device: str) -> None:
        """Remember that this device (or source without one) has spoken for the hypothesis."""
        known = self.devices.setdefault(_speaker(source, device), [])
        if hypothesis not in known:
            known.append(hypothesis)

    def of_device(self, source: str, device: str) -> list[Hypothesis]:
        """The hypotheses that this device has spoken for, in the order in which it did."""
        return self.devices.get(_speaker(source, device), [])

    def drop(self, hypothesis: Hypothesis) -> None:
        """Forget a hypothesis."""
        cell = self._home.pop(hypothesis.id, None)
        if cell is not None:
            self.silent.discard(hypothesis.id)
            self.cells[cell].remove(hypothesis)
            if not self.cells[cell]:
                del self.cells[cell]
        for sign in hypothesis.signs:
            key = _speaker(sign.observation.source, sign.observation.device)
            known = self.devices.get(key, [])
            if hypothesis in known:
                known.remove(hypothesis)
                if not known:
                    del self.devices[key]

    def around(self, place: Place) -> list[Hypothesis]:
        """The hypotheses within `REACH_M` of a place and a little more, oldest cell order first."""
        row, column = self._cell(place)
        cells = self.cells
        found: list[Hypothesis] = []
        for r in (row - 1, row, row + 1):
            for c in (column - 1, column, column + 1):
                here = cells.get((r, c))
                if here:
                    found += here
        return found
