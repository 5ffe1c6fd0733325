"""What is read of ONVIF's JSON, and nothing else: what is not named here is never made into a value.

Faces, plates, clothes, ages and genders stand in `Appearance` beside the class; they are skipped as bytes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from beffroi.during.intake.rules import Unreadable

_LONGEST = 64
Scalar = str | int | float | bool | None
T = TypeVar("T")


class Type(msgspec.Struct, frozen=True):
    """A class that an object may have, with its likelihood (0 to 1)."""

    text: str = msgspec.field(name="#text", default="")
    likelihood: float | str | None = msgspec.field(name="@Likelihood", default=None)


class Class(msgspec.Struct, frozen=True):
    """The classes that an object may have."""

    types: list[Type] | Type = msgspec.field(name="Type", default_factory=list)


class Appearance(msgspec.Struct, frozen=True):
    """Of an object's appearance: its class alone."""

    of_class: Class | None = msgspec.field(name="Class", default=None)


class Object(msgspec.Struct, frozen=True):
    """An object in a frame, by its identifier within its camera's module."""

    id: str | int | float | None = msgspec.field(name="@ObjectId", default=None)
    appearance: Appearance | None = msgspec.field(name="Appearance", default=None)


class Frame(msgspec.Struct, frozen=True):
    """What was in the picture at one instant."""

    time: str = msgspec.field(name="@UtcTime")
    objects: list[Object] | Object = msgspec.field(name="Object", default_factory=list)


class Metadata(msgspec.Struct, frozen=True):
    """A metadata message."""

    frames: list[Frame] | Frame = msgspec.field(name="Frame", default_factory=list)


class Event(msgspec.Struct, frozen=True):
    """An event; the items of its source and data stay bytes until one is asked for by name."""

    time: str = msgspec.field(name="UtcTime")
    source: dict[str, msgspec.Raw] = msgspec.field(name="Source", default_factory=dict)
    key: dict[str, msgspec.Raw] = msgspec.field(name="Key", default_factory=dict)
    data: dict[str, msgspec.Raw] = msgspec.field(name="Data", default_factory=dict)


class _Item(msgspec.Struct, frozen=True):
    name: str = msgspec.field(name="Name")
    value: msgspec.Raw = msgspec.field(name="Value")


event = msgspec.json.Decoder(Event)
metadata = msgspec.json.Decoder(Metadata)
_scalar = msgspec.json.Decoder(Scalar)
_object = msgspec.json.Decoder(list[Object] | Object)
_items = msgspec.json.Decoder(list[_Item] | _Item)
_BAD = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def decoded(decoder: msgspec.json.Decoder[T], payload: bytes) -> T:
    """The message, or Unreadable with why."""
    try:
        return decoder.decode(payload)
    except _BAD as error:
        raise Unreadable(str(error) or "nested too deeply", code="onvif.unreadable") from None


def instant(given: str) -> datetime:
    """ONVIF's UtcTime: ISO 8601, in UTC with or without saying so. Raises Unreadable."""
    try:
        moment = datetime.fromisoformat(given)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable(f"{given[:40]!r} is not a time", code="onvif.bad_time") from None


def text(raw: msgspec.Raw) -> str:
    """A value in words, whether it came quoted or bare; '' for what is no plain value."""
    try:
        value = _scalar.decode(raw)
    except _BAD:
        return ""
    if value is None:
        return ""
    return str(value).lower()[:_LONGEST] if isinstance(value, bool) else str(value)[:_LONGEST]


def item(section: Mapping[str, msgspec.Raw], name: str) -> str:
    """The item of that name, in either way in which cameras write them; '' where there is none."""
    if name in section:
        return text(section[name])
    if "SimpleItem" not in section:
        return ""
    try:
        items = _items.decode(section["SimpleItem"])
    except _BAD:
        return ""
    found = items if isinstance(items, list) else [items]
    return next((text(each.value) for each in found if each.name == name), "")


def objects(section: Mapping[str, msgspec.Raw]) -> list[Object]:
    """The objects that an event carries, if any."""
    try:
        return listed(_object.decode(section["Object"])) if "Object" in section else []
    except _BAD:
        return []


def listed(given: Any) -> list[Any]:
    """One or several, as a list: JSON made of XML writes a single element bare."""
    return given if isinstance(given, list) else [given]


def likeliest(thing: Object) -> tuple[str, float | None]:
    """The likeliest class of an object and how likely it is; '' where it has none."""
    of_class = thing.appearance.of_class if thing.appearance else None
    rated = [(_likelihood(each), each.text) for each in listed(of_class.types)] if of_class else []
    if not rated:
        return "", None
    likelihood, label = max(rated, key=lambda each: -1.0 if each[0] is None else each[0])
    return label[:_LONGEST], likelihood


def _likelihood(given: Type) -> float | None:
    try:
        value = float(given.likelihood) if given.likelihood is not None else math.nan
    except ValueError:
        return None
    return round(value, 4) if 0 <= value <= 1 else None
