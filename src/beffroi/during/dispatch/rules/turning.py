"""A clear change of the chance to arrive before they leave: told once, not for every breath."""

from __future__ import annotations

from datetime import datetime

import msgspec

#: What is told is that the chance passed one in two; it must pass it by so much.
HALF, MARGIN = 0.5, 0.03


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """On which side of one in two the chance is, since when, and whether it came from the other side
    (`told`): for `unit`, or for whoever is first."""

    above: bool
    at: datetime
    unit: str
    told: bool = False


def turned(before: Turn | None, chance: float | None, unit: str, at: datetime) -> Turn | None:
    """The turn after a new chance; None where there is no chance any more. Another unit starts anew."""
    if chance is None:
        return None
    if before is None or before.unit != unit:
        return Turn(above=chance >= HALF, at=at, unit=unit)
    gone = chance < HALF - MARGIN if before.above else chance > HALF + MARGIN
    return Turn(above=not before.above, at=at, unit=unit, told=True) if gone else before
