"""What a device says on its state topic, and whether that confirms or refuses what it was told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

#: No device needs more to say in which state it is.
MOST_BYTES = 16_384
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Sign:
    """A state that means something: the message is `text`, or its value at `path` (a.b.c) is `value`."""

    text: str = ""
    path: str = ""
    value: str | int | float | bool = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a device, read once: its text, and what it holds where it is JSON."""

    text: str
    content: Any = None


def said(payload: bytes) -> Said | None:
    """What a message says; None where it is no text, or longer than a state may be."""
    if len(payload) > MOST_BYTES:
        return None
    try:
        text = payload.decode().strip()
    except UnicodeDecodeError:
        return None
    try:
        return Said(text, json.loads(text))
    except (ValueError, RecursionError):
        return Said(text)


def matches(sign: Sign, heard: Said) -> bool:
    """Whether a message bears a sign. A truth value is never taken for a number, nor text for either."""
    if not sign.path:
        return heard.text == sign.text
    found = at(heard.content, sign.path)
    return _same_number(found, sign.value) or (type(found) is type(sign.value) and bool(found == sign.value))


def names(heard: Said, path: str, identifier: str) -> bool:
    """Whether a message repeats the identifier of a command at `path`."""
    return bool(at(heard.content, path) == identifier)


def at(content: Any, path: str) -> Any:
    """The value at a path of names; a value that nothing equals where there is none."""
    for name in path.split("."):
        if not isinstance(content, dict) or name not in content:
            return _MISSING
        content = content[name]
    return content


def _same_number(found: Any, value: object) -> bool:
    return type(found) in (int, float) and type(value) in (int, float) and bool(found == value)
