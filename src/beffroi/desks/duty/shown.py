"""What the duty desk shows, ready to be written: plain values, words already in the reader's language.

`reading.py` makes them from the rooms; the templates and the live feed only write them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from beffroi.desks.duty.leaving import Leaving
from beffroi.desks.eyes.shown import Eye

DECIDE, CURRENT, FOLLOW, CLOSED = "decide", "current", "follow", "closed"


@dataclass(frozen=True, slots=True)
class Chance:
    """A share in hundredths with its interval (8 times out of 10)."""

    value: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue. `order` sorts a group: life first, then time left."""

    id: str
    reference: str
    territory: str
    group: str
    order: float
    badge: str
    badge_words: str
    title: str
    where: str
    since: datetime | None = None
    since_words: str = ""
    note: str = ""
    life: bool = False
    arrive: Chance | None = None
    real: Chance | None = None
    leaves_at: datetime | None = None
    leaves_bounds: str = ""
    few_title: str = ""
    few_words: str = ""
    lat: float | None = None
    lon: float | None = None
    exercise: bool = False
    position: int = 0
    event: str = ""

    @property
    def shape(self) -> str:
        """The row's class: `now` (confirmed, waits), `ask` (to check, waits), `thin` (closed)."""
        if self.group == DECIDE:
            return "life now" if self.life else "now" if self.badge == "confirmed" else "ask"
        return "thin" if self.group == CLOSED else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One time of the ledger: absolute for the first, then what was added; `next` is lit."""

    words: str
    time: str = ""
    at: datetime | None = None
    state: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """Who can go: times in words, chance with its interval; `send` where this reader may send it."""

    key: str
    name: str
    corps: str
    state: str
    why: str
    eta: str = ""
    bounds: str = ""
    due: datetime | None = None
    arrive: Chance | None = None
    first: bool = False
    send: bool = False
    divert: bool = False
    ask_why: str = ""


@dataclass(frozen=True, slots=True)
class Unproposed:
    """A unit that is not proposed and why; `send` where this reader may send it with a reason."""

    key: str
    name: str
    corps: str
    why: str
    send: bool = False
    divert: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason to believe it: when, from what, in words, and its weight from 0 to 100."""

    at: datetime
    icon: str
    title: str
    note: str = ""
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do, its key, and whether it is done (by whom, when) or is now to be done.

    `sort`: do, call, keep, or never (what must not be done). `far`: not among those now to be done, so that
    it may wait where the sheet is short of room.
    """

    code: str
    words: str
    key: str = ""
    state: str = ""
    at: datetime | None = None
    by: str = ""
    sort: str = "do"
    who: str = ""
    far: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """The incident was told to a service: which, how, when, by whom."""

    service: str
    words: str
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Linked:
    """The event that an incident is part of, and the others in it: identifier, reference, title."""

    reference: str
    others: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to close, and the causes to choose from where it asks for one."""

    code: str
    words: str
    causes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where they can be: lines of (lat, lon) for now, +1 min, +2 min; since when; what to watch."""

    since: datetime
    kmh: int
    bands: list[list[list[tuple[float, float]]]]
    watch: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything about one incident, as one reader may see it and act on it."""

    row: Row
    title: str
    version: int
    real: Chance | None = None
    ledger: tuple[Step, ...] = ()
    arrive: Chance | None = None
    arrive_later: str = ""
    arrive_missing: str = ""
    leaves_at: datetime | None = None
    leaves_bounds: str = ""
    leaves_missing: str = ""
    decide_since: datetime | None = None
    decide_limit: int = 60
    units: tuple[Unit, ...] = ()
    basis: str = ""
    left_out: tuple[Unproposed, ...] = ()
    signs: tuple[Sign, ...] = ()
    sources_words: str = ""
    doubt: str = ""
    doubt_note: str = ""
    todo: tuple[Todo, ...] = ()
    procedure: str = ""
    notes: tuple[tuple[datetime, str, str], ...] = ()
    #: Whether something is not shown because a convention does not open it.
    withheld: bool = False
    outcome: str = ""
    outcomes: tuple[Outcome, ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()
    overrides: tuple[tuple[str, str], ...] = ()
    may: frozenset[str] = frozenset()
    can: frozenset[str] = frozenset()
    alone: str = ""
    route: tuple[tuple[float, float], ...] = ()
    seeing: tuple[str, ...] = ()
    reach: Reach | None = None
    leaving: Leaving | None = None
    calls: dict[str, Any] | None = None
    links: tuple[dict[str, Any], ...] = ()
    partners: tuple[tuple[str, str], ...] = ()
    alarm: int = 0
    alarm_words: str = ""
    alarm_why: str = ""
    told: tuple[Told, ...] = ()
    event: Linked | None = None
    doubt_signs: tuple[tuple[str, datetime, str], ...] = ()
    switches: tuple[Any, ...] = ()
    commands: tuple[Any, ...] = ()
    eyes: tuple[Eye, ...] = ()

    @property
    def never(self) -> tuple[str, ...]:
        """What must not be done."""
        return tuple(each.words for each in self.todo if each.sort == "never")

    @property
    def far(self) -> int:
        """How many steps may wait where there is no room."""
        return sum(each.far for each in self.todo)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the running log."""

    position: int
    number: int
    at: datetime
    fact: str
    subject: str
    detail: str
    author: str
    territory: str = ""
    incident: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The signed head of the journal that the log shows: when, and how many facts it covers."""

    at: datetime | None = None
    size: int = 0
    witness: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """The four groups, each sorted."""

    decide: list[Row] = field(default_factory=list)
    current: list[Row] = field(default_factory=list)
    follow: list[Row] = field(default_factory=list)
    closed: list[Row] = field(default_factory=list)

    def of(self, group: str) -> list[Row]:
        """The rows of one group."""
        return {DECIDE: self.decide, CURRENT: self.current, FOLLOW: self.follow}.get(group, self.closed)
