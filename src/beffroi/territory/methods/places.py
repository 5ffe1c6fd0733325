"""Places that people name: shops, schools, stations and addresses, as points of one layer of the town."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from beffroi.territory.methods.driving import Tags

#: What tells, in a tag, the kind of a place; the first that is there is taken.
KEYS = ("shop", "amenity", "tourism", "leisure", "office", "railway", "historic", "place")
# Furniture of the street, by the thousand, which nobody names.
_UNNAMED = {
    "bench", "waste_basket", "parking_space", "bicycle_parking", "vending_machine", "recycling",
    "ticket_validator", "parking_entrance", "waste_disposal", "drinking_water", "yes", "pitch", "tree",
    "information", "artwork", "surveillance",
}  # fmt: skip
# Kinds that lead someone there even where the map gives them no name.
_KNOWN = {
    "bakery", "pharmacy", "post_office", "school", "bank", "fuel", "place_of_worship", "townhall", "toilets",
    "supermarket", "convenience", "tobacco", "police", "fire_station", "hospital", "library", "parking",
    "playground", "kindergarten", "marketplace", "butcher", "hairdresser", "atm", "bus_station", "cemetery",
}  # fmt: skip


def kind_of(tags: Tags) -> str:
    """The kind of a place; '' where it is none that people name."""
    for key in KEYS:
        value = tags.get(key, "")
        if value and value not in _UNNAMED:
            return value
    return ""


def is_place(tags: Tags) -> bool:
    """Whether people may name it: an address, a known kind, or any kind with a name."""
    if tags.get("addr:housenumber") and tags.get("addr:street"):
        return True
    kind = kind_of(tags)
    return kind in _KNOWN or bool(kind and tags.get("name"))


def properties(tags: Tags) -> dict[str, str]:
    """What the layer keeps of a place: name, kind, number and street, those that are there."""
    found = {
        "name": tags.get("name", "")[:120],
        "kind": kind_of(tags)[:40],
        "number": tags.get("addr:housenumber", "")[:20],
        "street": tags.get("addr:street", "")[:120],
    }
    return {name: value for name, value in found.items() if value}


def once(found: Iterable[tuple[float, float, Mapping[str, Any]]]) -> Iterator[tuple[float, float, Any]]:
    """Each address and each named place once: an entrance and its building often bear the same."""
    seen: set[tuple[Any, ...]] = set()
    for lat, lon, each in found:
        near = (round(lat, 3), round(lon, 3))
        key = (each.get("name"), each.get("kind"), each.get("number"), each.get("street"), near)
        if key not in seen:
            seen.add(key)
            yield lat, lon, each
