"""The values that the fold takes, keeps and gives."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import msgspec

from beffroi.during.fusion.rules.kinds import Sense
from beffroi.during.intake.facts import Observation


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """What the person in charge may set: thresholds (probability) and memories (s).

    `flaps`: from so many alarms in an hour, each after a rest, a detector is damped. `storm`: from so many
    devices that say one thing at once, they are one line. 0 is never, as it was before there were such rules.
    """

    check: float = 0.20
    confirm: float = 0.80
    memory_s: float = 1800.0
    signal_memory_s: float = 10_800.0
    flaps: int = 0
    storm: int = 0


class Rules(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Rules that a person activated, named by their file's version: what they leave out stays as it was.

    `alone[kind]` replaces the shares of a kind in `opinions.ALONE`, `prior` those of some explanations.
    """

    version: str
    check: float | None = None
    confirm: float | None = None
    memory_s: float | None = None
    signal_memory_s: float | None = None
    flaps: int | None = None
    storm: int | None = None
    alone: dict[str, dict[str, float]] = {}
    prior: dict[str, float] = {}


class Place(msgspec.Struct, frozen=True):
    """Where something is: a key that names the place, degrees of WGS 84, metres of doubt."""

    key: str
    lat: float
    lon: float
    radius_m: float = 0.0


class Scene(Protocol):
    """What the fold asks of a town. It must answer the same for ever for one town version."""

    zone: tzinfo

    def device(self, key: str) -> Place | None:
        """Where a device stands, or None where nobody told."""
        ...

    def road_m(self, one: Place, other: Place) -> int | None:
        """Metres by road, whole; None where the streets do not tell (the straight line is used)."""
        ...


class Reason(msgspec.Struct, frozen=True):
    """One reason: its code in `words`, and what fills the sentence."""

    code: str
    params: dict[str, Any] = {}


class Heard(NamedTuple):
    """An observation as the fold takes it: its position, its place, its times (s since 1970).

    `damp` (0 to 1) is what is left of its weight where its detector flaps or a storm made it; `why` says
    so.
    """

    position: int
    observation: Observation
    sense: Sense
    place: Place | None
    seen: float
    received: float
    damp: float = 1.0
    why: tuple[Reason, ...] = ()


class Belief(msgspec.Struct, frozen=True, kw_only=True):
    """How likely the act is: a probability with its 80 % interval, and what competes with it.

    `act` is the likeliest act; `alternatives` the likeliest harmless explanations with their share;
    `independent` counts signs that do not err together; `state` is what the desk shows.
    """

    probability: float
    low: float
    high: float
    act: str
    alternatives: list[tuple[str, float]]
    independent: int
    state: str


class Sign(msgspec.Struct, kw_only=True, eq=False):
    """An observation within a hypothesis. `factor` (0 to 1) tempers it; `weight` is its log-odds (nats).

    `muted`: its detector flaps or a storm made it; alone it shows nothing to anyone.

    `says`: nats by which a camera's own rate lets it speak for the act; below 0 where it was not asked.

    `relation`: `sign`, `earlier_signal`, `silence` (of a device beside), `amendment`. Later messages of
    the same device that add nothing new are counted in `repeats`.
    """

    observation: Observation
    position: int
    relation: str
    factor: float
    weight: float
    metres: int
    reasons: list[Reason]
    repeats: int = 0
    last_seen: float = 0.0
    last_position: int = 0
    counted: bool = False
    muted: bool = False
    says: float = -1.0


class Hypothesis(msgspec.Struct, kw_only=True, eq=False):
    """What may be going on somewhere. Times are seconds since 1970, of the events told.

    `told` is how many of its signs people were told of; `resting`: old enough to take no new sign, kept
    until a person closes it; `refused`: observations that a person took out of it.
    """

    id: UUID
    family: str
    place: Place | None
    first_seen: float
    last_seen: float
    entered: float
    last_received: float
    night: bool
    life: bool
    exercise: bool
    signs: list[Sign]
    logs: list[float]
    variance: float = 0.0
    shown: bool = False
    state: str = "unseen"
    belief: Belief | None = None
    resting: bool = False
    told: int = 0
    refused: list[UUID] = []


class Channel(msgspec.Struct, kw_only=True):
    """How one device has been with one kind of alarm: when it went off anew within the last hour (s),
    whether it went back to rest since, when it last spoke, how often it was damped, its last true alarm."""

    onsets: list[float] = []
    rested: bool = True
    last: float = 0.0
    damped: int = 0
    last_real: float = 0.0


class Pace(msgspec.Struct, kw_only=True):
    """How often one camera sees one kind: since when it is listened to (s), when last counted (s), and how
    many were counted, each fading with time."""

    since: float
    last: float
    many: float


class Storm(msgspec.Struct, kw_only=True):
    """Many devices that say one thing at once. `recent`: when (s) each began, within the window; `line`
    the hypothesis that people see, None where a person closed it while it went on; `still`: who is silent."""

    recent: dict[str, float] = {}
    active: bool = False
    last: float = 0.0
    line: UUID | None = None
    still: list[str] = []


class Kept(msgspec.Struct, kw_only=True):
    """A weak signal that waits to be found again."""

    observation: Observation
    position: int
    place: Place | None
    seen: float
    received: float
    repeats: int = 0


class FoldState(msgspec.Struct, kw_only=True):
    """All that the fold knows of one territory after `position` of the spool.

    `records` holds, by channel (device and kind), how often it told of a real act and how often not.
    `town_at` names the town as it stood when it was taken up; `scale_lat` (degrees) fixes the cells of
    the ground once. `closed` remembers for a while where acts ended, so that a new one nearby says so.
    `channels` (by device, then kind) and `storms` (by cause) say who is damped; `ahead` holds positions
    folded before their turn.
    """

    territory: str
    town_at: datetime | None = None
    scale_lat: float | None = None
    parameters: Parameters = Parameters()
    position: int = 0
    decided: int = 0
    now: float = 0.0
    swept: float = 0.0
    hypotheses: dict[UUID, Hypothesis] = {}
    kept: list[Kept] = []
    records: dict[str, tuple[int, int]] = {}
    closed: list[tuple[UUID, float, float, float]] = []
    channels: dict[str, dict[str, Channel]] = {}
    storms: dict[str, Storm] = {}
    ahead: list[int] = []
    rules: Rules | None = None
    began: float = 0.0
    paces: dict[str, dict[str, Pace]] = {}


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What a person decided: applied after the position of the spool at which it was taken up.

    `kind`: `close` (with `real`: true, false, or None where unknown), `merge` (`other` into
    `hypothesis`), `split` (`observations` out of `hypothesis`), `rules` (in force from here on); and, from
    the engine, `parameters`, `town` (the town as it stands `at` that instant is in force from here on) and
    `ahead` (observations folded before their turn, because a life may be in danger and the engine is behind).
    """

    order: int
    kind: str
    hypothesis: UUID | None = None
    other: UUID | None = None
    observations: list[UUID] = []
    real: bool | None = None
    at: datetime | None = None
    parameters: Parameters | None = None
    rules: Rules | None = None
    ahead: list[tuple[int, Observation]] = []


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What one item changed.

    `kind`: `started` and `followed` (below the threshold, nobody is told), `opened`, `joined`,
    `repeated`, `confirmed`, `amended`, `closed`, `merged`, `split`, `expired`, `kept` (a weak signal),
    `ignored`. `held` is the hypothesis itself, which later items go on changing; `signs` those that
    this change brought; `belief` what was believed at that moment; `quiet` says that nothing changed
    but a count.
    """

    kind: str
    position: int
    reasons: list[Reason]
    held: Hypothesis | None = None
    observation: UUID | None = None
    belief: Belief | None = None
    signs: list[Sign] = []
    other: UUID | None = None
    quiet: bool = False

    @property
    def hypothesis(self) -> UUID | None:
        """The identifier of the hypothesis, or None where none is concerned."""
        return self.held.id if self.held is not None else None
