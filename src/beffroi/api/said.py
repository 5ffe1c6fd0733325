"""From what rooms show to what the API answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from beffroi.api import shapes
from beffroi.during.dispatch.rules.words import WORDS as DISPATCH
from beffroi.during.dispatch.shown import UnitRow
from beffroi.during.fusion.queries import SignView
from beffroi.during.fusion.rules.words import REASONS as FUSION
from beffroi.during.incident.shown import IncidentView, Sheet
from beffroi.during.incident.words import TITLES
from beffroi.territory.shown import UnitView


def reason(code: str, figures: Mapping[str, Any]) -> shapes.Reason:
    """A reason with its sentence; the code stands for it where it has none with these figures."""
    template = DISPATCH.get(code) or FUSION.get(code)
    try:
        sentence = gettext(template).format(**figures) if template else code
    except (KeyError, ValueError, IndexError):  # written by another version, with other figures
        sentence = code
    return shapes.Reason(code=code, figures=dict(figures), sentence=sentence)


def _facts_of(each: IncidentView) -> dict[str, Any]:
    same = (
        "id", "reference", "territory", "version", "state", "phase", "act", "life", "exercise", "probability",
        "seen_at", "last_sign_at", "leave_by", "confirmed_at", "acknowledged_at", "dispatched_at",
        "on_scene_at", "resolved_at", "outcome", "outcome_cause", "merged_into",
    )  # fmt: skip
    return {
        **{name: getattr(each, name) for name in same},
        "title": gettext(TITLES.get(each.title, each.title)),
        "place": shapes.Place(
            text=each.place_text, lat=each.lat, lon=each.lon, radius_m=each.radius_m, device=each.device
        ),
        "probability_low": each.low,
        "probability_high": each.high,
        "signs": each.sign_count,
        "independent_signs": each.independent,
    }


def incident(each: IncidentView) -> shapes.Incident:
    """A line of a list."""
    return shapes.Incident(**_facts_of(each))


def explained(sheet: Sheet) -> shapes.Explained:
    """One incident with its reasons."""
    return shapes.Explained(
        **_facts_of(sheet.incident),
        alternatives=sheet.incident.alternatives,
        because=[sign(each) for each in sheet.signs],
        ledger=[shapes.Step(step=each.step, at=each.at, seconds=each.seconds) for each in sheet.ledger],
        actions=sheet.actions,
    )


def sign(each: SignView) -> shapes.Sign:
    """A sign without what its source wrote: that may be personal, and stays at the desk."""
    same = ("observation", "kind", "relation", "source", "device", "seen_at", "received_at", "weight")
    return shapes.Sign(
        **{name: getattr(each, name) for name in same},
        independent=each.independent,
        repeats=each.repeats,
        reasons=[reason(one["code"], one.get("params", {})) for one in each.reasons],
    )


def suggested(row: UnitRow) -> shapes.Suggested:
    """A unit of the order."""
    same = (
        "unit", "name", "kind", "state", "place", "eta_s", "eta_low_s", "eta_high_s", "chance", "chance_low",
        "chance_high",
    )  # fmt: skip
    return shapes.Suggested(
        **{name: getattr(row, name) for name in same},
        reasons=[reason(each.code, each.params) for each in row.reasons],
    )


def unit(each: UnitView) -> shapes.Unit:
    """A unit with where it is."""
    where = each.position
    return shapes.Unit(
        territory=each.territory,
        key=each.key,
        name=each.name,
        kind=each.kind,
        state=each.state,
        incident=each.mission or None,
        abilities=list(each.abilities),
        exercise=each.exercise,
        position=None
        if where is None
        else shapes.Where(
            lat=where.lat,
            lon=where.lon,
            radius_m=where.radius_m,
            at=each.position_at,
            heading_deg=each.heading_deg,
        ),
    )
