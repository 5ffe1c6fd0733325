"""Journals of an invented installation, honest or not, built from nothing but leaves and a key."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beffroi.journal import canonical, merkle, notes

INSTALLATION = "0f3a9c2b77d01e58"
LOG = f"beffroi/{INSTALLATION}/territory/redon"


@dataclass
class Log:
    """A journal: entries (their text), an epoch, a key; everything that its keeper can do with them."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    entries: list[str] = field(default_factory=list)
    bodies: dict[int, str] = field(default_factory=dict)
    epoch: int = 1

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        return notes.fingerprint(self.public)

    def say(self, count: int = 1, words: str = "n") -> None:
        """Append entries."""
        for _ in range(count):
            number = len(self.entries) + 1
            body = canonical.encode({"words": f"{words}{number}"}).decode()
            self._append(number, body, "test.said")

    def _append(self, number: int, body: str, fact: str) -> None:
        header = canonical.encode({"epoch": self.epoch, "fact": fact}).decode()
        entry = canonical.entry_bytes(number, canonical.body_sha256(body), header).decode()
        self.entries.append(entry)
        self.bodies[number] = body

    def leaves(self) -> list[bytes]:
        return [merkle.leaf_hash(each.encode()) for each in self.entries]

    def root(self, size: int | None = None) -> bytes:
        return merkle.root(self.leaves()[: len(self.entries) if size is None else size])

    def subtree(self, start: int, end: int) -> bytes:
        return merkle.root(self.leaves()[start:end])

    def note(self) -> str:
        origin = f"{LOG}/epoch/{self.epoch}"
        return notes.sign(notes.Head(origin, len(self.entries), self.root()), self.key)

    def restore(self, size: int, witnessed: tuple[int, bytes]) -> None:
        """Go back to `size` entries and open an epoch that names a head."""
        restored = self.root(size)
        del self.entries[size:]
        self.epoch += 1
        opened = {
            "epoch": self.epoch,
            "restored_size": size,
            "restored_root": restored.hex(),
            "witnessed_size": witnessed[0],
            "witnessed_root": witnessed[1].hex(),
            "lost": witnessed[0] - size,
            "position": 0,
        }
        self._append(size + 1, canonical.encode(opened).decode(), "journal.epoch_opened")

    def proposal(self, kept: Sequence[tuple[int, int]] = ()) -> dict[str, Any]:
        """The head as a keeper proposes it who does what they can to have it taken."""
        size = len(self.entries)
        made: dict[str, Any] = {
            "format": "beffroi-head/1",
            "checkpoint": self.note(),
            "keys": [{"key": b64encode(self.public).decode(), "follows": "", "proof": ""}],
        }
        if kept and kept[-1][0] == self.epoch:
            made |= {"old": kept[-1][1], "consistency": self._consistency(kept[-1][1])}
        elif kept:
            openings = [n for n in range(1, size + 1) if "journal.epoch_opened" in self.entries[n - 1]]
            made["openings"] = [
                {
                    "entry": self.entries[number - 1],
                    "body": self.bodies[number],
                    "inclusion": [
                        each.hex() for each in merkle.inclusion_path(number - 1, size, self.subtree)
                    ],
                }
                for number in openings[-(self.epoch - kept[-1][0]) :]
            ]
            base = max((entries for _, entries in kept if openings and entries < openings[0]), default=0)
            if base:
                made |= {"base": base, "base_consistency": self._consistency(base)}
        return made

    def _consistency(self, old: int) -> list[str]:
        if not 0 < old <= len(self.entries):
            return []
        return [each.hex() for each in merkle.consistency_path(old, len(self.entries), self.subtree)]
