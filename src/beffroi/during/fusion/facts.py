"""What fusion says in the journal."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class BatchFolded(Fact, fact="fusion.batch_folded", version=1):
    """How far of the spool one territory is folded, and the SHA-256 of its state's open hypotheses there."""

    first: int
    last: int
    count: int
    hypotheses: int
    sha256: str
    exercise: bool = False


class Merged(Fact, fact="fusion.merged", version=1):
    """A person said that two incidents are one: `other` went into the subject."""

    other: str
    exercise: bool = False


class Split(Fact, fact="fusion.split", version=1):
    """A person took signs out of an incident: they are those of `fresh`."""

    fresh: str
    signs: int
    exercise: bool = False
