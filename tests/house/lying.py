"""Things that lie in a territory, made for the URLs that name one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from tests.during.acting.declarations import LAMPS

from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7
from beffroi.people.models import Member


def _signal(territory: str, reporter: Member) -> UUID:
    """A report made in the territory."""
    from beffroi.before.signal import actions as signals
    from beffroi.foundation.geography import Position

    place = Position(47.64, -2.1, 30.0)
    made = signals.report(
        territory=territory, member=reporter.id, what="signal.noise", place=place, seen_at=clock.now()
    )
    return made.id


def _incident(territory: str, reporter: Member) -> UUID:
    """An intervention that a call for help opened in the territory."""
    from beffroi.during.fusion import actions as fusion
    from beffroi.during.fusion import engine
    from beffroi.during.incident import actions as incidents
    from beffroi.during.intake.facts import Observation

    said = Observation(
        id=uuid7(),
        territory=territory,
        source="panel",
        key="1",
        kind="panic.holdup",
        seen_at=clock.now(),
        received_at=clock.now(),
        lat=47.64,
        lon=-2.1,
    )
    engine.forget()
    try:
        with transaction.atomic():
            (opened,) = incidents.take_up(fusion.step([(1, said)]))
    finally:
        engine.forget()
    return opened


def _lamps(territory: str) -> str:
    """Lamps that may be commanded in the territory."""
    from beffroi.during.acting import actions
    from beffroi.territory import models

    row = models.Territory.objects.get(key=territory)
    device = {"kind": "lamp", "lat": 47.64, "lon": -2.1, "origin": "test", "valid_from": clock.now()}
    models.Device.objects.get_or_create(territory=row, key="L-1", defaults=device)
    text = LAMPS.replace("nord", territory)
    actions.declare(territory=territory, key="lamps", device="L-1", declaration=text)
    return "lamps"


def _crisis(territory: str) -> Any:
    """The plan at work in the territory."""
    from beffroi.during.crisis import models, plans

    kept = plans.template()
    made, _ = models.Crisis.objects.get_or_create(
        territory_key=territory,
        number=1,
        defaults={
            "level": "watch",
            "plan": kept.name,
            "toml": kept.toml,
            "opened_at": clock.now(),
            "opened_by": "system",
        },
    )
    return made


def _message(territory: str) -> Any:
    """A message to the population that waits for the mayor."""
    from beffroi.during.crisis import models

    return models.Message.objects.create(
        crisis=_crisis(territory),
        draft="shelter",
        area="Le bourg",
        headline="Abri",
        description="Danger",
        instruction="Entrez",
        hours=6,
        prepared_at=clock.now(),
        prepared_by="system",
        salt=b"",
    )


#: Makers of things that lie in a territory, by URL argument.
OBJECTS: dict[str, Callable[[str, Member], Any]] = {
    "actuator": lambda territory, _reporter: _lamps(territory),
    "signal": _signal,
    "incident": _incident,
    "crisis": lambda territory, _reporter: _crisis(territory).pk,
    "message": lambda territory, _reporter: _message(territory).pk,
}
