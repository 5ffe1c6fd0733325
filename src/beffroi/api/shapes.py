"""What the API answers and takes: the schemas of its operations. Codes and figures, with words beside them.

Times are RFC 3339 in UTC; degrees of WGS 84; metres; seconds; probabilities and chances from 0 to 1.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext_noop as _
from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from beffroi.during.incident import rules


class Place(Schema):
    """Where: words, a point with its radius, a device; any of them may be missing."""

    text: str
    lat: float | None
    lon: float | None
    radius_m: float
    device: str


class Incident(Schema):
    """An incident. `version` grows with each change and is its ETag. No person is named."""

    id: UUID
    reference: str
    territory: str
    version: int
    state: str = Field(description=_("to_check, confirmed, sent, on_scene, technical or closed"))
    phase: str = Field(description=_("decide, progress, follow or closed"))
    act: str
    title: str = Field(description=_("The act in words, in the language asked for."))
    life: bool = Field(description=_("A life is in danger."))
    exercise: bool
    place: Place
    probability: float
    probability_low: float = Field(description=_("Lower bound, 8 times in 10."))
    probability_high: float
    signs: int
    independent_signs: int
    seen_at: datetime
    last_sign_at: datetime
    leave_by: datetime = Field(description=_("When half of such acts are over."))
    confirmed_at: datetime | None
    acknowledged_at: datetime | None
    dispatched_at: datetime | None
    on_scene_at: datetime | None
    resolved_at: datetime | None
    outcome: str
    outcome_cause: str
    merged_into: UUID | None


class Reason(Schema):
    """Why: a stable code, its figures, and the sentence."""

    code: str
    figures: dict[str, Any]
    sentence: str


class Sign(Schema):
    """An observation that the incident rests on; `weight` in nats, what it makes the act more likely by."""

    observation: UUID
    kind: str
    relation: str
    source: str
    device: str
    seen_at: datetime
    received_at: datetime
    weight: float
    independent: bool
    repeats: int
    reasons: list[Reason]


class Step(Schema):
    """A moment of the incident: what happened and when, `seconds` after the first sign was seen."""

    step: str
    at: datetime | None
    seconds: float | None


class Explained(Incident):
    """One incident with why it is believed, its time ledger, and what may be done next by its state."""

    alternatives: list[tuple[str, float]] = Field(description=_("Harmless explanations with their share."))
    because: list[Sign]
    ledger: list[Step]
    actions: list[str]


class Incidents(Schema):
    """A page; `next` is the cursor of the one after it, null on the last."""

    items: list[Incident]
    next: str | None


class Entry(Schema):
    """An entry of the log (main courante): codes, figures and identifiers, as proven."""

    number: int
    position: int
    at: datetime
    fact: str
    actor: str = Field(description=_("`member`, `engine` … the kind only: nobody is named."))
    body: dict[str, Any] | None


class Entries(Schema):
    """The entries about one thing, oldest first; `next` is the cursor of the page after it."""

    items: list[Entry]
    next: str | None


class _Taken(Schema):
    model_config = ConfigDict(extra="forbid")


class Closing(_Taken):
    """How it ended. Some outcomes ask for a cause."""

    outcome: Annotated[str, Field(max_length=32, json_schema_extra={"enum": sorted(rules.OUTCOMES)})]
    cause: Annotated[str, Field(max_length=32)] = ""


class Noting(_Taken):
    """A note. It is personal content: it stays in the room, the journal keeps its salted hash."""

    text: Annotated[str, Field(min_length=1, max_length=rules.NOTE_LONGEST)]


class Changed(Schema):
    """What a change left: the incident's version and state."""

    id: UUID
    reference: str
    version: int
    state: str
    phase: str


class Noted(Schema):
    """A note that was kept."""

    id: UUID
    incident: UUID
    at: datetime


class Where(Schema):
    """A position, how far off it may be, and when it was true."""

    lat: float
    lon: float
    radius_m: float
    at: datetime | None
    heading_deg: float | None


class Unit(Schema):
    """A patrol unit. `position` is null where it was never heard of."""

    territory: str
    key: str
    name: str
    kind: str
    state: str
    incident: UUID | None = Field(description=_("What it is on."))
    abilities: list[str]
    exercise: bool
    position: Where | None


class Units(Schema):
    """The units of the territories asked for, all of them."""

    items: list[Unit]


class Moving(_Taken):
    """Where a unit is. `exercise`: the unit plays in an exercise."""

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    radius_m: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)] = 25.0
    at: AwareDatetime
    heading_deg: Annotated[float, Field(ge=0, lt=360, allow_inf_nan=False)] | None = None
    exercise: bool = False


class Moved(Schema):
    """`kept` is false where a later position is known already."""

    kept: bool


class Device(Schema):
    """A device as the territory knows it today; angles clockwise from north."""

    territory: str
    key: str
    kind: str
    name: str
    lat: float | None
    lon: float | None
    direction_deg: float | None
    field_deg: float | None
    reach_m: float | None
    site: str
    exercise: bool
    valid_from: datetime


class Devices(Schema):
    """A page of devices; `next` is the cursor of the one after it."""

    items: list[Device]
    next: str | None


class Debt(Schema):
    """What a detector owes: false alarms that no true one pays back."""

    territory: str
    device: str
    kind: str
    owed: int
    false: int
    real: int
    damped: int
    flaps: bool
    last_seen: datetime
    last_real: datetime | None


class Debts(Schema):
    """Detectors worth a repair, the most owed first."""

    items: list[Debt]


class Suggested(Schema):
    """A unit of the order; `place` 1 is proposed first, 0 is on its way. `chance`: there in time."""

    unit: str
    name: str
    kind: str
    state: str
    place: int
    eta_s: float | None
    eta_low_s: float | None
    eta_high_s: float | None
    chance: float | None
    chance_low: float | None
    chance_high: float | None
    reasons: list[Reason]


class LeftOut(Schema):
    """A unit that is not proposed, and why; `may_send`: a person may still send it."""

    unit: str
    name: str
    kind: str
    state: str
    reason: Reason
    may_send: bool


class Suggestions(Schema):
    """The order of units for an incident as it was at `made_at` (null: not ranked yet). A person decides."""

    incident: UUID
    made_at: datetime | None
    coming: list[Suggested]
    proposed: list[Suggested]
    left_out: list[LeftOut]


class OnCall(Schema):
    """Somebody on call, at which place of the order. Never a number nor an address."""

    rank: int
    name: str


class Calling(Schema):
    """Calls about an incident that nobody acknowledged yet."""

    incident: UUID
    reference: str
    state: Literal["calling", "nobody"] | str
    round: int
    opened_at: datetime
    due_at: datetime


class Rota(Schema):
    """Who is on call in a territory at this moment, whether its desk is open, and who is being called."""

    territory: str
    at: datetime
    desk_open: bool
    on_call: list[OnCall]
    calls: list[Calling]


class Rotas(Schema):
    """One a territory."""

    items: list[Rota]


class Event(Schema):
    """A CloudEvents 1.0 event: what happened to what, when, and where to read on. No personal content."""

    specversion: Literal["1.0"]
    id: str = Field(description=_("The feed position: it grows over the whole installation."))
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"]
    data: dict[str, Any]


class Events(Schema):
    """Events after a position. Ask again with `after` set to `position`: none is ever skipped."""

    items: list[Event]
    position: int = Field(description=_("Where this answer ends."))
    more: bool = Field(description=_("Whether there are more already."))


class Problem(Schema):
    """RFC 9457. `code` is stable; `title` and `detail` are words, in the language asked for."""

    type: str
    title: str
    status: int
    instance: str
    code: str
    detail: str | None = None
    errors: list[dict[str, str]] | None = None
    action: str | None = None
    reason: str | None = None
