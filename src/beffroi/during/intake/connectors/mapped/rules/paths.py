"""Paths into a message: `data.door[0].state`, `alarms[*].code`, `params."input:0".state`, `@topic[1]`.

Keys parted by dots (quoted where they hold other signs), the index of a list (from the end where negative),
`[*]` for each of a list. A path starts at the message or, with `each`, at one of its items; `@body` is always
the message, `@topic` the MQTT topic below the prefix (`@topic[0]` its first level), `@query` the parameters
of the address, `@path` what follows the connector's name in it. Nothing is computed: a path costs what it
visits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ROOTS = ("@body", "@topic", "@query", "@path")
#: `[*]` among the steps of a path.
EACH = object()

_LONGEST, _STEPS, _WILDCARDS, _VALUES = 200, 16, 2, 1_000
_KEY = re.compile(r'[^."\[\]@\s]+')
_INDEX = re.compile(r"\[(\*|-?\d{1,4})\]")


class BadPath(ValueError):
    """A path that is none: why, and at which character."""


@dataclass(frozen=True, slots=True)
class Path:
    """A path as it was written: `root` ('' for the item or message), and keys, indices and EACH."""

    text: str
    root: str
    steps: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as paths see it: its body, the item that `each` found, and how it came."""

    body: Any
    item: Any
    topic: str = ""
    path: str = ""
    query: Mapping[str, str] | None = None


def parse(text: str) -> Path:
    """The path that `text` writes. Raises BadPath."""
    if not text or len(text) > _LONGEST:
        raise BadPath(f"a path has 1 to {_LONGEST} characters")
    root, at = _root(text)
    steps: list[Any] = []
    while at < len(text):
        step, at = _step(text, at, first=not steps and not root)
        steps.append(step)
    if len(steps) > _STEPS:
        raise BadPath(f"a path has at most {_STEPS} steps")
    if sum(step is EACH for step in steps) > _WILDCARDS:
        raise BadPath(f"a path has at most {_WILDCARDS} [*]")
    return Path(text, root, tuple(steps))


def _root(text: str) -> tuple[str, int]:
    if not text.startswith("@"):
        return "", 0
    found = next((each for each in ROOTS if re.match(re.escape(each) + r"(?![^.\[])", text)), None)
    if found is None:
        raise BadPath(f"a path that starts with @ starts with {', '.join(ROOTS)}")
    return found, len(found)


def _step(text: str, at: int, *, first: bool) -> tuple[Any, int]:
    if text[at] == "[":
        found = _INDEX.match(text, at)
        if found is None:
            raise BadPath(f"[*] or [0], [1], [-1] … expected at character {at + 1}")
        return (EACH if found[1] == "*" else int(found[1])), found.end()
    if not first:
        if text[at] != ".":
            raise BadPath(f"a dot or a [ expected at character {at + 1}")
        at += 1
    if text[at : at + 1] == '"':
        end = text.find('"', at + 1)
        if end < 0:
            raise BadPath(f'the " at character {at + 1} is not closed')
        return text[at + 1 : end], end + 1
    found = _KEY.match(text, at)
    if found is None:
        raise BadPath(f'a key expected at character {at + 1} (in "quotes" where it holds . [ ] @ or spaces)')
    return found[0], found.end()


def values(path: Path, seen: Seen) -> list[Any]:
    """Every value at a path, in order; none where it leads nowhere. A thousand at most."""
    found = [_start(path, seen)]
    for step in path.steps:
        found = [each for value in found for each in _follow(value, step)][:_VALUES]
    return found


def first(path: Path, seen: Seen) -> Any:
    """The first value at a path that is not null, or None."""
    return next((each for each in values(path, seen) if each is not None), None)


def _start(path: Path, seen: Seen) -> Any:
    match path.root:
        case "@body":
            return seen.body
        case "@topic":
            return seen.topic.split("/") if path.steps else seen.topic
        case "@query":
            return seen.query or {}
        case "@path":
            return seen.path.split("/") if path.steps else seen.path
    return seen.item


def _follow(value: Any, step: Any) -> list[Any]:
    if step is EACH:
        return value if isinstance(value, list) else []
    if isinstance(step, int):
        inside = isinstance(value, list) and -len(value) <= step < len(value)
        return [value[step]] if inside else []
    return [value[step]] if isinstance(value, dict) and step in value else []
