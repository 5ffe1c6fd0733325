"""Conventions and help as other rooms see them: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

DRAFT, TO_COME, IN_FORCE, ENDED = "draft", "to_come", "in_force", "ended"


@dataclass(frozen=True, slots=True)
class PartView:
    """A party: who, its part, and whether it signed, how and when."""

    organisation: UUID
    name: str
    kind: str
    gives: bool
    receives: bool
    host: bool
    signed_at: datetime | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class ConventionView:
    """A version of a convention with its parties; `state` is one of the constants above."""

    id: UUID
    reference: str
    version: int
    title: str
    kind: str
    state: str
    parts: tuple[PartView, ...]
    places: tuple[str, ...]
    matters: tuple[str, ...]
    purposes: tuple[str, ...]
    programs: bool
    hours: tuple[str, ...]
    starts_on: date
    ends_on: date
    help_hours: int
    unattended_min: int
    policy: str
    text_sha256: str
    ended_at: datetime | None

    @property
    def name(self) -> str:
        """Reference and version."""
        return f"{self.reference}.{self.version}"

    @property
    def missing(self) -> tuple[PartView, ...]:
        """Parties that did not sign yet."""
        return tuple(each for each in self.parts if each.signed_at is None)


@dataclass(frozen=True, slots=True)
class HelpView:
    """A queue that another centre has: which, who, until when, why."""

    id: UUID
    territory: str
    helper: UUID
    helper_name: str
    convention: str
    why: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Framework:
    """What help may be asked under: for a territory, of whom, how long at most."""

    convention: UUID
    name: str
    territory: str
    helper: UUID
    helper_name: str
    help_hours: int
    unattended_min: int
