"""Writes of signals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from beffroi.before.signal import facts, queries, rules
from beffroi.before.signal.models import Signal
from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.foundation.identifiers import uuid7
from beffroi.journal import actions as journal

# A failed attempt means that another report took the number: this many at once are sorted out.
_ATTEMPTS = 50


def report(
    *,
    territory: str,
    member: UUID,
    what: str,
    place: Position,
    seen_at: datetime,
    details: Mapping[str, str] | None = None,
    place_name: str = "",
    form: UUID | None = None,
    exercise: bool = False,
) -> queries.SignalView:
    """Keep a report and tell the journal, in one transaction; intake takes it from there.

    `place.radius_m` is the doubt about the place. The same `form` sent twice is one signal.
    Raises rules.Unsaid for words, a time or a place that cannot be taken.
    """
    received_at = clock.now()
    row = Signal(
        territory=territory,
        form=form or uuid7(),
        member=member,
        what=what,
        details=rules.words(what, details or {}),
        lat=place.lat,
        lon=place.lon,
        radius_m=rules.radius(place.radius_m),
        place=place_name[:160],
        seen_at=rules.seen(seen_at, received_at),
        received_at=received_at,
        exercise=exercise,
    )
    for attempt in range(_ATTEMPTS):
        try:
            return queries.signal(_kept(row))
        except IntegrityError:  # someone else took the number, or this form, a moment before
            if attempt + 1 == _ATTEMPTS:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _kept(row: Signal) -> UUID:
    twin = Signal.objects.filter(form=row.form, member=row.member).first()
    if twin is not None:
        return twin.pk
    highest = Signal.objects.filter(territory=row.territory).aggregate(last=Max("number"))["last"]
    row.number = (highest or 0) + 1
    row.save(force_insert=True)
    journal.append(
        journal=f"territory:{row.territory}",
        fact=facts.SignalReported(
            signal=str(row.pk),
            territory=row.territory,
            what=row.what,
            seen_seconds_before=round((row.received_at - row.seen_at).total_seconds()),
            exercise=row.exercise,
        ),
        subject=f"signal:{row.pk}",
        actor=f"member:{row.member}",
        at=row.received_at,
    )
    return row.pk
