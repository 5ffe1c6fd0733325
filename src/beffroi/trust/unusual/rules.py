"""Which looks are worth an officer's eye: one fact and one threshold each, nothing added up over a person.

A look without an incident is one whose purpose was another than an incident. Nights and shifts are those of
the town's clock; a person's own habit is only how many looks they had on their other days of service within
the window, and nothing of it is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

EXPLAINED, ACCEPTED, FOLLOWED = "explained", "accepted", "followed_up"
#: What the officer may decide of an alert.
DECISIONS = (EXPLAINED, ACCEPTED, FOLLOWED)
VOLUME, NIGHT, OUTSIDE, OWN_STREET, SAME_CAMERA, NO_INCIDENT = (
    "volume",
    "night",
    "outside",
    "own_street",
    "same_camera",
    "no_incident",
)
RULES = (VOLUME, NIGHT, OUTSIDE, OWN_STREET, SAME_CAMERA, NO_INCIDENT)
INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Look:
    """A look as the register tells it: `number` is its entry's, `at` in the town's own time.

    `street` and `zone_outside` come from where the camera hangs: its nearest street ('' unknown), and whether
    the member serves elsewhere than there.
    """

    number: int
    member: str
    device: str
    at: datetime
    purpose: str
    street: str = ""
    zone_outside: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One fact that passed its threshold: whose, through what, its figures, the entries that say so."""

    rule: str
    member: str
    key: str
    device: str
    figures: Mapping[str, Any]
    entries: tuple[int, ...]
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The thresholds, from `data/thresholds.toml`; 0 turns a rule off."""

    volume_times: float
    volume_least: int
    habit_days: int
    night_from: int
    night_until: int
    night_looks: int
    outside_looks: int
    own_street_looks: int
    same_camera_looks: int
    same_camera_days: int
    no_incident_looks: int


Days = dict[tuple[str, date], list[Look]]


def day_of(at: datetime) -> date:
    """The day of service of an instant: what comes before noon after a night belongs to the day before."""
    return (at - timedelta(hours=6)).date()


def found(looks: Iterable[Look], own: Mapping[str, str], day: date, limits: Thresholds) -> list[Found]:
    """What passed a threshold on a day of service. `own`: a member's declared street, where there is one.

    `looks` are those of that day and of the `habit_days` before.
    """
    days: Days = defaultdict(list)
    for each in sorted(looks, key=lambda each: (each.at, each.number)):
        days[each.member, day_of(each.at)].append(each)
    made: list[Found] = []
    for (member, when), seen in sorted(days.items()):
        if when == day:
            made += _of_day(member, seen, own.get(member, ""), limits)
            made += _volume(member, day, days, limits)
            made += _same_camera(member, day, days, limits)
    return made


def _of_day(member: str, seen: Sequence[Look], street: str, limits: Thresholds) -> list[Found]:
    """The rules that count the looks of one day."""
    free = [each for each in seen if each.purpose != INCIDENT]
    counted: list[tuple[str, int, list[Look]]] = [
        (NIGHT, limits.night_looks, [each for each in free if _night(each.at, limits)]),
        (OUTSIDE, limits.outside_looks, [each for each in seen if each.zone_outside]),
        (NO_INCIDENT, limits.no_incident_looks, free),
        (
            OWN_STREET,
            limits.own_street_looks,
            [each for each in free if street and each.street.casefold() == street.casefold()],
        ),
    ]
    return [
        _made(rule, member, f"{member}:{day_of(chosen[0].at)}", chosen, {"threshold": most})
        for rule, most, chosen in counted
        if most and len(chosen) >= most
    ]


def _volume(member: str, day: date, days: Days, limits: Thresholds) -> list[Found]:
    """Many more looks than on one's own usual day: against oneself only, never against others."""
    seen = days[member, day]
    others = [
        len(each)
        for (who, when), each in days.items()
        if who == member and day - timedelta(days=limits.habit_days) <= when < day
    ]
    if not limits.volume_times or len(others) < 5:
        return []
    usual = median(others)
    if len(seen) < max(limits.volume_least, limits.volume_times * usual):
        return []
    figures = {"threshold": limits.volume_times, "usual": usual, "days": len(others)}
    return [_made(VOLUME, member, f"{member}:{day}", seen, figures)]


def _same_camera(member: str, day: date, days: Days, limits: Thresholds) -> list[Found]:
    """The same camera again and again outside of incidents, today and on the days before."""
    if not limits.same_camera_looks:
        return []
    first = day - timedelta(days=limits.same_camera_days - 1)
    by_camera: dict[str, list[Look]] = defaultdict(list)
    for (who, when), seen in sorted(days.items()):
        if who == member and first <= when <= day:
            for each in seen:
                if each.purpose != INCIDENT:
                    by_camera[each.device].append(each)
    figures = {"threshold": limits.same_camera_looks, "days": limits.same_camera_days}
    return [
        _made(SAME_CAMERA, member, f"{member}:{device}:{day}", seen, figures, device=device)
        for device, seen in sorted(by_camera.items())
        if len(seen) >= limits.same_camera_looks and day_of(seen[-1].at) == day
    ]


def _night(at: datetime, limits: Thresholds) -> bool:
    return at.hour >= limits.night_from or at.hour < limits.night_until


def _made(
    rule: str, member: str, key: str, seen: Sequence[Look], figures: dict[str, Any], *, device: str = ""
) -> Found:
    through = {each.device for each in seen}
    return Found(
        rule=rule,
        member=member,
        key=key,
        device=device or (next(iter(through)) if len(through) == 1 else ""),
        figures={**figures, "looks": len(seen), "cameras": len(through)},
        entries=tuple(each.number for each in seen),
        first_at=seen[0].at,
        last_at=seen[-1].at,
    )
