"""Reads of the register: what covers a camera on a day, who may look, what ends soon."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.utils import timezone

from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.people.models import Member
from beffroi.people.orders import models, rules
from beffroi.people.orders.errors import UnknownOrder
from beffroi.people.orders.shown import ENDED, STANDS, TO_COME, WITHDRAWN, AgentView, OrderView


def today() -> date:
    """The day of the house's clock, in the town's time."""
    return timezone.localdate(clock.now())


def row(territory: str, number: str) -> models.Order:
    """An order's row, for this room's actions. Raises UnknownOrder."""
    found = models.Order.objects.filter(territory_key=territory, number=number).first()
    if found is None:
        raise UnknownOrder(what=number)
    return found


def orders(territories: Collection[str], day: date | None = None) -> list[OrderView]:
    """Every order of these territories, those that stand first, then those that end soonest."""
    found = models.Order.objects.filter(territory_key__in=list(territories)).prefetch_related("covered")
    shown = [_order(each, day or today()) for each in found]
    return sorted(shown, key=lambda each: (each.state != STANDS, each.ends_on, each.number))


def order(territory: str, number: str, day: date | None = None) -> OrderView:
    """One order. Raises UnknownOrder."""
    return _order(row(territory, number), day or today())


def agents(territories: Collection[str], day: date | None = None) -> list[AgentView]:
    """Every accreditation of these territories, those that stand first, then by name."""
    found = models.Accreditation.objects.filter(territory_key__in=list(territories))
    shown = [_agent(each, day or today()) for each in found.select_related("member__organisation", "order")]
    return sorted(shown, key=lambda each: (each.state != STANDS, each.name.casefold(), each.ends_on))


class Covering:
    """The orders that stand over a territory on a day, read once: which of them covers which camera."""

    def __init__(self, territory: str, day: date | None = None) -> None:
        shown = orders([territory], day)
        self.standing = [each for each in shown if each.state == STANDS]

    def of(self, device: str, position: Position | None) -> OrderView | None:
        """The order that covers the camera, the one that ends last; None where none does."""
        found = [each for each in self.standing if covers(each, device, position)]
        return max(found, key=lambda each: (each.ends_on, each.number), default=None)

    def all_of(self, device: str, position: Position | None) -> list[OrderView]:
        """Every order that covers the camera."""
        return [each for each in self.standing if covers(each, device, position)]


def covers(order: OrderView, device: str, position: Position | None) -> bool:
    """Whether an order names the camera, or holds its place inside its perimeter."""
    if device in order.devices:
        return True
    return (
        bool(order.perimeter)
        and position is not None
        and rules.within(order.perimeter, position.lat, position.lon)
    )


def may_look(member: UUID, territory: str, day: date | None = None) -> bool:
    """Whether an accreditation lets the member look at images there on a day.

    One of the State's agents needs an order that stands and lets the State have the images.
    """
    when = day or today()
    found = models.Accreditation.objects.filter(member=member, territory_key=territory)
    return any(
        rules.stands(each.starts_on, each.ends_on, each.withdrawn_on, when) and _order_lets(each.order, when)
        for each in found.select_related("order")
    )


def _order_lets(order: models.Order | None, day: date) -> bool:
    if order is None:
        return True
    return order.state_access and rules.stands(order.starts_on, order.ends_on, order.withdrawn_on, day)


def ending(territories: Collection[str], day: date | None = None) -> tuple[list[OrderView], list[AgentView]]:
    """Orders and accreditations that stand and end within the longest warning, the soonest first."""
    told = [
        each for each in orders(territories, day) if each.ends_within is not None and each.state == STANDS
    ]
    agents_told = [
        each for each in agents(territories, day) if each.ends_within is not None and each.state == STANDS
    ]
    return told, sorted(agents_told, key=lambda each: each.ends_on)


def member_of(email: str) -> Member | None:
    """The member with this address, where there is one."""
    return Member.objects.filter(email=email.strip().lower()).first()


def _state(starts: date, ends: date, withdrawn: date | None, day: date) -> str:
    if withdrawn is not None and withdrawn <= day:
        return WITHDRAWN
    if day < starts:
        return TO_COME
    return STANDS if day <= ends else ENDED


def _order(row: models.Order, day: date) -> OrderView:
    return OrderView(
        id=row.id,
        territory=row.territory_key,
        number=row.number,
        authority=row.authority,
        purposes=tuple(row.purposes),
        retention_days=row.retention_days,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        places=row.places,
        perimeter=tuple((float(lat), float(lon)) for lat, lon in row.perimeter),
        devices=tuple(sorted(each.device for each in row.covered.all())),
        state_access=row.state_access,
        document_sha256=row.document_sha256,
        withdrawn_on=row.withdrawn_on,
        state=_state(row.starts_on, row.ends_on, row.withdrawn_on, day),
        ends_within=rules.warned(row.ends_on, day),
    )


def _agent(row: models.Accreditation, day: date) -> AgentView:
    return AgentView(
        id=row.id,
        territory=row.territory_key,
        member=row.member_id,
        name=row.member.display_name,
        organisation=row.member.organisation.name,
        kind=row.kind,
        number=row.number,
        authority=row.authority,
        service=row.service,
        order=row.order.number if row.order else "",
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        withdrawn_on=row.withdrawn_on,
        state=_state(row.starts_on, row.ends_on, row.withdrawn_on, day),
        ends_within=rules.warned(row.ends_on, day),
    )
