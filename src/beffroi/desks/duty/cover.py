"""How the free patrols cover the town while others are busy: a part of the queue, asked again by itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beffroi.desks import spelling, towns
from beffroi.during.dispatch.covering import CoverView, cover
from beffroi.foundation import clock
from beffroi.people import doors
from beffroi.people.models import Member

ACTION = "duty.view"
#: A centre that watches many communes is shown those where it matters most.
_MOST = 3


@dataclass(frozen=True, slots=True)
class Move:
    """Who could go where, in what time, and the share of buildings (whole hundredths) then covered."""

    name: str
    place: str
    time: str
    share: int


@dataclass(frozen=True, slots=True)
class Cover:
    """How one town is covered, in words and whole hundredths. `name` is empty where only one is watched."""

    name: str
    minutes: str
    share: int
    all_free: int
    busy: int
    moves: list[Move]


@doors.door(ACTION)
@require_safe
def panel(request: HttpRequest) -> HttpResponse:
    """The part of the page: towns where someone is busy, the least covered first; else the only town."""
    assert isinstance(request.user, Member)  # noqa: S101 - the door let nobody else in
    keys = doors.territories_for(request.user, ACTION)
    names = {town.key: town.name for town in towns.towns(keys) if town.version}
    now = clock.now()
    found = [each for key in sorted(names) if (each := cover(key, now)) is not None]
    if len(names) > 1:
        found = sorted((each for each in found if each.busy), key=lambda each: each.share)[:_MOST]
    shown = [_said(each, names[each.territory] if len(names) > 1 else "") for each in found]
    return render(request, "desks/duty/cover.html", {"covers": shown})


def _said(found: CoverView, name: str) -> Cover:
    return Cover(
        name=name,
        minutes=spelling.duration(found.within_s) if found.within_s % 60 else _minutes(found.within_s),
        share=spelling.percent(found.share),
        all_free=spelling.percent(found.all_free),
        busy=found.busy,
        moves=[
            Move(each.name, each.place, spelling.about(each.seconds), spelling.percent(each.share))
            for each in found.moves
        ],
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / spelling.MINUTE:.0f}{spelling.NBSP}min"
