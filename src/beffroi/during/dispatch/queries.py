"""Reads of dispatch: the order of units for an incident, who was sent where, who holds which unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from beffroi.during.dispatch import errors, models
from beffroi.during.dispatch.shown import (
    ExitsView,
    LeftOut,
    MissionView,
    Race,
    RankingView,
    ReachView,
    Reason,
    ShiftView,
    TapView,
    Turn,
    UnitRow,
)
from beffroi.during.incident.errors import AlreadyClosed
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError

MOST_MISSIONS = 500
#: A shift that nobody gave back is over after this long: nobody drives for ever.
LONGEST_SHIFT = timedelta(hours=14)


def ranking(incident_id: UUID) -> RankingView | None:
    """The latest order of units for an incident, with the way of the first; None before there is one."""
    row = models.Ranking.objects.filter(incident_id=incident_id).first()
    return view(row) if row else None


def rankings(incidents: Iterable[UUID]) -> dict[UUID, RankingView]:
    """The latest orders of several incidents in one query, for a queue: who comes, who is proposed first,
    the race. Ways, units left out and the rest of the order are empty; those not ranked are left out."""
    rows = models.Ranking.objects.filter(incident_id__in=list(incidents))
    return {
        row.incident_id: view(row, whole=False)
        for row in rows.defer("route", "roads", "reach", "exits", "left_out")
    }


def reach(incident_id: UUID) -> ReachView | None:
    """Where they can be by now, if they left on foot at the last sign; None where it is not known, or
    so long ago that they can be anywhere."""
    row = models.Ranking.objects.filter(incident_id=incident_id).values_list("reach", flat=True).first()
    return msgspec.convert(row, ReachView) if row else None


def exits(incident_id: UUID) -> ExitsView | None:
    """The roads to watch where the chance to arrive in time is low; None where it is not, or they can be
    anywhere."""
    row = models.Ranking.objects.filter(incident_id=incident_id).values_list("exits", flat=True).first()
    return msgspec.convert(row, ExitsView) if row else None


def missions(territories: Collection[str]) -> list[MissionView]:
    """Missions under way in these territories, the latest first."""
    rows = _missions().filter(territory_key__in=sorted(territories), ended_at=None)
    return [mission_view(row) for row in rows.order_by("-sent_at")[:MOST_MISSIONS]]


def missions_of(incident_id: UUID) -> list[MissionView]:
    """Every mission of an incident, ended ones too, in the order in which units were sent."""
    return [
        mission_view(row) for row in _missions().filter(incident_id=incident_id).order_by("sent_at", "pk")
    ]


def mission_of(territory: str, unit: str) -> MissionView | None:
    """What a unit is on now; None where it is on nothing."""
    row = _missions().filter(territory_key=territory, unit=unit, ended_at=None).first()
    return mission_view(row) if row else None


def missions_since(territory: str, unit: str, since: datetime, most: int) -> list[MissionView]:
    """The missions of a unit that ended since, the latest first."""
    rows = _missions().filter(territory_key=territory, unit=unit, ended_at__gte=since)
    return [mission_view(row) for row in rows.exclude(ended="merged").order_by("-ended_at")[:most]]


def shift_of(member: UUID, now: datetime | None = None) -> ShiftView | None:
    """The unit that a member holds; None where they hold none."""
    row = _held(now).filter(member=member).first()
    return shift_view(row) if row else None


def crews(territory: str, now: datetime | None = None) -> dict[str, int]:
    """How many phones hold each unit of a territory; units that nobody holds are left out."""
    held = _held(now).filter(territory_key=territory).values_list("unit", flat=True)
    return dict(Counter(held))


def last_tap(shift: UUID) -> TapView | None:
    """The last tap of a shift that changed something and was not taken back."""
    rows = models.Tap.objects.filter(shift_id=shift, refused="", undone_at=None)
    row = rows.exclude(act__in=("undo", "distress")).order_by("-received_at").first()
    return tap_view(row) if row else None


def _held(now: datetime | None) -> QuerySet[models.Shift]:
    since = (now or clock.now()) - LONGEST_SHIFT
    return models.Shift.objects.filter(ended_at=None, begun_at__gt=since)


def shift_view(row: models.Shift) -> ShiftView:
    """A shift as other rooms see it."""
    return ShiftView(
        id=row.pk,
        territory=row.territory_key,
        unit=row.unit,
        member=row.member,
        exercise=row.exercise,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
    )


_REFUSALS: dict[str, type[BeffroiError]] = {
    each.code: each
    for each in (
        errors.MissionOver,
        errors.NoMission,
        errors.NoShift,
        errors.MissionUnderWay,
        errors.UndoTooLate,
        AlreadyClosed,
    )
}


def tap_view(row: models.Tap, *, again: bool = False) -> TapView:
    """A tap as other rooms see it, its refusal with the words of its error."""
    refusal = _REFUSALS.get(row.refused, BeffroiError)
    return TapView(
        key=row.pk,
        act=row.act,
        at=row.at,
        received_at=row.received_at,
        clock=row.clock,
        refused=row.refused,
        sentence=refusal.message if row.refused else "",
        fields=row.refused_fields,
        advice=refusal.advice if row.refused else "",
        again=again,
    )


def _missions() -> QuerySet[models.Mission]:
    return models.Mission.objects.select_related("incident", "incident__ranking").defer(
        "incident__ranking__route",
        "incident__ranking__roads",
        "incident__ranking__reach",
        "incident__ranking__exits",
    )


def view(row: models.Ranking, *, whole: bool = True) -> RankingView:
    """A row as other rooms see it; without `whole`, what a queue shows."""
    return RankingView(
        incident=row.incident_id,
        made_at=row.made_at,
        town_version=row.town_version,
        coming=msgspec.convert(row.coming, list[UnitRow]),
        rows=msgspec.convert(row.rows if whole else row.rows[:1], list[UnitRow]),
        left_out=msgspec.convert(row.left_out, list[LeftOut]) if whole else [],
        race=msgspec.convert(row.race, Race | None),
        no_race=msgspec.convert(row.no_race, Reason | None),
        route=[(lat, lon) for lat, lon in row.route] if whole else [],
        turn=msgspec.convert(row.turn, Turn | None),
    )


def mission_view(row: models.Mission) -> MissionView:
    """A mission as other rooms see it."""
    expected = None if row.eta_s is None else row.sent_at + timedelta(seconds=row.eta_s)
    ranked = getattr(row.incident, "ranking", None) if row.ended_at is None else None
    if ranked is not None and ranked.made_at > row.sent_at:
        for each in ranked.coming:
            if each["unit"] == row.unit:
                expected = ranked.made_at + timedelta(seconds=each["eta_s"])
    return MissionView(
        id=row.pk,
        incident=row.incident_id,
        reference=row.incident.reference,
        territory=row.territory_key,
        unit=row.unit,
        state=row.state,
        exercise=row.exercise,
        place=row.place,
        order=row.order,
        chance=row.chance,
        override=row.override,
        override_text=row.override_text,
        sent_by=row.sent_by,
        sent_at=row.sent_at,
        expected_at=expected,
        en_route_at=row.en_route_at,
        on_scene_at=row.on_scene_at,
        ended_at=row.ended_at,
        ended=row.ended,
    )
