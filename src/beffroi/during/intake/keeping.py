"""What the journal is told of the observations that were kept: one digest a territory and moment.

The engine hands over what it folded, as the spool holds it; `tell` appends what came since it last did. How
far that is stands in the same transaction, and what was not told when a process ended is read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from beffroi.during.intake.facts import BatchKept, Observation
from beffroi.during.intake.models import Follower
from beffroi.during.intake.spool import Spool, decode
from beffroi.journal import actions as journal

Kept = tuple[int, Observation, bytes]
_FOLLOWER = "intake.digests"
_PAGE = 2_000


@dataclass
class _Running:
    """The digest of one territory so far."""

    first: int
    last: int = 0
    count: int = 0
    exercise: bool = True
    hashed: hashlib._Hash = field(default_factory=hashlib.sha256)

    def told(self) -> BatchKept:
        return BatchKept(
            first=self.first,
            last=self.last,
            count=self.count,
            sha256=self.hashed.hexdigest(),
            exercise=self.exercise,
        )


class Keeping:
    """The digests of one engine, of all that it folded and the journal was not told of yet."""

    def __init__(self, spool: Spool, position: int) -> None:
        """Begin at `position`, which is folded: what was not told before it is read from the spool."""
        stands, _ = Follower.objects.get_or_create(name=_FOLLOWER, defaults={"position": position})
        self._upto = stands.position
        self._running: dict[str, _Running] = {}
        while self._upto < position and (page := spool.stored(self._upto, _PAGE)):
            self.take((at, decode(content), content) for at, content in page if at <= position)
            self._upto = max(self._upto, min(page[-1][0], position))

    def take(self, kept: Iterable[Kept]) -> None:
        """These are folded, and that is committed; their order is the spool's."""
        for position, observation, content in kept:
            found = self._running.get(observation.territory)
            if found is None:
                found = self._running[observation.territory] = _Running(position)
            found.hashed.update(position.to_bytes(8) + len(content).to_bytes(4) + content)
            found.last = self._upto = position
            found.count += 1
            found.exercise = found.exercise and observation.exercise

    def tell(self) -> int:
        """Append what came since the last time to each territory's journal; how many entries."""
        running = self._running
        if not running:
            return 0
        with transaction.atomic():
            Follower.objects.filter(pk=_FOLLOWER).update(position=self._upto)
            for territory, found in sorted(running.items()):
                name = f"territory:{territory}"
                journal.append(journal=name, fact=found.told(), subject=name, actor="engine:intake")
        self._running = {}
        return len(running)
