"""Cursors: where a page ended, as an opaque word; a page after it shows nothing twice and skips nothing."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from beffroi.api.errors import BadCursor

MOST = 200
USUAL = 50
_LONGEST = 400


def cursor(parts: Sequence[str]) -> str:
    """The cursor of a place in a list."""
    return urlsafe_b64encode(json.dumps(list(parts)).encode()).decode().rstrip("=")


def place(given: str, length: int) -> list[str]:
    """The place that a cursor names, of so many parts. Raises BadCursor."""
    try:
        if len(given) > _LONGEST:
            raise ValueError
        found = json.loads(urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except (ValueError, RecursionError):
        raise BadCursor(where="cursor", why="unknown") from None
    if not isinstance(found, list) or len(found) != length or not all(isinstance(e, str) for e in found):
        raise BadCursor(where="cursor", why="unknown")
    return found
