"""What is wrong with a stretch of entries: altered, dropped, swapped, inserted. Pure.

`verify` calls it only where hashes disagree, so it may take its time to name the first culprit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from beffroi.journal import canonical, merkle


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not verify. `first` to `last` are the entries among which it lies (0: none)."""

    journal: str
    kind: str
    first: int
    last: int
    detail: str

    def as_dict(self) -> dict[str, object]:
        """For programs."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Stored:
    """A row as it stands in the table."""

    number: int
    header: str
    body: str | None
    body_sha256: str | None
    leaf: bytes

    def leaf_as(self, number: int) -> bytes:
        """The leaf hash that this content has under a number."""
        kept = self.body_sha256 or "" if self.body is None else canonical.body_sha256(self.body)
        return merkle.leaf_hash(canonical.entry_bytes(number, kept, self.header))


def examine(journal: str, first: int, last: int, rows: Sequence[Stored], size: int) -> Finding | None:
    """The first wrong entry among the numbers `first` to `last` of a journal of `size`, or None.

    `rows` are in the order of their numbers, and reach beyond `last` where the caller has them:
    what follows tells an insertion from an alteration.
    """
    for at, number in enumerate(range(first, last + 1)):
        if at >= len(rows) or rows[at].number > number:
            gone = "truncated" if at >= len(rows) and last >= size else "dropped"
            return Finding(journal, gone, number, size if gone == "truncated" else number, "no such entry")
        row = rows[at]
        if row.leaf_as(number) != row.leaf:
            return _culprit(journal, number, rows, at, size)
    return None


def _culprit(journal: str, number: int, rows: Sequence[Stored], at: int, size: int) -> Finding:
    here, rest = rows[at], rows[at + 1 :]
    for other in rest:
        if _exchanged(here, other):
            return _swapped(journal, number, other.number)
    if here.leaf_as(number + 1) == here.leaf and _shifted(rest, 1):
        return Finding(journal, "dropped", number, number, "the entries after it were renumbered")
    if _shifted(rest, -1) and (rest or here.leaf_as(number - 1) == here.leaf):
        # A forged entry that is right in itself shows only by the next one, which was pushed on.
        forged = number - 1 if here.leaf_as(number - 1) == here.leaf else number
        return Finding(journal, "inserted", forged, forged, "the entries after it were renumbered")
    for origin in range(1, size + 1):
        if here.leaf_as(origin) == here.leaf:
            return _swapped(journal, number, origin)
    return Finding(journal, "altered", number, number, "its content is not what its leaf hash says")


def _exchanged(one: Stored, two: Stored) -> bool:
    """Whether each stands, whole or by its content alone, where the other was."""
    ours, theirs = one.leaf_as(two.number), two.leaf_as(one.number)
    return (ours, theirs) in ((one.leaf, two.leaf), (two.leaf, one.leaf))


def _swapped(journal: str, number: int, other: int) -> Finding:
    return Finding(journal, "swapped", number, other, f"what stands here was entry {other}")


def _shifted(rows: Sequence[Stored], by: int) -> bool:
    """Whether rows (a few of them suffice) were numbered `by` more when they were appended."""
    return all(row.leaf_as(row.number + by) == row.leaf for row in rows[:3])
