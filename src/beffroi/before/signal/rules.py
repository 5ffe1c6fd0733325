"""The words of a signal: what may be said, and nothing that describes a person.

`WHAT` names what was seen; `DETAILS` gives, for each, the questions that help to find it
again and their closed lists of answers. Acts are described, persons are not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from beffroi.foundation.errors import Invalid

WHAT = ("signal.vehicle_slow", "signal.person_loitering", "signal.noise", "signal.other")

DETAILS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "signal.vehicle_slow": MappingProxyType(
            {
                "vehicle": ("car", "van", "lorry", "two_wheels", "other"),
                "colour": ("light", "dark", "bright", "unsure"),
                "moving": ("slowly", "back_and_forth", "stopped", "leaving"),
            }
        ),
        "signal.person_loitering": MappingProxyType(
            {
                "doing": ("watching_houses", "looking_in_vehicles", "ringing_at_doors", "entering_plots"),
                "how_many": ("one", "two", "more"),
            }
        ),
        "signal.noise": MappingProxyType({"sound": ("glass", "forced_door", "alarm", "engine", "voices")}),
        "signal.other": MappingProxyType(
            {"sight": ("door_open", "light_inside", "damage", "left_object", "else")}
        ),
    }
)

OLDEST = timedelta(hours=24)
AHEAD = timedelta(minutes=2)  # clocks of phones differ
WIDEST_M = 500.0


class Unsaid(Invalid):
    """A report whose words, time or place cannot be taken."""

    code = "signal.invalid"
    message = "{where}: {why}."
    advice = "Choose again among the answers proposed."


def words(what: str, details: Mapping[str, str]) -> dict[str, str]:
    """The details kept for `what`: known questions, known answers, empty ones dropped.

    Raises Unsaid for a word that is in no list.
    """
    if what not in DETAILS:
        raise Unsaid(where="what", why=f"{what!r} is not a word of signals")
    kept = {}
    for question, answer in details.items():
        if not answer:
            continue
        if answer not in DETAILS[what].get(question, ()):
            raise Unsaid(where=question, why="this answer is not proposed")
        kept[question] = answer
    return kept


def seen(seen_at: datetime, received_at: datetime) -> datetime:
    """When it was seen: not after it was told (a phone's clock may be ahead), not older than a day."""
    if seen_at.tzinfo is None:
        raise Unsaid(where="seen_at", why="a time needs its zone")
    if seen_at - received_at > AHEAD:
        raise Unsaid(where="seen_at", why="this time is yet to come")
    if received_at - seen_at > OLDEST:
        raise Unsaid(where="seen_at", why="this was more than a day ago")
    return min(seen_at, received_at)


def radius(radius_m: float) -> float:
    """The doubt about the place, in metres, from 10 to 500; a phone that knows nothing says more."""
    if not math.isfinite(radius_m):
        raise Unsaid(where="place", why="its precision is not a number")
    if radius_m > WIDEST_M:
        raise Unsaid(where="place", why="too vague, show it on the map or choose a street")
    return max(10.0, radius_m)
