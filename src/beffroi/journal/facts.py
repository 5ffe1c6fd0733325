"""What a fact is: a frozen, versioned statement that a room appends to the journal.

A room declares its facts in its own `facts.py`:

    class IncidentOpened(Fact, fact="incident.opened", version=1):
        act: str
        exercise: bool = False

No personal content goes in a fact: identifiers, codes, figures and salted hashes only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import msgspec

from beffroi.foundation.errors import BeffroiError

_NAME = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")

Old = TypeVar("Old", bound="Fact")

_registry: dict[tuple[str, int], type[Fact]] = {}
_upcasters: dict[type[Fact], Callable[[Any], Fact]] = {}


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


class UnknownFact(BeffroiError):
    """A fact that no room of this version declares."""

    code = "journal.unknown_fact"
    message = "No room declares {fact} version {version}."
    advice = "Was this journal written by a later version of Beffroi?"


def upcasts(old: type[Old]) -> Callable[[Callable[[Old], Fact]], Callable[[Old], Fact]]:
    """Declare how the old version of a fact is read as the next one; kept beside it for ever.

    @upcasts(IncidentOpenedV1)
    def _(old: IncidentOpenedV1) -> IncidentOpened: ...
    """

    def keep(function: Callable[[Old], Fact]) -> Callable[[Old], Fact]:
        if old in _upcasters:
            raise TypeError(f"{old.fact} version {old.version} already has an upcaster")
        _upcasters[old] = function
        return function

    return keep


def read(fact: str, version: int, body: str) -> Fact:
    """The fact that a stored body holds, brought up to the newest version.

    Raises UnknownFact, or msgspec.ValidationError where the body is not what the fact declares.
    """
    declared_as = _registry.get((fact, version))
    if declared_as is None:
        raise UnknownFact(fact=fact, version=version)
    found = msgspec.json.decode(body, type=declared_as)
    while upcast := _upcasters.get(type(found)):
        found = upcast(found)
    return found


class KeyIntroduced(Fact, fact="journal.key_introduced"):
    """The installation made its first signing key. `public_key`: Ed25519, base64 of 32 bytes."""

    fingerprint: str
    public_key: str


class KeyRotated(Fact, fact="journal.key_rotated"):
    """A new signing key follows the old one, which signed it (`signature`, base64, over the canonical
    JSON of `{"new", "old"}`, the new key's public half and the old one's fingerprint)."""

    old: str
    fingerprint: str
    public_key: str
    signature: str


class KeyReplaced(Fact, fact="journal.key_replaced"):
    """The signing key was lost and another begins without its signature: its fingerprint must be
    exchanged again by a way of its own."""

    old: str
    fingerprint: str
    public_key: str


class EpochOpened(Fact, fact="journal.epoch_opened"):
    """A backup was restored: the epoch, what was restored, and the head that witnesses last saw.

    `lost` counts the entries between the two; `position` is the last feed position that was lost,
    so that those who follow do not wait for it.
    """

    epoch: int
    restored_size: int
    restored_root: str
    witnessed_size: int
    witnessed_root: str
    lost: int
    position: int


class ClockStepped(Fact, fact="journal.clock_stepped"):
    """The machine's clock was set: by how many seconds (negative: back), and what it told until then.

    The order of entries is that of their numbers; their times may go back here.
    """

    seconds: int
    until: str


class BodiesPruned(Fact, fact="journal.bodies_pruned"):
    """The law's time for these bodies was over: they are gone, their leaf hashes stand."""

    pruned: str
    before: str
    count: int
