"""What stands beside the entries: tiles of the tree, and the signed heads kept as files.

A head as a file outlives a database that was cut short: `verify` compares both.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from beffroi.foundation import settings
from beffroi.journal import merkle, models

WIDTH = 256
"""Leaves in a tile; a tile of the next level covers as many tiles."""


def installation() -> str:
    """The random name of this installation in the origins of its journals."""
    known = models.Journal.objects.values_list("installation", flat=True).first()
    return known or secrets.token_hex(8)


def keep_tiles(journal: str, start: int, end: int) -> None:
    """Keep the roots of the tiles that were filled when the tree grew from `start` leaves to `end`."""
    level, width = 1, WIDTH
    while end // width > start // width:
        made = [
            models.Tile(journal=journal, level=level, index=index, hash=_tile(journal, level, index))
            for index in range(start // width, end // width)
        ]
        models.Tile.objects.bulk_create(made)
        level, width = level + 1, width * WIDTH


def _tile(journal: str, level: int, index: int) -> bytes:
    start = index * WIDTH
    below = leaves(journal, start, start + WIDTH) if level == 1 else tiles(journal, level - 1, start)
    return merkle.root(below)


def leaves(journal: str, start: int, end: int) -> list[bytes]:
    """The stored leaf hashes from `start` to `end` (excluded), counted from 0."""
    found = models.Entry.objects.filter(journal=journal, number__gt=start, number__lte=end)
    return [bytes(leaf) for leaf in found.order_by("number").values_list("leaf", flat=True)]


def tiles(journal: str, level: int, start: int) -> list[bytes]:
    """The roots of the WIDTH tiles of one level from `start` on."""
    found = models.Tile.objects.filter(
        journal=journal, level=level, index__gte=start, index__lt=start + WIDTH
    )
    return [bytes(each) for each in found.order_by("index").values_list("hash", flat=True)]


class Subtrees:
    """Finds the root of any aligned part of a journal's tree, from tiles where they are full."""

    def __init__(self, journal: str) -> None:
        self.journal = journal
        self._leaves: dict[int, list[bytes]] = {}
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, start: int, end: int) -> bytes:
        """The root of the leaves `start` to `end` (excluded)."""
        if end - start <= WIDTH:
            return merkle.root(self._some_leaves(start, end))
        middle = start + merkle.split(end - start)
        if middle == end - (end - start) // 2 and (end - start) & (end - start - 1) == 0:
            return self._perfect(start, end)
        return merkle.node_hash(self(start, middle), self(middle, end))

    def _some_leaves(self, start: int, end: int) -> list[bytes]:
        tile = start // WIDTH
        if tile not in self._leaves:
            self._leaves[tile] = leaves(self.journal, tile * WIDTH, (tile + 1) * WIDTH)
        base = tile * WIDTH
        return self._leaves[tile][start - base : end - base]

    def _perfect(self, start: int, end: int) -> bytes:
        """A perfect subtree of more than WIDTH leaves: the root over the largest tiles within it."""
        level, width = 1, WIDTH
        while width * WIDTH <= end - start:
            level, width = level + 1, width * WIDTH
        first, many = start // width, (end - start) // width
        page = first - first % WIDTH
        if (level, page) not in self._tiles:
            self._tiles[level, page] = tiles(self.journal, level, page)
        return merkle.root(self._tiles[level, page][first - page : first - page + many])


def directory() -> Path:
    """Where signed heads are kept as files."""
    return settings.current().data_path / "heads"


def file_of(origin: str) -> Path:
    """The file of a log's last signed head."""
    return directory() / f"{origin.replace('/', '_')}.note"


def keep_file(checkpoint: models.Checkpoint) -> None:
    """Write a signed head beside the database, whole or not at all; an older one never replaces it."""
    origin = checkpoint.note.split("\n", 1)[0]
    target = file_of(origin)
    if _kept_size(target) > checkpoint.size:
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_suffix(f".{os.getpid()}.draft")
    draft.write_text(checkpoint.note, encoding="utf-8")
    draft.replace(target)


def _kept_size(file: Path) -> int:
    if not file.exists():
        return 0
    lines = file.read_text(encoding="utf-8").split("\n", 2)
    return int(lines[1]) if len(lines) > 1 and lines[1].isdigit() else 0
