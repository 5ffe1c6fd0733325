"""What rehearsals append to the journal: that an exercise was made ready, and that it was played."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class RehearsalPrepared(Fact, fact="rehearsal.prepared", version=1):
    """A territory is ready for an exercise; `invented` tells an invented town from a real map."""

    invented: bool
    devices: int
    units: int
    sources: int
    exercise: bool = True


class RehearsalPlayed(Fact, fact="rehearsal.played", version=1):
    """A story was played: how many of its steps were sent, of how many, at what pace."""

    story: str
    sent: int
    steps: int
    pace_percent: int
    exercise: bool = True
