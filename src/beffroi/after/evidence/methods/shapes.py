"""What a package is made from: plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that the journal bears by a salted hash: `digest` = SHA-256(salt ‖ content), hexadecimal.

    `about` holds codes and figures only, for the list beside the files.
    """

    content: bytes
    salt: bytes
    digest: str
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry with the audit path to the signed head. `body`: canonical JSON, None once it was pruned."""

    number: int
    time: datetime
    fact: str
    subject: str
    actor: str
    entry: bytes
    body: str | None
    path: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class ProvenJournal:
    """A journal's signed head (C2SP note) and the entries proven under it, by number."""

    journal: str
    note: str
    entries: Sequence[ProvenEntry]


@dataclass(frozen=True, slots=True)
class Case:
    """What is sealed: one incident. `summary` and `not_shown` hold codes and figures; `zone` is where
    the page tells the time."""

    incident: str
    reference: str
    territory: str
    exercise: bool
    sealed_at: datetime
    sealed_by: str
    summary: Mapping[str, Any]
    observations: Sequence[Content]
    notes: Sequence[Content]
    journals: Sequence[ProvenJournal]
    not_shown: Sequence[Mapping[str, Any]]
    keys: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    zone: str = "Europe/Paris"
