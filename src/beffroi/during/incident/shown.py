"""What other rooms see of an incident: frozen values with codes, never words or table rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from beffroi.during.fusion.queries import SignView
from beffroi.during.incident.rules_alarm import Level


class IncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """An incident as a row shows it. `badge` is one of the seven states; times are aware, in UTC.

    `probability`, `low`, `high`: 0 to 1 at 80 %; without meaning for a technical one. `alternatives`:
    (explanation, share).
    """

    id: UUID
    reference: str
    territory: str
    version: int
    state: str
    badge: str
    phase: str
    act: str
    title: str
    life: bool
    exercise: bool
    place_text: str
    lat: float | None
    lon: float | None
    radius_m: float
    device: str
    probability: float
    low: float
    high: float
    alternatives: list[tuple[str, float]]
    sign_count: int
    independent: int
    entered_at: datetime
    last_sign_at: datetime
    leave_by: datetime
    seen_at: datetime
    confirmed_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    dispatched_at: datetime | None
    on_scene_at: datetime | None
    resolved_at: datetime | None
    outcome: str
    outcome_cause: str
    merged_into: UUID | None


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """The queue of the duty desk by group; the counts are of all, where the lists are cut."""

    decide: list[IncidentView]
    progress: list[IncidentView]
    follow: list[IncidentView]
    closed: list[IncidentView]
    counts: dict[str, int]


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the ledger: when (None: not yet), seconds since the first sign was seen, by whom."""

    step: str
    at: datetime | None
    seconds: float | None
    actor: str
    detail: dict[str, Any] = {}


class NoteView(msgspec.Struct, frozen=True, kw_only=True):
    """A note."""

    id: UUID
    at: datetime
    member: UUID
    text: str


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the procedure: done by whom and when, or `current` when it is the next one.

    `sort`: do, call, keep, or never (shown, not ticked).
    """

    code: str
    key: str
    does: str
    done_at: datetime | None
    done_by: str
    current: bool
    sort: str = "do"


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """The levée de doute: how, when, by whom, on which observations."""

    how: str
    at: datetime
    actor: str
    observations: list[str]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of one incident but the units (those are dispatch's); `alarm`: its AVS-01 level and why."""

    incident: IncidentView
    ledger: list[Moment]
    signs: list[SignView]
    reasons: list[dict[str, Any]]
    doubt: Doubt | None
    steps: list[StepView]
    procedure: str
    notes: list[NoteView]
    actions: list[str]
    alarm: Level


class Waiting(msgspec.Struct, frozen=True):
    """Open incidents of one territory: how many in each phase, since when the oldest waits for someone."""

    phases: dict[str, int]
    since: datetime | None
