"""The reasons of a change, as codes and figures; `words` turns them into sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beffroi.during.fusion.rules import pace, silence
from beffroi.during.fusion.rules.match import Match
from beffroi.during.fusion.rules.nearness import REACH_M
from beffroi.during.fusion.rules.shapes import Heard, Place, Reason
from beffroi.during.intake.facts import Observation

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold

LATE_S = 120.0


def starting(fold: Fold, heard: Heard, *, night: bool) -> list[Reason]:
    """Why a sign stands on its own."""
    sense, place = heard.sense, heard.place
    reasons = [Reason("fusion.alone", {"percent": round(100 * sense.alone)})] if sense.alone else []
    if sense.role == "silent":
        reasons.append(silence.why(heard.observation))
    reasons += _its_record(fold, heard.observation)
    if night and sense.alone:
        reasons.append(Reason("fusion.at_night"))
    if place is None:
        reasons.append(Reason("fusion.place_unknown"))
    else:
        reasons += _near_a_closed_one(fold, place)
    return [*heard.why, *reasons, *_its_time(heard.observation)]


def joining(fold: Fold, heard: Heard, match: Match, *, counted: bool, says: float = -1.0) -> list[Reason]:
    """Why a sign belongs to a hypothesis."""
    if match.by in ("device", "source"):
        reasons = [Reason(f"fusion.same_{match.by}")]
    else:
        reasons = [Reason(f"fusion.near_by_{match.by}", {"metres": match.metres})]
    reasons.append(Reason("fusion.near_in_time", {"seconds": round(match.gap_s)}))
    reasons += how_far_independent(fold, heard, counted=counted, says=says)
    return [*heard.why, *reasons, *_its_record(fold, heard.observation), *_its_time(heard.observation)]


def how_far_independent(fold: Fold, heard: Heard, *, counted: bool, says: float) -> list[Reason]:
    """Whether a sign stands on its own, and for a camera beside an alarm how often it sees someone anyway."""
    if says < 0:
        return [Reason("fusion.independent" if counted else "fusion.not_independent")]
    seconds = pace.each_s(fold, heard)
    told = {"minutes": round(seconds / 60)} if seconds >= 90 else {"seconds": round(seconds)}
    busy = Reason("fusion.camera_pace" if "minutes" in told else "fusion.busy_camera", told)
    if says < pace.LEAST:
        return [busy, Reason("fusion.anyone", {"seconds": round(seconds)})]
    return [busy, Reason("fusion.independent" if counted else "fusion.not_independent")]


def _its_record(fold: Fold, observation: Observation) -> list[Reason]:
    real, false = fold.record(observation)
    if real + false == 0:
        return []
    return [Reason("fusion.record", {"false": false, "total": real + false})]


def _its_time(observation: Observation) -> list[Reason]:
    late = (observation.received_at - observation.seen_at).total_seconds()
    if late > LATE_S:
        return [Reason("fusion.late", {"seconds": round(late)})]
    if late < -1:
        return [Reason("fusion.clock_ahead", {"seconds": round(-late)})]
    return []


def _near_a_closed_one(fold: Fold, place: Place) -> list[Reason]:
    for identifier, lat, lon, _ in reversed(fold.state.closed):
        metres = fold.index.line_m(place, Place("", lat, lon))
        if metres <= REACH_M:
            params: dict[str, Any] = {"hypothesis": str(identifier), "metres": round(metres)}
            return [Reason("fusion.near_a_closed_one", params)]
    return []
