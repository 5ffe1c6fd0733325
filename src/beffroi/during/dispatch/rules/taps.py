"""When a tap was made: the phone's word, corrected where its clock is off, never beyond what is possible."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

#: Seconds between a phone's clock and ours that are left as they are: networks wait that long too.
TRUE_S = 5.0

EN_ROUTE, ON_SCENE, FREE = "en_route", "on_scene", "free"
AVAILABLE, PAUSE, UNDO, DISTRESS = "available", "pause", "undo", "distress"
#: What concerns a mission, in its order.
MISSION_ACTS = (EN_ROUTE, ON_SCENE, FREE)
#: What concerns the unit while it has none.
UNIT_ACTS = (AVAILABLE, PAUSE)
ACTS = (*MISSION_ACTS, *UNIT_ACTS, UNDO, DISTRESS)


class Believed(NamedTuple):
    """When a tap is believed to have been made; `clock` and `off_s` as in `facts.TapTaken`."""

    at: datetime
    clock: str
    off_s: float


def believed(
    said: datetime | None, phone_now: datetime | None, received: datetime, not_before: datetime
) -> Believed:
    """When a tap was made, by the phone's word `said`, its clock at sending `phone_now`, and ours.

    A clock that is off by more than a few seconds is corrected by what it shows at sending: how long ago
    the tap was is right even where the hour is wrong. Nothing is later than its receipt, nor earlier than
    `not_before`, what the tap answers to.
    """
    if said is None or phone_now is None:
        return Believed(max(received, not_before), "", 0.0)
    off_s = (phone_now - received).total_seconds()
    at, clock = said, ""
    if abs(off_s) > TRUE_S:
        at, clock = received - (phone_now - said), "corrected"
    if at > received:
        at, clock = received, "ahead"
    if at < not_before:
        at, clock = not_before, "before"
    return Believed(at, clock, round(off_s, 1) if clock else 0.0)
