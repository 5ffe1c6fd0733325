"""Formats that are declared, not programmed: placeholders filled in, values found by their path."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

_PLACE = re.compile(r"\{([a-z_0-9]+)(?::([A-Za-z0-9_.-]+))?\}")
DEEPEST = 20


class Unfilled(ValueError):
    """A placeholder that nothing fills."""


def places(template: Any) -> set[str]:
    """Every placeholder of a template, `secret:NAME` for secrets."""
    if isinstance(template, str):
        return {f"{name}:{key}" if key else name for name, key in _PLACE.findall(template)}
    if isinstance(template, Mapping):
        return set().union(*(places(each) for each in template.values())) if template else set()
    if isinstance(template, list):
        return set().union(*(places(each) for each in template)) if template else set()
    return set()


def filled(template: Any, values: Mapping[str, str], secrets: Mapping[str, str]) -> Any:
    """A template with `{to}`, `{text}`, `{id}` … and `{secret:NAME}` put in. Raises Unfilled.

    `{xml:text}` puts a value in as XML text, for formats that carry XML inside.
    """
    if isinstance(template, str):
        return _PLACE.sub(lambda found: _value(found, values, secrets), template)
    if isinstance(template, Mapping):
        return {key: filled(each, values, secrets) for key, each in template.items()}
    if isinstance(template, list):
        return [filled(each, values, secrets) for each in template]
    return template


def _value(found: re.Match[str], values: Mapping[str, str], secrets: Mapping[str, str]) -> str:
    name, key = found[1], found[2]
    if key is None and name in values:
        return values[name]
    if name == "secret" and key in secrets:
        return secrets[key]
    if name == "xml" and key in values:
        return escape(values[key])
    raise Unfilled(found[0])


def parsed(body: bytes, kind: str) -> Any:
    """A posted body as values: `form` or `json`. Raises ValueError."""
    if kind == "form":
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=100))
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None


def at_path(data: Any, path: str) -> str:
    """The value at a dotted path (`payload.phoneNumber`, `messages.0.id`), as text; empty where none is."""
    if not path:
        return ""
    for part in path.split(".")[:DEEPEST]:
        if isinstance(data, Mapping):
            data = data.get(part)
        elif isinstance(data, list) and part.isdecimal() and int(part) < len(data):
            data = data[int(part)]
        else:
            return ""
    if isinstance(data, bool) or not isinstance(data, str | int | float):
        return ""
    return str(data)
