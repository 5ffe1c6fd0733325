"""What the desk shows of the eyes beside an incident, ready to be written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Eye:
    """A camera beside an incident: why it is named, and what keeps it closed ('' where it may be asked)."""

    device: str
    name: str
    why: str
    sees: bool
    live: bool
    past: bool
    closed: str
