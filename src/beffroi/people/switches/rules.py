"""Which capabilities the law allows only behind a switch, and when one is on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from beffroi.people.orders.rules import bad_ring, within, years_after

#: Capability → the most years that one decision may last.
CAPABILITIES: Mapping[str, int] = MappingProxyType(
    {
        "video_analytics": 1,  # a program that looks at images by itself
        "following": 1,  # from camera to camera, by appearance
        "plates": 1,  # number plates read by a program
        "image_sharing": 5,  # images shown to another body than the one that films
        "recording_search": 1,  # recordings searched by appearance
    }
)


def bad_term(capability: str, starts: date, ends: date) -> str:
    """Why a switch may not be on from `starts` to `ends` (both included); '' where it may."""
    if ends < starts:
        return "it ends before it starts"
    if ends >= years_after(starts, CAPABILITIES[capability]):
        return "it lasts too long: the decision must be taken again before"
    return ""


def is_on(starts: date, ends: date, off_from: date | None, day: date) -> bool:
    """Whether a switch is on, on a day; off by default, and off again after its last."""
    return starts <= day <= ends and (off_from is None or day < off_from)


def reaches(ring: Sequence[tuple[float, float]], place: tuple[float, float] | None) -> bool:
    """Whether a switch holds at a place (latitude, longitude): everywhere where it names no corners.

    A place that nobody knows lies in none.
    """
    if not ring:
        return True
    return place is not None and within(ring, *place)


__all__ = ["CAPABILITIES", "bad_ring", "bad_term", "is_on", "reaches"]
