"""The bytes of a command: its declared payload with a few names filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

#: The command's identifier; the approved text's name at the device, and its words; minutes that it lasts;
#: until when it may be obeyed (seconds since 1970).
NAMES = ("id", "text", "words", "minutes", "until")
_HOLE = re.compile(r"\{([a-z]+)\}")


def unknown(payload: Any) -> str:
    """The first name in braces that nothing fills; '' where all are known."""
    return next((name for name in _holes(payload) if name not in NAMES), "")


def holds(payload: Any, name: str) -> bool:
    """Whether a payload asks for a name."""
    return name in _holes(payload)


def size(payload: Any) -> int:
    """How long a payload is before it is filled (bytes)."""
    return len(json.dumps(payload, default=str).encode())


def filled(payload: Any, values: Mapping[str, str | int]) -> bytes:
    """The bytes to send. A JSON value that is one name alone takes its type: `{until}` becomes a number."""
    made = _fill(payload, values)
    if isinstance(made, str) and isinstance(payload, str):
        return made.encode()
    return json.dumps(made, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def _fill(payload: Any, values: Mapping[str, str | int]) -> Any:
    if isinstance(payload, Mapping):
        return {name: _typed(each, values) for name, each in payload.items()}
    if isinstance(payload, list):
        return [_typed(each, values) for each in payload]
    if isinstance(payload, str):
        return _HOLE.sub(lambda hole: str(values.get(hole[1], hole[0])), payload)
    return payload


def _typed(payload: Any, values: Mapping[str, str | int]) -> Any:
    if isinstance(payload, str) and (alone := _HOLE.fullmatch(payload)) and alone[1] in values:
        return values[alone[1]]
    return _fill(payload, values)


def _holes(payload: Any) -> list[str]:
    if isinstance(payload, Mapping):
        return [name for each in payload.values() for name in _holes(each)]
    if isinstance(payload, list):
        return [name for each in payload for name in _holes(each)]
    return _HOLE.findall(payload) if isinstance(payload, str) else []
