"""Turn restrictions: junctions are split only where a restriction sits.

A forbidden manoeuvre is a sequence of arcs. Whoever drives its first arc arrives at a
*copy* of the junction that remembers it and lacks the forbidden way out; a longer
manoeuvre (over a via way) is remembered from copy to copy. All other junctions stay
as they are, so the graph grows by a few nodes per restriction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from beffroi.territory.methods.network import Ints, Manoeuvre

#: How far into which manoeuvres a driver is: {(manoeuvre, arcs already driven)}.
_Memory = frozenset[tuple[int, int]]


@dataclass
class Expansion:
    """What splitting adds: `copies[i]` is the junction of node `junctions + i`; `head_of` gives the node
    where an arc driven from its plain junction ends; `arcs` are (tail copy, arc, head)."""

    copies: list[int] = field(default_factory=list)
    head_of: dict[int, int] = field(default_factory=dict)
    arcs: list[tuple[int, int, int]] = field(default_factory=list)


class _Splitter:
    def __init__(self, junctions: int, tails: Ints, heads: Ints, open_arcs: NDArray[np.bool_]) -> None:
        self.junctions = junctions
        self.tails, self.heads, self.open = tails, heads, open_arcs
        self.order = np.argsort(tails, kind="stable")
        self.sorted_tails = tails[self.order]
        self.states: dict[tuple[int, _Memory], int] = {}
        self.waiting: list[tuple[int, _Memory]] = []
        self.result = Expansion()

    def out_of(self, junction: int) -> list[int]:
        first, last = np.searchsorted(self.sorted_tails, [junction, junction + 1])
        return [int(a) for a in self.order[first:last] if self.open[a]]

    def node(self, junction: int, memory: _Memory) -> int:
        if not memory:
            return junction
        key = (junction, memory)
        if key not in self.states:
            self.states[key] = self.junctions + len(self.result.copies)
            self.result.copies.append(junction)
            self.waiting.append(key)
        return self.states[key]


def expand(
    junctions: int, tails: Ints, heads: Ints, open_arcs: NDArray[np.bool_], forbidden: Sequence[Manoeuvre]
) -> Expansion:
    """Split junctions so that no path drives a forbidden manoeuvre.

    `tails`, `heads`: junction per arc; `open_arcs`: whether it may be driven at all.
    """
    work = _Splitter(junctions, tails, heads, open_arcs)
    begins: dict[int, list[int]] = {}
    for number, arcs in enumerate(forbidden):
        if len(arcs) < 2:
            raise ValueError("a manoeuvre needs two arcs at least")
        begins.setdefault(arcs[0], []).append(number)
    for arc, numbers in begins.items():
        if open_arcs[arc]:
            work.result.head_of[arc] = work.node(int(heads[arc]), frozenset((n, 1) for n in numbers))
    while work.waiting:
        junction, memory = work.waiting.pop()
        here = work.states[junction, memory]
        for arc in work.out_of(junction):
            going = [(n, done) for n, done in memory if forbidden[n][done] == arc]
            if any(done + 1 == len(forbidden[n]) for n, done in going):
                continue
            after = frozenset([(n, done + 1) for n, done in going] + [(n, 1) for n in begins.get(arc, [])])
            work.result.arcs.append((here, arc, work.node(int(heads[arc]), after)))
    return work.result
