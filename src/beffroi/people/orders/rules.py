"""What the law fixes about orders and accreditations: purposes, terms, what stands, what ends soon."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType

#: CSI L251-2, in the law's order: what cameras on the public road may be for.
PURPOSES = (
    "public_buildings",  # 1° buildings and installations of the public, and what is round them
    "national_defence",  # 2° installations useful to national defence
    "traffic_flow",  # 3° flows of traffic
    "traffic_offences",  # 4° offences against the rules of traffic
    "public_safety",  # 5° attacks on people and goods in places exposed to them
    "terrorism",  # 6° acts of terrorism
    "natural_risks",  # 7° natural or technological risks
    "rescue",  # 8° help to people, defence against fire
    "amusement_parks",  # 9° safety of installations that receive the public in amusement parks
    "insurance",  # 10° vehicles that must be insured
    "dumping",  # 11° waste left where it may not be
)

#: What somebody looks for → the purposes of which an order must hold at least one. None: any order will do,
#: since whether a camera works is looked after under all of them.
CARRIED_BY: Mapping[str, frozenset[str] | None] = MappingProxyType(
    {
        "incident": None,  # the purposes of its own order bound what is looked for
        "prevention": frozenset(
            {"public_buildings", "national_defence", "public_safety", "terrorism", "dumping"}
        ),
        "rescue": frozenset({"rescue", "natural_risks"}),
        "disaster": frozenset({"natural_risks", "rescue"}),
        "traffic": frozenset({"traffic_flow", "traffic_offences"}),
        "upkeep": None,
    }
)

LONGEST_YEARS = 5  # CSI L252-4
LONGEST_RETENTION_DAYS = 30  # CSI L252-5: a month at most
#: An order or an accreditation that ends within so many days is told of, and told of again.
WARNED_DAYS = (180, 90, 30, 7)

AGENT, STATE = "agent", "state"
#: An agent of the service that works the system (CSI L252-2), or one whom the State designated (CSI L252-3).
KINDS = (AGENT, STATE)

Ring = Sequence[tuple[float, float]]


def years_after(day: date, years: int) -> date:
    """The same day some years later; 28 February for a 29th that is not there."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def bad_term(starts: date, ends: date) -> str:
    """Why an order may not last from `starts` to `ends` (both included); '' where it may."""
    if ends < starts:
        return "it ends before it starts"
    if ends >= years_after(starts, LONGEST_YEARS):
        return "it lasts longer than five years (CSI L252-4)"
    return ""


def bad_purposes(purposes: Collection[str]) -> str:
    """Why an order may not hold these purposes; '' where it may."""
    if not purposes:
        return "an order names at least one purpose of CSI L251-2"
    strange = sorted(set(purposes) - set(PURPOSES))
    return "it names a purpose that CSI L251-2 does not" if strange else ""


def bad_ring(ring: Ring) -> str:
    """Why these corners (latitude, longitude) bound no place; '' where they do."""
    if len(ring) < 3:
        return "a perimeter has at least three corners"
    if any(not (-90 <= lat <= 90 and -180 <= lon <= 180) for lat, lon in ring):
        return "a corner is a latitude and a longitude, in degrees"
    return ""


def within(ring: Ring, lat: float, lon: float) -> bool:
    """Whether a place lies inside the corners (even-odd rule); a town's size, so degrees serve as a plane."""
    inside = False
    for (lat_a, lon_a), (lat_b, lon_b) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (lat_a > lat) != (lat_b > lat) and lon < lon_a + (lat - lat_a) / (lat_b - lat_a) * (lon_b - lon_a):
            inside = not inside
    return inside


def stands(starts: date, ends: date, withdrawn: date | None, day: date) -> bool:
    """Whether what lasts from `starts` to `ends` (included) stands on a day; withdrawn: not from then on."""
    return starts <= day <= ends and (withdrawn is None or day < withdrawn)


def carries(purposes: Collection[str], looked_for: str) -> bool:
    """Whether an order with these purposes lets somebody look for that one."""
    wanted = CARRIED_BY.get(looked_for, frozenset())
    return wanted is None or bool(wanted.intersection(purposes))


def warned(ends: date, day: date) -> int | None:
    """The smallest of `WARNED_DAYS` that what ends then is within, on that day; None while it is further."""
    left = (ends - day).days
    within_days = [days for days in WARNED_DAYS if left <= days]
    return min(within_days) if within_days and left >= 0 else None
