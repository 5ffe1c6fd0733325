"""The spool as a keeper: observations go by their territory's term; a held incident keeps its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from beffroi.during.fusion import actions as fusion
from beffroi.during.fusion import queries as folded
from beffroi.during.fusion.models import Sign
from beffroi.during.intake import spool as spools
from beffroi.during.intake.facts import Observation
from beffroi.trust.retention.keepers import Item, Standing
from beffroi.trust.retention.rules import Held, named
from beffroi.trust.retention.terms import INSTALLATION

_PAGE = 1_000


class Observations:
    """Observations of a territory. What is not folded yet is never erased, however old."""

    kind, store, outside = "observations", "spool", True

    def due(self, where: str, before: datetime, holds: Sequence[Held], most: int) -> list[Item]:
        """The first `most` in the spool's order; a key is `position:identifier`."""
        found: list[Item] = []
        kept = self._kept(holds)
        for position, each in self._old(where, before):
            if not self._held(each, holds, kept):
                key = f"{position}:{each.id}"
                found.append(Item(key, each.received_at, named(self.store, str(each.id))))
            if len(found) == most:
                break
        return found

    def erase(self, where: str, keys: Sequence[str]) -> None:
        """Erase them; fusion is told how far its past no longer reaches back."""
        positions = [int(each.partition(":")[0]) for each in keys]
        fusion.past_ends(where, max(positions))
        spools.shared().erase(positions)

    def left(self, where: str, keys: Sequence[str]) -> int:
        """How many are still there, by their positions."""
        positions = sorted(int(each.partition(":")[0]) for each in keys)
        there = {position for position, _ in spools.shared().read(positions[0] - 1, len(positions))}
        return len(there.intersection(positions))

    def standing(self, where: str, before: datetime, holds: Sequence[Held]) -> Standing:
        """What is older than `before`."""
        due, held, oldest = 0, 0, None
        kept = self._kept(holds)
        for _, each in self._old(where, before):
            if self._held(each, holds, kept):
                held += 1
                continue
            due += 1
            oldest = each.received_at if oldest is None else min(oldest, each.received_at)
        return Standing(due, held, oldest)

    def _old(self, where: str, before: datetime) -> Iterator[tuple[int, Observation]]:
        """Ends at the first thousand without an old one: they stand nearly in the order of their receipt."""
        if where == INSTALLATION:
            return
        after, until = 0, folded.standing()[0]
        while page := spools.shared().read(after, _PAGE):
            old = [each for each in page if each[1].received_at < before and each[0] <= until]
            yield from (each for each in old if each[1].territory == where)
            if not old:
                return
            after = page[-1][0]

    def _kept(self, holds: Sequence[Held]) -> frozenset[UUID]:
        """Observations that a held incident rests on."""
        incidents = [
            UUID(each.subject.partition(":")[2])
            for each in holds
            if each.kind in ("", self.kind) and each.subject.startswith("incident:")
        ]
        rows = Sign.objects.filter(hypothesis_id__in=incidents)
        return frozenset(rows.values_list("observation_id", flat=True)) if incidents else frozenset()

    def _held(self, each: Observation, holds: Sequence[Held], kept: frozenset[UUID]) -> bool:
        if each.id in kept:
            return True
        subjects = [f"observation:{each.id}", f"device:{each.device}", f"source:{each.source}"]
        return any(hold.keeps(self.kind, subjects, each.received_at) for hold in holds)


OBSERVATIONS = Observations()
