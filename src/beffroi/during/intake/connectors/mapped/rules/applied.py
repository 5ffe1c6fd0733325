"""What a mapping makes of a message: the values of each observation, or why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from beffroi.during.intake.connectors.mapped.rules.parts import word
from beffroi.during.intake.connectors.mapped.rules.paths import Path, Seen, first, values
from beffroi.during.intake.connectors.mapped.rules.shapes import (
    IGNORE,
    Condition,
    Kind,
    Moment,
    Rule,
    Value,
)
from beffroi.during.intake.rules import Unreadable

_WORD = 64
_TIME_LONGEST = 64
_BOUNDS = {"lat": (-90.0, 90.0), "lon": (-180.0, 180.0), "radius_m": (0.0, 50_000.0), "certainty": (0.0, 1.0)}
_MS_PER_S = 1_000


@dataclass(frozen=True, slots=True)
class Made:
    """An observation as a rule makes it; `state` is what `on_change` looks at, None where it is not said."""

    kind: str
    key: tuple[str, ...] = ()
    state: tuple[str, ...] | None = None
    seen_at: datetime | None = None
    name: str = ""
    lat: float | None = None
    lon: float | None = None
    radius_m: float = 0.0
    certainty: float | None = None
    content: dict[str, str | float | bool] = field(default_factory=dict)


def is_ignored(conditions: tuple[Condition, ...], seen: Seen) -> bool:
    """Whether any of the conditions holds."""
    return any(_holds(each, seen) for each in conditions)


def _holds(condition: Condition, seen: Seen) -> bool:
    found = [each for each in values(condition.path, seen) if each is not None]
    if condition.missing is not None:
        return condition.missing == (not found)
    said = {_text(each, condition.path).lower() for each in found if _is_plain(each)}
    if condition.among is not None:
        return bool(said & condition.among)
    return condition.outside is not None and not said & condition.outside


def made(rule: Rule, seen: Seen) -> Made | None:
    """What one rule makes of a message or item; None for what it ignores. Raises Unreadable."""
    if is_ignored(rule.ignore, seen):
        return None
    kind = _kind(rule.kind, seen)
    if kind == IGNORE:
        return None
    lat, lon = _number("lat", rule, seen), _number("lon", rule, seen)
    if (lat is None) != (lon is None):
        raise Unreadable("lat and lon go together, one is missing", code="mapped.no_value")
    words = {name: _word(name, rule.fields.get(name), seen) for name in ("device", "zone", "floor")}
    content = {name: _kept(each, seen) for name, each in rule.content.items()}
    return Made(
        kind=kind,
        key=tuple(_named(each, seen) for each in rule.key),
        state=_state(rule, seen),
        seen_at=None if rule.seen_at is None else _moment(rule.seen_at, seen),
        name=words["device"],
        lat=lat,
        lon=lon,
        radius_m=_number("radius_m", rule, seen) or 0.0,
        certainty=_number("certainty", rule, seen),
        content={
            **{name: each for name, each in content.items() if each is not None},
            **{name: words[name] for name in ("zone", "floor") if words[name]},
        },
    )


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _text(value: Any, path: Path) -> str:
    """A plain value as a word. Raises Unreadable."""
    if not _is_plain(value):
        raise Unreadable(f"{path.text} holds no plain value", code="mapped.bad_value")
    return word(value)


def _kind(kind: Kind, seen: Seen) -> str:
    if kind.path is None:
        return kind.always
    value = first(kind.path, seen)
    said = "" if value is None else _text(value, kind.path)
    found = None if value is None else kind.values.get(said.lower())
    if found is not None:
        return found
    if kind.default is not None:
        return kind.default
    if value is None:
        raise Unreadable(f"kind: there is nothing at {kind.path.text}", code="mapped.no_value")
    raise Unreadable(f"kind: {said[:40]!r} is not among its values", code="mapped.unknown_value")


def _named(path: Path, seen: Seen) -> str:
    value = first(path, seen)
    if value is None or _text(value, path) == "":
        raise Unreadable(f"key: there is nothing at {path.text}", code="mapped.no_value")
    return _text(value, path)


def _state(rule: Rule, seen: Seen) -> tuple[str, ...] | None:
    """What is compared from message to message; None where the message does not speak of all of it."""
    found = [first(each, seen) for each in rule.on_change]
    if any(each is None for each in found):
        return None
    return tuple(_text(each, path) for each, path in zip(found, rule.on_change, strict=True))


def _raw(value: Value | None, seen: Seen) -> Any:
    if value is None:
        return None
    return value.always if value.path is None else first(value.path, seen)


def _word(name: str, value: Value | None, seen: Seen) -> str:
    raw = _raw(value, seen)
    if raw is None:
        return ""
    if not _is_plain(raw):
        raise Unreadable(f"{name} is no plain value", code="mapped.bad_value")
    return word(raw)[:_WORD]


def _kept(value: Value, seen: Seen) -> str | float | bool | None:
    raw = _raw(value, seen)
    if isinstance(raw, str):
        return raw.strip()[:_WORD]
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return raw if isinstance(raw, bool) else None
    return raw if math.isfinite(raw) and abs(raw) < 2**53 else None


def _number(name: str, rule: Rule, seen: Seen) -> float | None:
    """A number within its bounds, or None where there is none. Raises Unreadable."""
    value = rule.fields.get(name)
    raw = _raw(value, seen)
    if value is None or raw is None:
        return None
    low, high = _BOUNDS[name]
    try:
        number = math.nan if isinstance(raw, bool) or not _is_plain(raw) else float(raw) / value.of
    except (ValueError, OverflowError):
        number = math.nan
    if not low <= number <= high:
        raise Unreadable(f"{name} is no number from {low:g} to {high:g}", code="mapped.bad_value")
    return number


def _moment(moment: Moment, seen: Seen) -> datetime | None:
    raw = first(moment.path, seen)
    if raw is None:
        return None
    said = _text(raw, moment.path)[:_TIME_LONGEST]
    try:
        found = _read_time(said, moment.written)
        if found.tzinfo is None:
            if moment.zone is None:
                raise Unreadable(
                    f"seen_at: {said!r} says no zone; give seen_at its zone", code="mapped.bad_value"
                )
            found = found.replace(tzinfo=moment.zone)
        return found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise Unreadable(f"seen_at: {said!r} is no time", code="mapped.bad_value") from None


def _read_time(said: str, written: str) -> datetime:
    if written == "iso":
        return datetime.fromisoformat(said)
    if written in ("epoch_s", "epoch_ms"):
        return datetime.fromtimestamp(float(said) / (_MS_PER_S if written == "epoch_ms" else 1), UTC)
    return datetime.strptime(said, written)  # noqa: DTZ007 - its zone is added by `_moment`
