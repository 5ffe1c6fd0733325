"""What fusion says in the journal."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class BatchFolded(Fact, fact="fusion.batch_folded", version=1):
    """How far of the spool one territory is folded, and the SHA-256 of what is believed there."""

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
    """A person took so many signs out of an incident: they open one of their own."""

    signs: int
    exercise: bool = False


class RulesActivated(Fact, fact="fusion.rules_activated", version=1):
    """A person put other rules in force: the version that the file bears, and its SHA-256 (hexadecimal)."""

    rules: str
    sha256: str
    exercise: bool = False


class ObservationSetAside(Fact, fact="fusion.observation_set_aside", version=1):
    """An observation could not be folded (`why`: the error's class); the spool still holds it."""

    position: int
    observation: str
    kind: str
    why: str
    exercise: bool = False
