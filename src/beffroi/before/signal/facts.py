"""What this room appends to the journal: codes and identifiers, never a place or a name."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class SignalReported(Fact, fact="signal.reported", version=1):
    """A member reported something; the rest is read with `queries.signal`.

    `what` is a word of `rules.WHAT`; `seen_seconds_before` is the age of what was seen (s).
    """

    signal: str
    territory: str
    what: str
    seen_seconds_before: int
    exercise: bool = False
