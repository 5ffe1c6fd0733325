"""Writes of retention: terms and holds, each one transaction with its entry in the journal of its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from beffroi.foundation import clock
from beffroi.journal.facts import Fact
from beffroi.people.entries import SYSTEM, append
from beffroi.trust.retention import facts, models, rules
from beffroi.trust.retention.errors import BadHold, BadTerm, UnknownHold
from beffroi.trust.retention.terms import Terms, journal_of, kinds

#: What a hold may name, as the journal names it; those whose identifier is a UUID first.
SUBJECTS = ("incident", "signal", "observation", "crisis", "member", "device", "unit", "source")
_BY_UUID = SUBJECTS[:5]


@transaction.atomic
def set_term(*, where: str, kind: str, days: int, actor: str = SYSTEM) -> None:
    """Keep a kind of data so many days in a territory (or `installation`) from now on. Raises BadTerm.

    A longer term brings nothing back; a shorter one erases at the next run.
    """
    if kind not in kinds():
        raise BadTerm(where=kind, why="is no kind of data kept here")
    if why := rules.bad_days(days, kinds()[kind].most):
        raise BadTerm(where="days", why=why)
    before = Terms(where).days(kind)
    models.Term.objects.update_or_create(
        territory_key=where, kind=kind, defaults={"days": days, "set_at": clock.now()}
    )
    _append(where, facts.TermSet(kind=kind, days=days, before=before), journal_of(where), actor)


@dataclass(frozen=True, slots=True)
class HoldText:
    """What a hold keeps and why. `subject` as the journal names it: `incident:…`, `device:C-4`.

    `since` and `until` bound the instants of what is kept; `kind` '' keeps every kind of it.
    """

    subject: str
    ground: str
    reference: str
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


@transaction.atomic
def place_hold(*, where: str, text: HoldText, actor: str = SYSTEM) -> UUID:
    """Let nothing that it names be erased until it is released. Raises BadHold; gives its identifier."""
    _checked(text)
    row = models.Hold.objects.create(
        territory_key=where,
        subject=text.subject,
        kind=text.kind,
        since=text.since,
        until=text.until,
        ground=text.ground,
        reference=text.reference.strip(),
        placed_at=clock.now(),
        placed_by=actor,
    )
    fact = facts.HoldPlaced(
        hold=str(row.id),
        subject=row.subject,
        kind=row.kind,
        ground=row.ground,
        reference=row.reference,
        since=row.since.isoformat() if row.since else "",
        until=row.until.isoformat() if row.until else "",
    )
    _append(where, fact, row.subject, actor)
    return row.id


def _checked(text: HoldText) -> None:
    name, _colon, value = text.subject.partition(":")
    if name not in SUBJECTS or not value or len(text.subject) > 160:
        raise BadHold(where="subject", why="name what it keeps, such as incident:… or device:…")
    if name in _BY_UUID:
        try:
            UUID(value)
        except ValueError:
            raise BadHold(where="subject", why="is no identifier") from None
    if text.kind and text.kind not in kinds():
        raise BadHold(where="kind", why="is no kind of data kept here")
    if text.ground not in rules.GROUNDS:
        raise BadHold(where="ground", why="is neither a requisition nor a request for access")
    if not 1 <= len(text.reference.strip()) <= 80:
        raise BadHold(where="reference", why="is missing, or too long")
    if text.since and text.until and text.until < text.since:
        raise BadHold(where="until", why="it ends before it starts")


@transaction.atomic
def release_hold(*, where: str, hold: UUID, actor: str = SYSTEM) -> None:
    """Let go of what a hold kept. Raises UnknownHold."""
    row = models.Hold.objects.filter(territory_key=where, id=hold, released_at=None).first()
    if row is None:
        raise UnknownHold(what=str(hold))
    row.released_at = clock.now()
    row.save(update_fields=["released_at"])
    _append(where, facts.HoldReleased(hold=str(row.id)), row.subject, actor)


def holds(where: str) -> Sequence[rules.Held]:
    """What the holds that stand in a place keep."""
    rows = models.Hold.objects.filter(territory_key=where, released_at=None)
    return [rules.Held(row.subject, row.kind, row.since, row.until) for row in rows]


def _append(where: str, fact: Fact, subject: str, actor: str) -> None:
    append(journal=journal_of(where), fact=fact, subject=subject, actor=actor)
