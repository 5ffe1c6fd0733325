"""Recompute a journal from its stored bytes and say the first thing that is wrong.

Fast where all is well (two hashes an entry, one a node, nothing parsed); `audit` looks
closer where a hash disagrees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

from django.db import connection

from beffroi.journal import audit, heads, merkle, models, signers
from beffroi.journal.audit import Finding, Stored

_BATCH = heads.WIDTH  # one tile; larger batches leave the processor's cache
_STORED = "number, header, body, body_sha256, leaf"


@dataclass(slots=True)
class Verdict:
    """What was verified in one journal. It is good when nothing was found."""

    journal: str
    size: int
    epoch: int
    root: bytes = merkle.EMPTY_ROOT
    pruned: int = 0
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether everything holds."""
        return not self.findings

    def as_dict(self) -> dict[str, object]:
        """For programs."""
        return {
            "journal": self.journal,
            "good": self.good,
            "entries": self.size,
            "epoch": self.epoch,
            "root": self.root.hex(),
            "bodies_pruned": self.pruned,
            "checkpoints": self.checkpoints,
            "findings": [each.as_dict() for each in self.findings],
        }


def verify(journal: str, *, progress: Callable[[int], object] = lambda _: None) -> Verdict:
    """Verify one journal; `progress` is told how many entries more were read."""
    row = models.Journal.objects.get(key=journal)
    signed = sorted(signers.signed_heads(row), key=lambda each: -each.size)
    walk = Walk(row, _tiles(journal), list(signed))
    found = _walk(walk, progress) or _numbers(row) or signers.signatures(row, signed) or _pruned(walk)
    return Verdict(
        journal=journal,
        size=row.size,
        epoch=row.epoch,
        root=walk.frontier.root(),
        pruned=len(walk.pruned),
        checkpoints=len(signed),
        findings=[found] if found else [],
    )


def _walk(walk: Walk, progress: Callable[[int], object]) -> Finding | None:
    """Recompute the tree from the entries, beside the tiles, the frontier and the signed heads."""
    journal, size = walk.row.key, walk.row.size
    for rows in _batches(journal, size):
        headers, bodies, stored = zip(*rows, strict=True)
        computed = _leaves(walk, headers, bodies)
        if computed != list(stored):
            return _examine(walk.row, walk.frontier.size + 1)
        found = walk.take(computed)
        if found is not None:
            return found
        progress(len(rows))
    return walk.end()


@dataclass(slots=True)
class Walk:
    """How far the tree of one journal is recomputed, and what it must agree with on the way."""

    row: models.Journal
    tiles: dict[tuple[int, int], bytes]
    waiting: list[signers.SignedSize]  # largest first
    frontier: merkle.Frontier = field(default_factory=merkle.Frontier)
    held: int = 0
    pruned: list[int] = field(default_factory=list)

    def take(self, leaves: list[bytes]) -> Finding | None:
        """Add the leaves of one tile; the last tile may be short."""
        before = self.frontier.size
        while self.waiting and self.waiting[-1].size <= before + len(leaves):
            head = self.waiting.pop()
            if _extended(self.frontier, leaves[: head.size - before]).root() != head.root:
                return self.rewritten(head.size)
            self.held = head.size
        if len(leaves) < heads.WIDTH:
            self.frontier = _extended(self.frontier, leaves)
            return None
        tile = merkle.root(leaves)
        if self.tiles.get((1, before // heads.WIDTH)) != tile:
            self.held = max(self.held, before)
            return self.rewritten(before + heads.WIDTH)
        self.frontier = self.frontier.push_perfect(tile, heads.WIDTH)
        return None

    def end(self) -> Finding | None:
        """What is left to compare once every entry was read."""
        key, read = self.row.key, self.frontier.size
        if read < self.row.size:
            return _examine(self.row, read - read % _BATCH + 1)
        if self.waiting:
            signed = self.waiting[0].size
            return Finding(key, "truncated", read + 1, signed, f"{signed} entries were signed")
        if self.frontier.to_bytes() != bytes(self.row.frontier):
            return self.rewritten(read)
        return _upper_tiles(key, self.tiles)

    def rewritten(self, failed: int) -> Finding:
        """Content and leaf hash were changed together: the tree says between which heads."""
        detail = "content and leaf hash were changed together; what stands before is proven"
        return Finding(self.row.key, "altered", self.held + 1, failed, detail)


def _batches(journal: str, size: int) -> Iterator[list[tuple[str, str | None, bytes]]]:
    """Header, body and leaf in the order of numbers, straight from the database's cursor."""
    sql = "SELECT header, body, leaf FROM journal_entry WHERE journal = %s AND number <= %s ORDER BY number"
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, (journal, size))
        while rows := cursor.fetchmany(_BATCH):
            yield rows


def _leaves(walk: Walk, headers: tuple[str, ...], bodies: tuple[str | None, ...]) -> list[bytes]:
    """The leaf hashes that the content of the next rows gives."""
    first = walk.frontier.size + 1
    if None in bodies:  # some were pruned; their hashes are kept beside
        kept = {each.number: each for each in _stored(walk.row.key, first, first + len(bodies) - 1)}
        walk.pruned += [number for number, each in kept.items() if each.body is None]
        return [each.leaf_as(number) for number, each in kept.items()]
    return [
        sha256(f'\0[{number},"{sha256(body.encode()).hexdigest()}",{header}]'.encode()).digest()  # type: ignore[union-attr]
        for number, header, body in zip(count(first), headers, bodies, strict=False)
    ]


def _stored(journal: str, first: int, last: int) -> list[Stored]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_STORED} FROM journal_entry WHERE journal = %s AND number BETWEEN %s AND %s "  # noqa: S608 - fixed words
            "ORDER BY number",
            (journal, first, last),
        )
        return [Stored(*row[:4], bytes(row[4])) for row in cursor.fetchall()]


def _extended(frontier: merkle.Frontier, leaves: list[bytes]) -> merkle.Frontier:
    for leaf in leaves:
        frontier = frontier.push(leaf)
    return frontier


def _examine(row: models.Journal, first: int) -> Finding:
    last = min(first + _BATCH - 1, row.size)
    rows = _stored(row.key, first, min(last + 3, row.size))
    found = audit.examine(row.key, first, last, rows, row.size)
    return found or Finding(row.key, "altered", first, last, "the hashes do not agree")


def _numbers(row: models.Journal) -> Finding | None:
    """The walk read as many rows as the head says, each number once: from 1 to the head, none beyond."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(number) FROM journal_entry WHERE journal = %s"
            " AND number > (SELECT size FROM journal_journal WHERE key = %s)",
            (row.key, row.key),
        )
        beyond = cursor.fetchone()[0]
        cursor.execute("SELECT min(number) FROM journal_entry WHERE journal = %s", (row.key,))
        least = cursor.fetchone()[0]
    if beyond is not None:
        return Finding(row.key, "inserted", beyond, beyond, "it stands beyond the head of the journal")
    if row.size and least != 1:
        return Finding(row.key, "inserted", least, least, "numbers begin at 1")
    return None


def _pruned(walk: Walk) -> Finding | None:
    """Bodies are gone only where an entry says so."""
    gone, said = len(walk.pruned), 0
    if gone:
        said = sum(signers.pruned_counts(walk.row.key))
    if gone <= said:
        return None
    detail = f"{gone} bodies are gone, the journal tells of {said}"
    return Finding(walk.row.key, "pruned", walk.pruned[0], walk.pruned[-1], detail)


def _tiles(journal: str) -> dict[tuple[int, int], bytes]:
    found = models.Tile.objects.filter(journal=journal).values_list("level", "index", "hash")
    return {(level, index): bytes(hash_) for level, index, hash_ in found}


def _upper_tiles(journal: str, tiles: dict[tuple[int, int], bytes]) -> Finding | None:
    """Tiles of tiles are what the tiles below them give."""
    for (level, index), hash_ in tiles.items():
        if level == 1:
            continue
        below = [tiles.get((level - 1, index * heads.WIDTH + at), b"") for at in range(heads.WIDTH)]
        if merkle.root(below) != hash_:
            width = heads.WIDTH**level
            return Finding(journal, "tile", index * width + 1, (index + 1) * width, "a kept tile is wrong")
    return None
