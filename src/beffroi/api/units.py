"""Operations on units and devices: where patrols are, what stands where, which detectors cry wolf."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Query, Router
from pydantic import Field

from beffroi.api import door, paging, said, shapes
from beffroi.api.errors import PositionAhead
from beffroi.api.incidents import Cursor, Key, Limit
from beffroi.during.fusion import queries as fusion
from beffroi.during.intake.rules import too_early
from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.people import doors
from beffroi.territory import actions, queries
from beffroi.territory.errors import UnknownUnit
from beffroi.territory.shown import Move

router = Router()
UNITS, POSITION, DEVICES = "unit.view", "unit.position", "device.view"


@router.get(
    "/units",
    response=shapes.Units,
    url_name="units",
    tags=["units"],
    summary=_("List patrol units"),
    description=_(
        "With what each does and where it is. Positions tell of agents: each read is written down."
    ),
    openapi_extra={"x-scopes": ["units:read"]},
)
def units(request: HttpRequest, territory: Key = "") -> shapes.Units:
    """Every unit of the territories."""
    keys = door.reach(request, UNITS, territory)
    door.looked(request, UNITS, keys)
    return shapes.Units(items=[said.unit(each) for each in queries.units_of(keys)])


@router.get(
    "/units/{slug:territory}/{str:key}",
    response=shapes.Unit,
    url_name="unit",
    tags=["units"],
    summary=_("Read one patrol unit"),
    openapi_extra={"x-scopes": ["units:read"]},
)
def unit(request: HttpRequest, territory: str, key: str) -> shapes.Unit:
    """One unit."""
    doors.require(door.member_of(request), UNITS, territory=territory)
    found = queries.unit(territory, key)
    door.looked(request, UNITS, [territory])
    return said.unit(found)


@router.put(
    "/units/{slug:territory}/{str:key}/position",
    response=shapes.Moved,
    url_name="unit_position",
    tags=["units"],
    summary=_("Tell where a patrol unit is"),
    description=_(
        "The latest position of a unit holds, whatever the order in which they come: "
        "sending one again changes nothing. No journal keeps it."
    ),
    openapi_extra={"x-scopes": ["positions:write"]},
)
def position(request: HttpRequest, territory: str, key: str, moving: shapes.Moving) -> shapes.Moved:
    """Where it is."""
    doors.require(door.member_of(request), POSITION, territory=territory)
    if too_early(moving.at, clock.now()):
        raise PositionAhead(where="at", why="ahead")
    before = queries.unit(territory, key).position_at
    move = Move(
        territory=territory,
        unit=key,
        position=Position(moving.lat, moving.lon, moving.radius_m),
        at=moving.at,
        heading_deg=moving.heading_deg,
        exercise=moving.exercise,
    )
    if actions.move_units([move]):
        raise UnknownUnit(territory=territory, unit=key, what=key)
    return shapes.Moved(kept=before is None or before < moving.at)


@router.get(
    "/devices",
    response=shapes.Devices,
    url_name="devices",
    tags=["devices"],
    summary=_("List devices"),
    description=_("Cameras, panels, lamps … in place today, by territory and key."),
    openapi_extra={"x-scopes": ["devices:read"]},
)
def devices(
    request: HttpRequest,
    territory: Key = "",
    kind: list[Annotated[str, Field(max_length=60)]] = Query([]),  # noqa: B008 - ninja reads it so
    cursor: Cursor = "",
    limit: Limit = paging.USUAL,
) -> shapes.Devices:
    """A page of devices."""
    keys = door.reach(request, DEVICES, territory)
    where = paging.place(cursor, 2) if cursor else None
    found = queries.devices_page(
        keys, limit=limit + 1, kinds=kind, after=(where[0], where[1]) if where else None
    )
    door.looked(request, DEVICES, keys)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    items = [
        shapes.Device(
            territory=each.territory,
            key=each.key,
            kind=each.kind,
            name=each.name,
            lat=each.position.lat if each.position else None,
            lon=each.position.lon if each.position else None,
            direction_deg=each.direction_deg,
            field_deg=each.field_deg,
            reach_m=each.reach_m,
            site=each.site,
            exercise=each.exercise,
            valid_from=each.valid_from,
        )
        for each in shown
    ]
    return shapes.Devices(items=items, next=paging.cursor([last.territory, last.key]) if last else None)


@router.get(
    "/devices/debts",
    response=shapes.Debts,
    url_name="device_debts",
    tags=["devices"],
    summary=_("List detectors to repair"),
    description=_("What each detector owes: false or damped alarms that no true one pays back."),
    openapi_extra={"x-scopes": ["devices:read"]},
)
def debts(request: HttpRequest, territory: Key = "") -> shapes.Debts:
    """The repair list."""
    keys = door.reach(request, DEVICES, territory)
    door.looked(request, DEVICES, keys)
    items = [
        shapes.Debt(
            territory=key,
            device=each.device,
            kind=each.kind,
            owed=each.owed,
            false=each.false,
            real=each.real,
            damped=each.damped,
            flaps=each.flaps,
            last_seen=each.last_seen,
            last_real=each.last_real,
        )
        for key in sorted(keys)
        for each in fusion.debts(key).rows
    ]
    return shapes.Debts(items=sorted(items, key=lambda each: -each.owed))
