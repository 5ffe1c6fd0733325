"""Reads of acting: what can be switched, where, and what became of what was asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from beffroi.during.acting import models
from beffroi.during.acting.errors import UnknownActuator
from beffroi.during.acting.rules import declared, states
from beffroi.during.acting.shown import ActuatorView, Choice, CommandView
from beffroi.foundation.geography import Position, distance_m
from beffroi.foundation.settings import current
from beffroi.territory import queries as territories
from beffroi.territory.shown import DeviceView

NEAR_MOST = 6


def _live() -> QuerySet[models.Actuator]:
    return models.Actuator.objects.filter(retired_at=None).select_related("account")


def actuators(territory: str) -> list[ActuatorView]:
    """What can be switched in a territory, by name, each with its last command."""
    found = _actuators(territory)
    last = _last([each.id for each in found])
    return [replace(each, last=last.get(each.id)) for each in found]


def standing(territories_: Collection[str]) -> dict[str, tuple[tuple[Any, ...], ...]]:
    """How everything stands, by territory, in one query: it differs as soon as something changed."""
    newest = models.Command.objects.filter(actuator=OuterRef("pk")).order_by("-asked_at", "-id")
    rows = (
        _live().filter(territory_key__in=territories_).annotate(became=Subquery(newest.values("state")[:1]))
    )
    found: dict[str, list[tuple[Any, ...]]] = {}
    for key, *rest in rows.order_by("pk").values_list("territory_key", "pk", "said", "said_at", "became"):
        found.setdefault(key, []).append(tuple(rest))
    return {key: tuple(each) for key, each in found.items()}


def mute() -> list[ActuatorView]:
    """What did not answer its last command and has said nothing since, wherever it is."""
    keys = _live().order_by("territory_key").values_list("territory_key", flat=True).distinct()
    return [each for key in keys for each in actuators(key) if each.mute and not each.exercise]


def never_heard(before: datetime) -> list[str]:
    """What was declared before an instant and has never told its state, as `territory/key`."""
    rows = _live().filter(said_at=None, declared_at__lt=before, exercise=False)
    return [str(row) for row in rows.order_by("territory_key", "key")]


def _actuators(territory: str) -> list[ActuatorView]:
    rows = list(_live().filter(territory_key=territory).order_by("name", "key"))
    if not rows:
        return []
    hung = territories.devices(territory, keys={row.device for row in rows})
    places = {each.key: each for each in hung}
    return [_actuator(row, places.get(row.device)) for row in rows]


def actuator(territory: str, key: str) -> ActuatorView:
    """One thing that can be switched. Raises UnknownActuator."""
    found = next((each for each in _actuators(territory) if each.key == key), None)
    if found is None:
        raise UnknownActuator(what=key)
    return found


def near(territory: str, place: Position | None) -> list[ActuatorView]:
    """What can be switched around a place, the nearest first: within the setting's distance, six at most."""
    if place is None:
        return []
    within = current().acting_within_m
    found = []
    for each in _actuators(territory):
        if each.position is not None:
            metres = distance_m(each.position, place)
            if metres <= within + place.radius_m:
                found.append(replace(each, metres=metres))
    return sorted(found, key=lambda each: (each.metres or 0.0, each.key))[:NEAR_MOST]


def commands(incident: UUID, *, limit: int = 20) -> list[CommandView]:
    """What was asked from an incident, the latest first."""
    rows = models.Command.objects.filter(incident_id=incident).select_related("actuator")
    return _commands(rows.order_by("-asked_at", "-id")[:limit])


def latest(territory: str, *, limit: int = 40) -> list[CommandView]:
    """What was asked in a territory, the latest first."""
    rows = models.Command.objects.filter(actuator__territory_key=territory).select_related("actuator")
    return _commands(rows.order_by("-asked_at", "-id")[:limit])


def command(identifier: UUID) -> CommandView | None:
    """One command."""
    rows = models.Command.objects.filter(pk=identifier).select_related("actuator")
    return next(iter(_commands(rows)), None)


def _last(actuators: Iterable[UUID]) -> dict[UUID, CommandView]:
    """The last command of each actuator."""
    newest = models.Command.objects.filter(actuator=OuterRef("pk")).order_by("-asked_at", "-id")
    rows = models.Actuator.objects.filter(pk__in=list(actuators)).annotate(
        last=Subquery(newest.values("pk")[:1])
    )
    chosen = {row.last: row.pk for row in rows if row.last}
    found = models.Command.objects.filter(pk__in=list(chosen)).select_related("actuator")
    return {chosen[each.id]: each for each in _commands(found)}


def _commands(rows: Iterable[models.Command]) -> list[CommandView]:
    kept = list(rows)
    backs = models.Command.objects.filter(ends__in=[each.pk for each in kept])
    came_back = {each.ends_id for each in backs if each.state == states.CONFIRMED}
    told = {each.ends_id for each in backs}
    return [_command(row, stuck=row.ended and row.pk in told and row.pk not in came_back) for row in kept]


def _command(row: models.Command, *, stuck: bool) -> CommandView:
    return CommandView(
        id=row.pk,
        territory=row.actuator.territory_key,
        actuator=row.actuator.key,
        name=row.actuator.name,
        kind=row.actuator.kind,
        act=row.act,
        text=row.text,
        purpose=row.purpose,
        seen=row.seen,
        state=row.state,
        actor=row.actor,
        asked_at=row.asked_at,
        sent_at=row.sent_at,
        over_at=row.over_at,
        ends_at=row.ends_at,
        ended=row.ended,
        of=row.ends_id,
        exercise=row.exercise,
        stuck=stuck,
    )


def _actuator(row: models.Actuator, device: DeviceView | None) -> ActuatorView:
    found = declared.read(row.declaration["toml"])
    return ActuatorView(
        id=row.pk,
        territory=row.territory_key,
        key=row.key,
        name=row.name,
        kind=row.kind,
        device=row.device,
        account=row.account.login,
        position=device.position if device else None,
        exercise=row.exercise,
        hazard=found.hazard,
        choices=tuple(Choice(name, found.act(name), way.minutes) for name, way in found.acts.items()),
        texts=tuple(found.texts.items()),
        said=row.said,
        said_at=row.said_at,
    )
