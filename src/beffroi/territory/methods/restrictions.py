"""Turn restrictions of OpenStreetMap as forbidden manoeuvres.

A restriction that the network cannot place (its ways are not driven, it is ambiguous,
it holds only at certain hours) is left and counted by reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from beffroi.territory.methods.driving import Tags
from beffroi.territory.methods.network import Manoeuvre
from beffroi.territory.methods.streets import Streets

_KINDS = {
    "no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit",
    "only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Restriction:
    """A relation `type=restriction`: way numbers of `source` and `target`, and what lies between."""

    number: int
    tags: Tags
    source: Sequence[int]
    target: Sequence[int]
    via_node: int | None
    via_ways: Sequence[int] = ()


class _Unplaced(Exception):
    """Why a restriction cannot be placed."""


def manoeuvres(
    restrictions: Sequence[Restriction], streets: Streets
) -> tuple[list[Manoeuvre], int, Counter[str]]:
    """Forbidden manoeuvres, how many restrictions they come from, and those left by reason."""
    place = _Places(streets)
    forbidden: set[Manoeuvre] = set()
    taken, left = 0, Counter[str]()
    for each in restrictions:
        try:
            forbidden.update(place.forbidden_by(each))
            taken += 1
        except _Unplaced as reason:
            left[str(reason)] += 1
    return sorted(forbidden), taken, left


class _Places:
    def __init__(self, streets: Streets) -> None:
        self.streets = streets
        network = streets.network
        self.seconds = np.stack([network.forward_s, network.backward_s], axis=1).ravel()
        self.leaving: dict[int, list[int]] = {}
        for arc in np.flatnonzero(np.isfinite(self.seconds)).tolist():
            tail = network.piece_to[arc // 2] if arc % 2 else network.piece_from[arc // 2]
            self.leaving.setdefault(int(tail), []).append(arc)

    def forbidden_by(self, each: Restriction) -> list[Manoeuvre]:
        kind = _kind(each)
        if not each.source or not each.target:
            raise _Unplaced("members that are not in the file")
        if kind.startswith("no_"):  # no_entry may come from several ways, no_exit lead to several
            pairs = product(each.source, each.target)
            return [arcs for source, target in pairs for arcs in self._between(each, kind, source, target)]
        if len(each.source) > 1 or len(each.target) > 1:
            raise _Unplaced("several ways from or to")
        return self._between(each, kind, each.source[0], each.target[0])

    def _between(self, each: Restriction, kind: str, source_way: int, target_way: int) -> list[Manoeuvre]:
        if each.via_node is None and not each.via_ways:
            raise _Unplaced("no via")
        first, last = self._ends(each, source_way, target_way)
        over = self._over(each.via_ways, first, last) if each.via_ways else []
        source = self._single(source_way, into=first)
        target = self._single(target_way, out_of=last)
        way = (source, *over)
        if kind.startswith("no_"):
            # Nor may one turn round on the spot there, which would get round it, unless nothing else is left.
            back = way[-1] ^ 1
            others = set(self.leaving.get(last, [])) - {target, back}
            return [(*way, target), *([(*way, back)] if others and back != target else [])]
        return [(*way, arc) for arc in self.leaving.get(last, []) if arc != target]

    def _ends(self, each: Restriction, source_way: int, target_way: int) -> tuple[int, int]:
        """The junction where the source way ends, and the one where the target way begins."""
        if each.via_node is not None:
            junction = self.streets.junctions.get(each.via_node)
            if junction is None:
                raise _Unplaced("via is not a junction of driven streets")
            return junction, junction
        chain = [self._tips(number) for number in each.via_ways]
        for start, end in (chain[0], chain[0][::-1]):
            here, ok = end, True
            for tips in chain[1:]:
                ok = ok and here in tips
                here = tips[1] if here == tips[0] else tips[0]
            if ok and start in self._tips(source_way) and here in self._tips(target_way):
                return start, here
        raise _Unplaced("ways that do not meet")

    def _tips(self, number: int) -> tuple[int, int]:
        pieces = self.streets.of_way.get(number)
        if not pieces:
            raise _Unplaced("way that is not driven or not in the file")
        return pieces[0].start, pieces[-1].end

    def _over(self, ways: Sequence[int], first: int, last: int) -> list[int]:
        arcs: list[int] = []
        here = first
        for number in ways:
            pieces = self.streets.of_way[number]
            onward = pieces[0].start == here
            ordered = pieces if onward else pieces[::-1]
            arcs += [2 * p.piece + (0 if onward else 1) for p in ordered]
            here = ordered[-1].end if onward else ordered[-1].start
        if here != last or not np.all(np.isfinite(self.seconds[arcs])):
            raise _Unplaced("via way that is not driven that way")
        return arcs

    def _single(self, number: int, *, into: int | None = None, out_of: int | None = None) -> int:
        """The one arc of a way that enters, or leaves, a junction."""
        pieces = self.streets.of_way.get(number)
        if not pieces:
            raise _Unplaced("way that is not driven or not in the file")
        found = [
            arc
            for p in pieces
            for arc, tail, head in ((2 * p.piece, p.start, p.end), (2 * p.piece + 1, p.end, p.start))
            if np.isfinite(self.seconds[arc]) and (head == into if out_of is None else tail == out_of)
        ]
        if not found:
            raise _Unplaced("way that cannot be driven that way")
        if len(found) > 1:
            raise _Unplaced("way that runs through the junction")
        return found[0]


def _kind(each: Restriction) -> str:
    excepted = set(each.tags.get("except", "").replace(" ", "").split(";"))
    if excepted & {"emergency", "motorcar", "motor_vehicle"}:
        raise _Unplaced("not for patrols")
    kind = each.tags.get("restriction") or each.tags.get("restriction:motorcar", "")
    if not kind:
        timed = any(key.endswith(":conditional") for key in each.tags)
        raise _Unplaced("at certain hours only" if timed else "for other vehicles only")
    if kind not in _KINDS:
        raise _Unplaced("unknown kind")
    return kind
