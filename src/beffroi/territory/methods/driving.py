"""Where a patrol's car may drive, and how fast.

A patrol may pass where the public may not (a private road, a pedestrian street): such
streets are kept and made slow, so that they are taken when nothing else leads there.
What a car cannot pass (steps, footways, fixed bollards) is left out, with the reason.

Speeds are what a car without siren makes of the limit over a whole street, junctions
included: 0.8 of limits below 70 km/h, 0.9 of higher ones. Real response times, once
the town has some, tell better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from beffroi.territory.methods import values

Tags = Mapping[str, str]

#: Speed limit by class, km/h, in a built-up area and outside (France, code de la route R413-2, R413-3).
LIMITS: dict[str, tuple[float, float]] = {
    "motorway": (110, 130),
    "motorway_link": (70, 70),
    "trunk": (70, 110),
    "trunk_link": (50, 70),
    "primary": (50, 80),
    "primary_link": (50, 50),
    "secondary": (50, 80),
    "secondary_link": (50, 50),
    "tertiary": (50, 80),
    "tertiary_link": (50, 50),
    "unclassified": (50, 60),
    "road": (50, 60),
    "residential": (50, 50),
    "living_street": (20, 20),
    "service": (20, 30),
    "busway": (40, 50),
    "track": (15, 15),
    "pedestrian": (10, 10),
}
#: Ways for those on foot or on a bicycle: driven only where the file says that cars may.
_NOT_FOR_CARS = {"footway", "cycleway", "path", "bridleway", "corridor"}
_SLOW_SERVICE = {"driveway": 10.0, "parking_aisle": 10.0, "drive-through": 10.0}
_TRACK_GRADES = {"grade1": 25.0, "grade2": 20.0, "grade4": 8.0, "grade5": 6.0}
_OPEN = {
    "yes", "permissive", "designated", "destination", "customers", "delivery", "residents", "permit",
    "official", "public", "unknown", "discouraged",
}  # fmt: skip
_RESTRICTED = {"military": (0.0, "military"), "private": (0.5, "private")}
_SERVES_CARS = ("motorcar", "motor_vehicle", "vehicle", "access")

#: Barriers that a patrol passes without stopping; with the seconds it costs; not at all.
_PASSED = {
    "entrance", "border_control", "toll_booth", "cattle_grid", "kerb", "height_restrictor", "city_port",
    "city_gate", "checkpoint", "bump_gate",
}  # fmt: skip
_DELAYS = {
    "lift_gate": 15.0, "gate": 20.0, "swing_gate": 20.0, "sliding_gate": 20.0, "wicket_gate": 60.0,
    "hampshire_gate": 30.0, "chain": 45.0, "rope": 30.0, "sally_port": 20.0, "spikes": 60.0,
}  # fmt: skip
_MOVABLE = {"rising", "removable", "foldable", "flexible"}
_MOVABLE_S = 60.0
_LOCKED_S = 60.0


@dataclass(frozen=True, slots=True)
class Driven:
    """How a way is driven: limits in km/h (0: closed that way), and why it is slow, if it is."""

    forward: float
    backward: float
    slowed: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """Why a way is not driven."""

    reason: str


@dataclass(frozen=True, slots=True)
class Barrier:
    """What a barrier on a street means for a patrol: passable after `seconds`, or not."""

    kind: str
    passable: bool
    seconds: float = 0.0


def way(tags: Tags, built_up: bool) -> Driven | Left:
    """How a patrol drives a way, from its tags; `built_up` chooses the limit where none is written."""
    klass = tags.get("highway", "")
    left = _unfit(klass, tags)
    if left:
        return Left(left)
    factor, why = _access(klass, tags)
    if factor == 0.0:
        return Left(why)
    default = 10.0 if klass in _NOT_FOR_CARS else _default_limit(klass, tags, built_up)
    forward, backward = _limit(tags, "forward", default) * factor, _limit(tags, "backward", default) * factor
    direction = _one_way(klass, tags)
    if klass == "pedestrian" or klass in _NOT_FOR_CARS:
        why = why or klass
        forward, backward = min(forward, 10.0), min(backward, 10.0)
    return Driven(forward if direction >= 0 else 0.0, backward if direction <= 0 else 0.0, why)


def _unfit(klass: str, tags: Tags) -> str:
    if klass in _NOT_FOR_CARS:
        opened = any(tags.get(key) in _OPEN for key in ("motorcar", "motor_vehicle", "emergency"))
        return "" if opened else klass
    if klass not in LIMITS:
        return klass if klass in ("steps", "construction", "proposed", "platform") else "other class"
    if tags.get("area") == "yes":
        return "area"
    width, height = values.metres(tags.get("maxwidth", "")), values.metres(tags.get("maxheight", ""))
    if width is not None and width < 2.0:
        return "too narrow"
    if height is not None and height < 1.9:
        return "too low"
    return ""


def _access(klass: str, tags: Tags) -> tuple[float, str]:
    """Factor on the speed (0: closed to patrols too) and why."""
    emergency = tags.get("emergency", "")
    word = next((tags[key] for key in _SERVES_CARS if key in tags), "yes")
    opened = emergency in ("yes", "designated") or tags.get("service") == "emergency_access"
    if emergency == "no":
        return 0.0, "closed to emergency vehicles"
    if opened or klass == "busway" or word in _OPEN:
        return 1.0, ""
    if any(tags.get(key) in _OPEN for key in ("psv", "bus", "taxi")):
        return 0.9, "bus lane"
    return _RESTRICTED.get(word, (0.3, "closed to cars"))


def _default_limit(klass: str, tags: Tags, built_up: bool) -> float:
    if klass == "service" and tags.get("service") in _SLOW_SERVICE:
        return _SLOW_SERVICE[tags["service"]]
    if klass == "track" and tags.get("tracktype") in _TRACK_GRADES:
        return _TRACK_GRADES[tags["tracktype"]]
    for key in ("zone:maxspeed", "maxspeed:type", "source:maxspeed"):
        said = values.kmh(tags[key]) if ":" in tags.get(key, "") else None
        if said:
            return min(said, LIMITS[klass][1])
    return LIMITS[klass][0 if built_up else 1]


def _limit(tags: Tags, direction: str, default: float) -> float:
    for key in (f"maxspeed:{direction}", "maxspeed"):
        said = values.kmh(tags.get(key, ""))
        if values.believable(said, 3.0, 160.0):
            assert said is not None  # noqa: S101 - believable refuses None
            return said
    return default


def absurd_limit(tags: Tags) -> bool:
    """Whether a written number for a limit is not one that a road has."""
    said = values.kmh(tags.get("maxspeed", ""))
    return said is not None and not values.believable(said, 3.0, 160.0)


def _one_way(klass: str, tags: Tags) -> int:
    """1: along the way only; -1: against it only; 0: both."""
    for key in ("oneway:motorcar", "oneway:motor_vehicle", "oneway"):
        word = tags.get(key)
        if word in ("yes", "true", "1", "forward"):
            return 1
        if word in ("-1", "reverse", "backward"):
            return -1
        if word in ("no", "false", "0", "alternating", "reversible"):
            return 0
    implied = klass == "motorway" or tags.get("junction") in ("roundabout", "circular")
    return 1 if implied else 0


def pace(limit_kmh: float) -> float:
    """Metres a second that a patrol makes of a limit, over a whole street."""
    return limit_kmh / 3.6 * (0.9 if limit_kmh >= 70 else 0.8)


def barrier(tags: Tags) -> Barrier | None:
    """What the barrier on a node means, or None when there is none that matters."""
    kind = tags.get("barrier", "")
    if not kind or kind in _PASSED:
        return None
    open_to = [tags.get(key) for key in ("emergency", "motorcar", "motor_vehicle", "vehicle")]
    if any(word in ("yes", "designated", "permissive") for word in open_to):
        return None
    if tags.get("bollard") in _MOVABLE or kind == "rising_bollard":
        return Barrier(kind, True, _MOVABLE_S)
    if kind in _DELAYS:
        locked = _LOCKED_S if tags.get("locked") == "yes" else 0.0
        return Barrier(kind, True, _DELAYS[kind] + locked)
    return Barrier(kind, False)
