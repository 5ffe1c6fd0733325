"""What a phone sends, read strictly: taps and positions. What cannot be read is said, never guessed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from beffroi.during.dispatch.errors import BadTap
from beffroi.foundation.geography import Position
from beffroi.foundation.identifiers import uuid7

Form = Mapping[str, str]
_LONGEST = 64
#: A phone whose battery died may say 1970; beyond these, it says nothing.
_YEARS = (1970, 2200)


def tap(form: Form) -> dict[str, Any]:
    """The arguments of `crews.tell` but the member; a plain form has no key of its own. Raises BadTap."""
    return {
        "key": _identifier(form, "key") or uuid7(),
        "shift": _identifier(form, "shift") or UUID(int=0),
        "act": form.get("act", "")[:_LONGEST],
        "mission": _identifier(form, "mission"),
        "undoes": _identifier(form, "undoes"),
        "said_at": _instant(form, "said_at"),
        "phone_now": _instant(form, "phone_now"),
        "place": place(form) if form.get("lat") else None,
    }


def place(form: Form) -> Position:
    """Latitude, longitude (degrees) and accuracy (m). Raises BadTap."""
    lat, lon, accuracy = (_number(form, name) for name in ("lat", "lon", "accuracy"))
    try:
        return Position(lat or 0.0, lon or 0.0, accuracy or 0.0)
    except ValueError as error:
        raise BadTap(where="position", why=str(error)) from None


def heading(form: Form) -> float | None:
    """Degrees clockwise from north; None where the phone does not know it (it stands still)."""
    found = _number(form, "heading", needed=False)
    return found % 360 if found is not None else None


def age_s(form: Form) -> float:
    """How old the position is, in seconds, by the phone's own clock at both ends."""
    return _number(form, "age", needed=False) or 0.0


def _number(form: Form, name: str, *, needed: bool = True) -> float | None:
    given = form.get(name, "")[:_LONGEST]
    if not given and not needed:
        return None
    try:
        found = float(given)
    except ValueError:
        raise BadTap(where=name, why="not a number") from None
    if not math.isfinite(found):
        raise BadTap(where=name, why="not a number")
    return found


def _identifier(form: Form, name: str) -> UUID | None:
    given = form.get(name, "")[:_LONGEST]
    try:
        return UUID(given) if given else None
    except ValueError:
        raise BadTap(where=name, why="not an identifier") from None


def _instant(form: Form, name: str) -> datetime | None:
    given = form.get(name, "")[:_LONGEST]
    if not given:
        return None
    try:
        found = datetime.fromisoformat(given)
        if found.tzinfo is None or not _YEARS[0] <= found.year <= _YEARS[1]:
            raise ValueError(given)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadTap(where=name, why="not an instant with its time zone") from None
