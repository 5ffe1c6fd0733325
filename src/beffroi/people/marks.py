"""Marks that views and streams carry: which door they stand behind. Without one, nothing opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Marked = TypeVar("Marked", bound=Callable[..., Any])

ATTRIBUTES = ("door", "signed_in", "public", "by_token")


@dataclass(frozen=True, slots=True)
class Mark:
    """`kind` is one of ATTRIBUTES; `action` the Cedar action of a `door` ('' otherwise)."""

    kind: str
    action: str = ""


def mark_of(view: Callable[..., Any]) -> Mark | None:
    """The mark of a view or of a bare application; None where it has none."""
    for kind in ATTRIBUTES:
        value = getattr(view, kind, None)
        if isinstance(value, str) and kind == "door":
            return Mark(kind, value)
        if value is True:
            return Mark(kind)
    return None


def public(view: Marked) -> Marked:
    """Open to all: the public page, sign-in, static files. Nothing else."""
    view.public = True  # type: ignore[attr-defined] - the mark
    return view


def by_token(application: Marked) -> Marked:
    """A bare application that checks the token of a source itself (intake)."""
    application.by_token = True  # type: ignore[attr-defined] - the mark
    return application


def guarded(action: str) -> Callable[[Marked], Marked]:
    """A bare application that calls `admit(scope, action)` before it answers anything."""

    def mark(application: Marked) -> Marked:
        application.door = action  # type: ignore[attr-defined] - the mark
        return application

    return mark
