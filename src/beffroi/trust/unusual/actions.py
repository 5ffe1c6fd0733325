"""Writes of unusual looking: alerts noticed, the officer's decision, a street declared or taken back."""

from __future__ import annotations

import hashlib
import secrets
import time
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.people.entries import SYSTEM, append
from beffroi.people.models import KnownTerritory, Member
from beffroi.territory import queries as territory
from beffroi.trust.unusual import facts, models, register, rules
from beffroi.trust.unusual.errors import BadDecision, BadStreet, DecidedAlready, OwnAlert, UnknownAlert

_LONGEST = 400


def notice(where: str) -> int:
    """Read the register of a territory, keep what passed a threshold today or yesterday; how many are new."""
    limits = register.thresholds()
    looks = register.looks(where, register.since_of(limits.habit_days))
    if not looks:
        return 0
    own = {f"member:{row.member}": row.street for row in models.OwnStreet.objects.filter(territory_key=where)}
    today = rules.day_of(timezone.localtime(clock.now()))
    fresh = 0
    for day in (today - timedelta(days=1), today):
        for found in rules.found(looks, own, day, limits):
            fresh += _kept(where, found)
    return fresh


@transaction.atomic
def _kept(where: str, found: rules.Found) -> bool:
    """Keep a fact once; while nobody decided of it, its figures follow."""
    said = {
        "device": found.device,
        "figures": dict(found.figures),
        "entries": list(found.entries),
        "first_at": found.first_at,
        "last_at": found.last_at,
    }
    row, made = models.Alert.objects.get_or_create(
        territory_key=where,
        rule=found.rule,
        key=found.key,
        defaults={
            **said,
            "member": UUID(found.member.partition(":")[2]),
            "noticed_at": clock.now(),
        },
    )
    if not made:
        if not row.decision and row.entries != said["entries"]:
            models.Alert.objects.filter(pk=row.pk).update(**said)
        return False
    fact = facts.UnusualLooking(
        alert=str(row.id), rule=row.rule, territory=where, looks=int(found.figures["looks"])
    )
    append(fact=fact, subject=f"alert:{row.id}", actor=SYSTEM)
    return True


@transaction.atomic
def decide(
    *, territories: frozenset[str], alert: UUID, decision: str, officer: Member, reason: str = "", tell: bool
) -> None:
    """What the officer decides of an alert, once; `tell`: the person concerned is told of it.

    Raises UnknownAlert, BadDecision, DecidedAlready, OwnAlert.
    """
    row = models.Alert.objects.select_for_update().filter(pk=alert, territory_key__in=territories).first()
    if row is None:
        raise UnknownAlert(what=str(alert))
    if row.member == officer.pk:
        raise OwnAlert
    if row.decision:
        raise DecidedAlready
    said = reason.strip()
    if decision not in rules.DECISIONS:
        raise BadDecision(where="decision", why="choose one")
    if len(said) > _LONGEST or (decision == rules.FOLLOWED and not said):
        raise BadDecision(where="reason", why="is missing, or too long")
    salt = secrets.token_bytes(16) if said else b""
    row.decision, row.reason, row.reason_salt = decision, said, salt
    row.decided_at, row.decided_by = clock.now(), officer.actor
    row.told_at = row.decided_at if tell else None
    row.save()
    digest = hashlib.sha256(salt + said.encode()).hexdigest() if said else ""
    fact = facts.UnusualDecided(alert=str(row.id), decision=decision, told=tell, reason=digest)
    append(fact=fact, subject=f"alert:{row.id}", actor=officer.actor)


@transaction.atomic
def declare_street(*, member: Member, where: str, street: str) -> None:
    """A member says which street is theirs, of their free will; '' takes it back. Raises BadStreet."""
    wanted = street.strip()
    if wanted and wanted.casefold() not in {each.casefold() for each in streets_of(where)}:
        raise BadStreet(street=wanted)
    gone, _ = models.OwnStreet.objects.filter(member=member.pk).delete()
    if wanted:
        models.OwnStreet.objects.create(
            member=member.pk, territory_key=where, street=wanted, declared_at=clock.now()
        )
    if wanted or gone:
        append(fact=facts.OwnStreetDeclared(standing=bool(wanted)), subject=member.actor, actor=member.actor)


def streets_of(where: str) -> list[str]:
    """The names of the streets of a territory's map."""
    try:
        graph = territory.streets(where)
    except NotFound:
        return []
    return sorted({str(each) for each in graph.meta.names if each})


class Watch:
    """A duty of the engine: one territory a call, all of them each hour."""

    def __init__(self, every_s: float = 3600.0) -> None:
        self._every_s = every_s
        self._waiting: list[str] | None = None
        self._next = 0.0

    def __call__(self) -> int:
        """Notice what is unusual in the next territory; how many alerts are new."""
        if not self._waiting:
            if time.monotonic() < self._next:
                return 0
            self._waiting = sorted(KnownTerritory.objects.values_list("key", flat=True))
            self._next = time.monotonic() + self._every_s
        return notice(self._waiting.pop()) if self._waiting else 0
