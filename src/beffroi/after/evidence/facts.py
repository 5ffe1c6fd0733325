"""What evidence says in the journal."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class EvidenceSealed(Fact, fact="evidence.sealed", version=1):
    """A package was sealed: the SHA-256 of its signed statement, which names every file in it; how many
    entries and observations it holds; the fingerprint of the key that signed."""

    number: int
    statement: str
    key: str
    entries: int
    observations: int
    exercise: bool = False
