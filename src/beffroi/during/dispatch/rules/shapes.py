"""The values that the rules of dispatch take and give: codes and figures, never words."""

from __future__ import annotations

from datetime import datetime

import msgspec

from beffroi.during.dispatch.rules.terms import Right
from beffroi.during.fusion.rules.shapes import Reason

__all__ = ["Act", "Candidate", "LeftOut", "Order", "Race", "Reason", "UnitRow"]


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit would go to. Seconds count from the moment they came in: to now, and to the moment at
    which they were last known to be there. `reached`: a unit is there already."""

    incident: str
    act: str
    life: bool
    exercise: bool
    elapsed_s: float
    present_s: float
    reached: bool = False


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as the rules see it.

    `lat`, `lon`: its last position, or its base where `from_base`; None where neither is known. `age_s`:
    age of the position. `mission`: the incident that it is on ('' for none), with its reference and
    whether a life is in danger there. `road_s`: seconds by road, infinite where there is no way in time.
    `off_hours`: its hours are over and nothing says that it works all the same; it is back at `works_again`.
    `right`: what gives a unit of another service the right to act here; None for the town's own.
    """

    unit: str
    name: str
    kind: str
    state: str
    exercise: bool
    abilities: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    radius_m: float = 0.0
    position_at: datetime | None = None
    age_s: float | None = None
    from_base: bool = False
    mission: str = ""
    mission_reference: str = ""
    mission_life: bool = False
    road_s: float = float("inf")
    off_hours: bool = False
    works_again: datetime | None = None
    right: Right | None = None


class UnitRow(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that can be sent, or is on its way; times in seconds from the ranking, bounds of 8 times in 10.

    `place`: 1 is proposed first, 0 is on its way already. `chance` (0 to 1): that it arrives before they
    leave; `chance_later`: the same if it is sent in 30 s; None where that is not the question.
    `diverted_from`: the incident that it would leave.
    """

    unit: str
    name: str
    kind: str
    state: str
    place: int
    road_s: float
    eta_s: float
    eta_low_s: float
    eta_high_s: float
    chance: float | None = None
    chance_low: float | None = None
    chance_high: float | None = None
    chance_later: float | None = None
    position_at: datetime | None = None
    stale: bool = False
    diverted_from: str = ""
    diverted_reference: str = ""
    reasons: list[Reason] = []


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that is not proposed, and why. `may_send`: a person may still send it, with a reason."""

    unit: str
    name: str
    kind: str
    state: str
    reason: Reason
    may_send: bool = False


class Race(msgspec.Struct, frozen=True, kw_only=True):
    """How long they are likely to stay from now (s; bounds of 8 times in 10; 0: gone), the chance that
    they are still there, and what that rests on."""

    left_s: float
    left_low_s: float
    left_high_s: float
    there: float
    basis: Reason
    assumed: bool


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Units on their way, units proposed (first to last), units left out, and the race they are in.

    `no_race` says why there is no chance figure, where there is none.
    """

    coming: list[UnitRow]
    rows: list[UnitRow]
    left_out: list[LeftOut]
    race: Race | None = None
    no_race: Reason | None = None
