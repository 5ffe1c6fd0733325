"""Writes of the register: each one transaction with its entry in the territory's journal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from beffroi.people.entries import SYSTEM, append
from beffroi.people.models import Member
from beffroi.people.orders import facts, models, queries, rules
from beffroi.people.orders.errors import BadAgent, BadOrder, UnknownAccreditation
from beffroi.people.orders.shown import OrderView

_LONGEST = {"number": 80, "authority": 160, "places": 400, "service": 160}


@dataclass(frozen=True, slots=True)
class OrderText:
    """An order as the prefecture signed it; days are the first and the last.

    `devices`: keys of the cameras that it names; `perimeter`: corners (latitude, longitude) within which it
    allows any. `document_sha256` (hexadecimal) is that of the signed copy, '' where none was given.
    """

    number: str
    authority: str
    purposes: Sequence[str]
    starts_on: date
    ends_on: date
    retention_days: int = rules.LONGEST_RETENTION_DAYS
    devices: Collection[str] = ()
    perimeter: Sequence[tuple[float, float]] = ()
    places: str = ""
    state_access: bool = False
    document_sha256: str = ""


@transaction.atomic
def register_order(*, territory: str, text: OrderText, actor: str = SYSTEM) -> OrderView:
    """Register an order. Raises BadOrder where the law or the register does not take it."""
    _checked(text)
    if models.Order.objects.filter(territory_key=territory, number=text.number).exists():
        raise BadOrder(where="number", why="is registered already")
    devices = sorted(set(text.devices))
    row = models.Order.objects.create(
        territory_key=territory,
        number=text.number.strip(),
        authority=text.authority.strip(),
        purposes=[each for each in rules.PURPOSES if each in set(text.purposes)],
        retention_days=text.retention_days,
        starts_on=text.starts_on,
        ends_on=text.ends_on,
        perimeter=[list(corner) for corner in text.perimeter],
        places=text.places.strip(),
        state_access=text.state_access,
        document_sha256=text.document_sha256,
    )
    models.Covered.objects.bulk_create(models.Covered(order=row, device=each) for each in devices)
    fact = facts.OrderRegistered(
        number=row.number,
        purposes=row.purposes,
        retention_days=row.retention_days,
        starts_on=row.starts_on.isoformat(),
        ends_on=row.ends_on.isoformat(),
        devices=devices,
        perimeter=bool(row.perimeter),
        state_access=row.state_access,
        document=row.document_sha256,
    )
    _append(territory, fact, f"order:{row.id}", actor)
    return queries.order(territory, row.number)


def _checked(text: OrderText) -> None:
    for name in ("number", "authority"):
        if not getattr(text, name).strip():
            raise BadOrder(where=name, why="is missing")
    for name in ("number", "authority", "places"):
        if len(getattr(text, name)) > _LONGEST[name]:
            raise BadOrder(where=name, why="is too long")
    if not 1 <= text.retention_days <= rules.LONGEST_RETENTION_DAYS:
        raise BadOrder(where="retention_days", why="images are kept a day to a month (CSI L252-5)")
    if why := rules.bad_term(text.starts_on, text.ends_on):
        raise BadOrder(where="ends_on", why=why)
    if why := rules.bad_purposes(text.purposes):
        raise BadOrder(where="purposes", why=why)
    if text.perimeter and (why := rules.bad_ring(text.perimeter)):
        raise BadOrder(where="perimeter", why=why)
    if not text.perimeter and not text.devices:
        raise BadOrder(where="devices", why="an order names cameras or a perimeter")


@transaction.atomic
def cover(*, territory: str, number: str, devices: Collection[str], actor: str = SYSTEM) -> OrderView:
    """Make the cameras that an order names these: it was amended. Raises UnknownOrder, BadOrder."""
    row = queries.row(territory, number)
    wanted = sorted(set(devices))
    if not wanted and not row.perimeter:
        raise BadOrder(where="devices", why="an order names cameras or a perimeter")
    if wanted == sorted(row.covered.values_list("device", flat=True)):
        return queries.order(territory, number)
    row.covered.exclude(device__in=wanted).delete()
    there = set(row.covered.values_list("device", flat=True))
    models.Covered.objects.bulk_create(
        models.Covered(order=row, device=each) for each in wanted if each not in there
    )
    _append(territory, facts.OrderCovers(number=number, devices=wanted), f"order:{row.id}", actor)
    return queries.order(territory, number)


@transaction.atomic
def withdraw_order(
    *, territory: str, number: str, from_day: date | None = None, actor: str = SYSTEM
) -> OrderView:
    """An order covers nothing from a day on (today where none is given). Raises UnknownOrder."""
    row = queries.row(territory, number)
    row.withdrawn_on = from_day or queries.today()
    row.save(update_fields=["withdrawn_on"])
    fact = facts.OrderWithdrawn(number=number, from_day=row.withdrawn_on.isoformat())
    _append(territory, fact, f"order:{row.id}", actor)
    return queries.order(territory, number)


@dataclass(frozen=True, slots=True)
class AgentText:
    """An accreditation as it was signed; `order`: number of the one that lets the State have the images."""

    kind: str
    number: str
    authority: str
    starts_on: date
    ends_on: date
    service: str = ""
    order: str = ""


@transaction.atomic
def accredit(*, territory: str, member: Member, text: AgentText, actor: str = SYSTEM) -> UUID:
    """Let a member look at images in a territory; gives its identifier. Raises BadAgent, UnknownOrder."""
    if text.kind not in rules.KINDS:
        raise BadAgent(where="kind", why="is neither of the service nor of the State")
    for name in ("number", "authority", "service"):
        given = getattr(text, name)
        if len(given) > _LONGEST[name] or (name != "service" and not given.strip()):
            raise BadAgent(where=name, why="is missing, or too long")
    if why := rules.bad_term(text.starts_on, text.ends_on):
        raise BadAgent(where="ends_on", why=why)
    order = queries.row(territory, text.order) if text.kind == rules.STATE else None
    if order is not None and not order.state_access:
        raise BadAgent(where="order", why="does not let the State have the images")
    row = models.Accreditation.objects.create(
        member=member,
        territory_key=territory,
        kind=text.kind,
        number=text.number.strip(),
        authority=text.authority.strip(),
        service=text.service.strip(),
        order=order,
        starts_on=text.starts_on,
        ends_on=text.ends_on,
    )
    fact = facts.AgentAccredited(
        kind=row.kind,
        number=row.number,
        starts_on=row.starts_on.isoformat(),
        ends_on=row.ends_on.isoformat(),
    )
    _append(territory, fact, member.actor, actor)
    return row.id


@transaction.atomic
def withdraw_agent(
    *, territory: str, identifier: UUID, from_day: date | None = None, actor: str = SYSTEM
) -> None:
    """An accreditation holds no more from a day on. Raises UnknownAccreditation."""
    row = models.Accreditation.objects.filter(territory_key=territory, id=identifier).first()
    if row is None:
        raise UnknownAccreditation(what=str(identifier))
    row.withdrawn_on = from_day or queries.today()
    row.save(update_fields=["withdrawn_on"])
    fact = facts.AgentWithdrawn(kind=row.kind, number=row.number, from_day=row.withdrawn_on.isoformat())
    _append(territory, fact, row.member.actor, actor)


def _append(territory: str, fact: facts.Fact, subject: str, actor: str) -> None:
    append(journal=f"territory:{territory}", fact=fact, subject=subject, actor=actor)
