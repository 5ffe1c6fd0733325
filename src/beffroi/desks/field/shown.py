"""What the patrol's phone shows, ready to be written: plain values, words in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from beffroi.desks.duty.shown import Chance, Sign


@dataclass(frozen=True, slots=True)
class Turn:
    """The next turn: `side` is left, right, back or on; in words."""

    side: str
    words: str
    street: str


@dataclass(frozen=True, slots=True)
class Press:
    """One large button: what it tells, in which state (`done`, `cur`, ''), when it was told."""

    act: str
    words: str
    state: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """The last tap, while it can be taken back."""

    key: str
    words: str
    at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """One mission: what, where, what is known, who else, the way."""

    id: str
    incident: str
    reference: str
    state: str
    title: str
    life: bool
    place: str
    access: tuple[str, ...]
    due: datetime | None
    due_words: str
    there_since: datetime | None
    arrive: Chance | None
    arrive_missing: str
    signs: tuple[Sign, ...]
    notes: tuple[tuple[datetime, str], ...]
    others: tuple[str, ...]
    turn: Turn | None
    way: tuple[tuple[float, float], ...]
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Past:
    """A mission of this shift that is over."""

    reference: str
    title: str
    place: str
    sent_at: datetime
    on_scene_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Face:
    """All that the phone shows of the unit that a member holds."""

    shift: str
    since: datetime
    territory: str
    unit: str
    name: str
    corps: str
    state: str
    state_words: str
    exercise: bool
    phones: int
    heading: float | None
    lat: float | None
    lon: float | None
    stale: bool
    seen: str
    task: Task | None
    presses: tuple[Press, ...]
    undo: Undo | None
    past: tuple[Past, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit that may be taken for the shift, and how many phones hold it."""

    territory: str
    town: str
    unit: str
    name: str
    corps: str
    state_words: str
    phones: int
