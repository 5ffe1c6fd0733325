"""What a fact is: a frozen, versioned statement that a room appends to the journal.

A room declares its facts in its own `facts.py`:

    class IncidentOpened(Fact, fact="incident.opened", version=1):
        act: str
        exercise: bool = False

No personal content goes in a fact: identifiers, codes, figures and salted hashes only.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

import msgspec

_NAME = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")

_registry: dict[tuple[str, int], type[Fact]] = {}


class _FactMeta(msgspec.StructMeta):
    """Takes a fact's name and version as class keywords, which msgspec's own metaclass refuses."""

    def __new__(
        cls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        fact: str = "",
        version: int = 1,
        **o: Any,
    ) -> Any:
        made = super().__new__(cls, name, bases, namespace, **o)
        if fact:
            _declare(made, fact, version)
        return made


def _declare(made: Any, fact: str, version: int) -> None:
    if not _NAME.fullmatch(fact) or version < 1:
        raise TypeError(f"{made.__name__}: {fact!r} version {version} is not a fact's name and version")
    if (fact, version) in _registry:
        raise TypeError(f"{fact} version {version} is declared twice")
    made.fact, made.version = fact, version
    _registry[fact, version] = made


class Fact(msgspec.Struct, metaclass=_FactMeta, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Root of every fact. Subclasses give `fact` (dotted name) and `version` (from 1)."""

    fact: ClassVar[str] = ""
    version: ClassVar[int] = 0


def declared() -> dict[tuple[str, int], type[Fact]]:
    """Every fact declared so far, by name and version."""
    return dict(_registry)
