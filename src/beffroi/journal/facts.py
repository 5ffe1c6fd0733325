"""What a fact is: a frozen, versioned statement that a room appends to the journal.

A room declares its facts in its own `facts.py`:

    class IncidentOpened(Fact, fact="incident.opened", version=1):
        act: str
        exercise: bool = False

No personal content goes in a fact: identifiers, codes, figures and salted hashes only.
"""

from __future__ import annotations

import re
from typing import ClassVar

import msgspec

_NAME = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")

_registry: dict[tuple[str, int], type[Fact]] = {}


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Root of every fact. Subclasses give `fact` (dotted name) and `version` (from 1)."""

    fact: ClassVar[str] = ""
    version: ClassVar[int] = 0

    def __init_subclass__(cls, *, fact: str = "", version: int = 1, **options: object) -> None:
        super().__init_subclass__(**options)
        if not fact:
            return
        if not _NAME.fullmatch(fact) or version < 1:
            raise TypeError(f"{cls.__name__}: {fact!r} version {version} is not a fact's name and version")
        if (fact, version) in _registry:
            raise TypeError(f"{fact} version {version} is declared twice")
        cls.fact, cls.version = fact, version
        _registry[fact, version] = cls


def declared() -> dict[tuple[str, int], type[Fact]]:
    """Every fact declared so far, by name and version."""
    return dict(_registry)
