"""What legal switches say in the journal: which, on what basis, by whose decision, for how long."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class TurnedOn(Fact, fact="switch.turned_on", version=1):
    """A capability is allowed from a day to another; `perimeter`: at some places only."""

    capability: str
    number: str
    basis: str
    starts_on: str
    ends_on: str
    perimeter: bool


class TurnedOff(Fact, fact="switch.turned_off", version=1):
    """A capability is not allowed any more by that decision, from a day on."""

    capability: str
    number: str
    from_day: str
