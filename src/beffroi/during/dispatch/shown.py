"""What other rooms see of dispatch: frozen values with codes, never words or table rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from beffroi.during.dispatch.rules.shapes import LeftOut, Race, Reason, UnitRow
from beffroi.during.dispatch.rules.turning import Turn

__all__ = [
    "ExitView",
    "ExitsView",
    "LeftOut",
    "MissionView",
    "Race",
    "RankingView",
    "ReachView",
    "Reason",
    "Seeing",
    "ShiftView",
    "TapView",
    "Turn",
    "UnitRow",
    "Watched",
]


class RankingView(msgspec.Struct, frozen=True, kw_only=True):
    """The order of units for an incident, as it was at `made_at`, with the version of the town used.

    `coming`: units on their way or there; `rows`: units proposed, first to last; `race`: how long they
    are likely to stay, or `no_race` why that is not the question; `route`: the way of the unit that comes
    first, (latitude, longitude); empty where it was not asked for. `turn`: on which side of one in two the
    chance is, and since when.
    """

    incident: UUID
    made_at: datetime
    town_version: int | None
    coming: list[UnitRow]
    rows: list[UnitRow]
    left_out: list[LeftOut]
    race: Race | None
    no_race: Reason | None
    route: list[tuple[float, float]] = []
    turn: Turn | None = None

    @property
    def first(self) -> UnitRow | None:
        """The unit proposed first."""
        return self.rows[0] if self.rows else None

    @property
    def best(self) -> UnitRow | None:
        """The unit that the race is run with: the first on its way, else the one proposed first."""
        return self.coming[0] if self.coming else self.first

    @property
    def leave_by(self) -> datetime | None:
        """When they have probably left (one chance in two); None where there is no race."""
        return self.made_at + timedelta(seconds=self.race.left_s) if self.race else None


class MissionView(msgspec.Struct, frozen=True, kw_only=True):
    """A unit sent. `expected_at`: when it should be there, by the latest ranking that knows.

    `place` in the order shown when it was sent (0: not proposed); `override`: the code of why not the
    first, `text` where a person wrote it.
    """

    id: UUID
    incident: UUID
    reference: str
    territory: str
    unit: str
    state: str
    exercise: bool
    place: int
    order: list[str]
    chance: float | None
    override: str
    override_text: str
    sent_by: UUID | None
    sent_at: datetime
    expected_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    ended_at: datetime | None
    ended: str


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A camera that they may pass: metres from the place by road, seconds until they could be there."""

    device: str
    name: str
    metres: float
    in_s: float


class ReachView(msgspec.Struct, frozen=True, kw_only=True):
    """Where they can be at `at` had they left on foot at `since`, the last sign: streets within reach.

    `bands`: lines of (latitude, longitude) for now, a minute later and two minutes later, each without
    the one before; `cameras`: those they may pass in that time, the soonest first. `speed_m_s` is assumed.
    """

    at: datetime
    since: datetime
    speed_m_s: float
    bands: list[list[list[tuple[float, float]]]]
    cameras: list[Watched]


class Seeing(msgspec.Struct, frozen=True, kw_only=True):
    """A camera that sees a way out, and seconds until they could be in its picture (negative: could have been
    already, so long ago). Not `sure`: it stands on the way, and nothing tells where it looks."""

    device: str
    name: str
    in_s: float
    sure: bool = True


class ExitView(msgspec.Struct, frozen=True, kw_only=True):
    """A road to watch: `ways` of all ways out pass it, they can be there in `in_s` at the earliest (s;
    negative: may have passed already), `unit` can be there first, in `unit_s` (s); the reasons
    say so in words."""

    name: str
    lat: float
    lon: float
    ways: int
    in_s: float
    unit: str
    unit_s: float | None
    cameras: list[Seeing]
    reasons: list[Reason]


class ExitsView(msgspec.Struct, frozen=True, kw_only=True):
    """The roads to watch, had they driven off from (lat, lon) at `since`, the last sign; seconds from `at`.

    `ways`: how many ways out there are. No exit: too many, or none that the map knows.
    """

    at: datetime
    since: datetime
    lat: float
    lon: float
    town_version: int | None
    ways: int
    exits: list[ExitView]


class ShiftView(msgspec.Struct, frozen=True, kw_only=True):
    """A member holds a unit, since when (and until when, once it is over)."""

    id: UUID
    territory: str
    unit: str
    member: UUID
    exercise: bool
    begun_at: datetime
    ended_at: datetime | None


class TapView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a tap: `refused` is '' or the code of why it changed nothing, `sentence` its English.

    `again`: the same key came before, and this is the answer of then.
    """

    key: UUID
    act: str
    at: datetime
    received_at: datetime
    clock: str
    refused: str
    sentence: str
    fields: dict[str, str]
    advice: str
    again: bool
