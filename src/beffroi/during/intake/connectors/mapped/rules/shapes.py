"""A mapping after it was read: what each field of an observation is made of."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from beffroi.during.intake.connectors.mapped.rules.paths import Path

#: The word of a table of kinds for what is not to be kept.
IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Value:
    """A value at a path or a constant; a number is divided by `of` (a certainty out of a hundred, say)."""

    path: Path | None = None
    always: str | float | bool | None = None
    of: float = 1.0


@dataclass(frozen=True, slots=True)
class Moment:
    """A time at a path: `iso`, `epoch_s`, `epoch_ms` or a format; `zone` for one that carries none."""

    path: Path
    written: str = "iso"
    zone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A constant kind, or a table from words (in small letters) to kinds or IGNORE, with its default."""

    path: Path | None = None
    always: str = ""
    values: MappingType[str, str] = field(default_factory=dict)
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What a message must say to be ignored: one of some words, none of some, something, or nothing."""

    path: Path
    among: frozenset[str] | None = None
    outside: frozenset[str] | None = None
    missing: bool | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """How one observation is made."""

    kind: Kind
    key: tuple[Path, ...] = ()
    on_change: tuple[Path, ...] = ()
    seen_at: Moment | None = None
    fields: MappingType[str, Value] = field(default_factory=dict)
    content: MappingType[str, Value] = field(default_factory=dict)
    ignore: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """What the messages of a source mean."""

    rules: tuple[Rule, ...]
    format: str = "json"
    topics: tuple[str, ...] = ("#",)
    each: Path | None = None
    ignore: tuple[Condition, ...] = ()


def matches(filter: str, topic: str) -> bool:
    """Whether an MQTT filter takes a topic: `+` is any level, `#` at the end all that follow, or none."""
    asked, levels = filter.split("/"), topic.split("/")
    if asked[-1] == "#":
        asked = asked[:-1]
        levels = levels[: len(asked)]
    return len(asked) == len(levels) and all(
        each in ("+", level) for each, level in zip(asked, levels, strict=True)
    )
