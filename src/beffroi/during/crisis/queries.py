"""Reads of the crisis: what is at work, who is where, what was decided and told, what is left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beffroi.during.crisis import models, plans
from beffroi.during.crisis.acting import VIEW, plan_of
from beffroi.during.crisis.errors import UnknownCrisis
from beffroi.during.crisis.rules.people import DEPUTY, LEAD, ROLES
from beffroi.during.crisis.rules.plan import Plan
from beffroi.during.oncall import models as oncall
from beffroi.during.oncall import queries as contacts
from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.people import doors
from beffroi.people.models import Member


@dataclass(frozen=True, slots=True)
class SeatView:
    """A member of a cell, and whether they were called and reached in this crisis (None: nobody said)."""

    member: UUID
    name: str
    role: str
    called_at: datetime | None = None
    sent: int = 0
    failed: int = 0
    kept: int = 0
    reached: bool | None = None
    said_at: datetime | None = None

    @property
    def lead(self) -> bool:
        """Whether they answer for the cell."""
        return self.role == LEAD

    @property
    def deputy(self) -> bool:
        """Whether they stand in for who leads."""
        return self.role == DEPUTY


@dataclass(frozen=True, slots=True)
class OutsiderView:
    """Somebody outside whom a cell telephones; `number` only where it may be seen."""

    id: UUID
    name: str
    task: str
    number: str


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a cell, and when and by whom it was done."""

    key: str
    words: str
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell with its people and its steps."""

    key: str
    words: str
    help: str
    active: bool
    since: datetime | None
    seats: tuple[SeatView, ...]
    steps: tuple[StepView, ...]
    outside: tuple[OutsiderView, ...] = ()

    @property
    def left(self) -> int:
        """How many steps are not done."""
        return sum(each.at is None for each in self.steps)


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message to the population. `standing`: validated, not over its time, ended by no other."""

    id: UUID
    draft: str
    words: str
    area: str
    headline: str
    description: str
    instruction: str
    hours: int
    prepared_at: datetime
    prepared_by: str
    validated_at: datetime | None
    validated_by: str
    expires_at: datetime | None
    ended_at: datetime | None
    standing: bool


@dataclass(frozen=True, slots=True)
class CrisisView:
    """A crisis with all that its page shows."""

    id: UUID
    territory: str
    reference: str
    level: str
    exercise: bool
    incident: UUID | None
    incident_reference: str
    plan: Plan
    plan_name: str
    opened_at: datetime
    opened_by: str
    ended_at: datetime | None
    ended_by: str
    left: str
    cells: tuple[CellView, ...]
    decisions: tuple[tuple[datetime, str, str], ...]
    messages: tuple[MessageView, ...]


def territory_of(crisis: UUID) -> str:
    """The territory of a crisis, for a view's door. Raises UnknownCrisis."""
    key = models.Crisis.objects.filter(pk=crisis).values_list("territory_key", flat=True).first()
    if key is None:
        raise UnknownCrisis(what=str(crisis))
    return key


def crisis_of_message(message: UUID) -> UUID:
    """The crisis of a message. Raises UnknownCrisis."""
    found = models.Message.objects.filter(pk=message).values_list("crisis_id", flat=True).first()
    if found is None:
        raise UnknownCrisis(what=str(message))
    return found


def crises(territories: Collection[str], *, ended: bool, limit: int = 20) -> list[models.Crisis]:
    """Crises at work, or ended, the newest first."""
    rows = models.Crisis.objects.filter(territory_key__in=territories, ended_at__isnull=not ended)
    return list(rows.order_by("exercise", "-opened_at")[:limit])


def view(crisis: UUID) -> CrisisView:
    """A crisis as its page shows it. Raises UnknownCrisis."""
    row = models.Crisis.objects.select_related("incident").filter(pk=crisis).first()
    if row is None:
        raise UnknownCrisis(what=str(crisis))
    plan = plan_of(row)
    return CrisisView(
        id=row.pk,
        territory=row.territory_key,
        reference=row.reference,
        level=row.level,
        exercise=row.exercise,
        incident=row.incident_id,
        incident_reference=row.incident.reference if row.incident else "",
        plan=plan,
        plan_name=row.plan,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        left=row.left,
        cells=_cells(row, plan),
        decisions=tuple((each.at, each.by, each.text) for each in row.decisions.order_by("-at", "-id")),
        messages=_messages(row, plan),
    )


def _cells(row: models.Crisis, plan: Plan) -> tuple[CellView, ...]:
    at = {each.cell: each for each in row.cells.all()}
    done = {(each.cell, each.step): each for each in row.steps.all()}
    seats, outside = _seats(row), outsiders(row.territory_key)
    made = []
    for key, cell in plan.cells.items():
        here = at.get(key)
        steps = []
        for name, words in cell.steps:
            tick = done.get((key, name))
            steps.append(StepView(name, words, tick.at if tick else None, tick.by if tick else ""))
        made.append(
            CellView(
                key=key,
                words=cell.words,
                help=cell.help,
                active=bool(here and here.active),
                since=here.at if here and here.active else None,
                seats=tuple(seats.get(key, ())),
                steps=tuple(steps),
                outside=tuple(outside.get(key, ())),
            )
        )
    return tuple(made)


def _seats(row: models.Crisis) -> dict[str, list[SeatView]]:
    calls = {each.member_id: each for each in row.calls.all()}
    sent = [each for call in calls.values() for each in call.messages]
    states = dict(oncall.Message.objects.filter(pk__in=sent).values_list("pk", "state"))
    found: dict[str, list[SeatView]] = {}
    for each in seated(row.territory_key):
        call = calls.get(each.member_id)
        became = [states.get(UUID(key), "") for key in call.messages] if call else []
        found.setdefault(each.cell, []).append(
            SeatView(
                member=each.member_id,
                name=each.member.display_name,
                role=each.role,
                called_at=call.called_at if call else None,
                sent=became.count("sent"),
                failed=became.count("failed"),
                kept=became.count("kept"),
                reached=call.reached if call else None,
                said_at=call.said_at if call else None,
            )
        )
    return found


def _messages(row: models.Crisis, plan: Plan) -> tuple[MessageView, ...]:
    now = clock.now()
    return tuple(
        MessageView(
            id=each.pk,
            draft=each.draft,
            words=plan.messages[each.draft].words,
            area=each.area,
            headline=each.headline,
            description=each.description,
            instruction=each.instruction,
            hours=each.hours,
            prepared_at=each.prepared_at,
            prepared_by=each.prepared_by,
            validated_at=each.validated_at,
            validated_by=each.validated_by,
            expires_at=each.expires_at,
            ended_at=each.over.validated_at if each.over else None,
            standing=bool(each.expires_at and each.expires_at > now and each.over is None)
            and plan.messages[each.draft].response != "AllClear",
        )
        for each in row.messages.select_related("over").order_by("-prepared_at", "-id")
    )


def seated(territory: str) -> list[models.Seat]:
    """Who sits now in the cells of a territory: who leads, then deputies, then the others, by name."""
    rows = models.Seat.objects.filter(territory_key=territory, until=None, member__is_active=True)
    found = rows.select_related("member")
    return sorted(found, key=lambda each: (ROLES.index(each.role), each.member.display_name, str(each.pk)))


def outsiders(territory: str) -> dict[str, list[OutsiderView]]:
    """People outside, by cell and name."""
    found: dict[str, list[OutsiderView]] = {}
    for row in models.Outsider.objects.filter(territory_key=territory, until=None).order_by("name", "pk"):
        found.setdefault(row.cell, []).append(OutsiderView(row.pk, row.name, row.task, row.number))
    return found


def versions(territory: str) -> list[models.Plan]:
    """The versions of a town's own plan, the newest first; none where it works with the template."""
    return list(models.Plan.objects.filter(territory_key=territory).order_by("-number"))


def version(territory: str, number: int) -> models.Plan:
    """One version of a town's own plan. Raises NotFound."""
    row = models.Plan.objects.filter(territory_key=territory, number=number).first()
    if row is None:
        raise NotFound(what=f"{territory}/{number}")
    return row


def sat(territory: str, *, limit: int = 20) -> list[models.Seat]:
    """Seats that ended, the latest first."""
    rows = models.Seat.objects.filter(territory_key=territory, until__isnull=False)
    return list(rows.select_related("member").order_by("-until")[:limit])


def numbers(members: Collection[UUID]) -> dict[UUID, str]:
    """The mobile numbers of members of the call tree, for who leads a crisis."""
    return {each.pk: contacts.contact(each).mobile for each in Member.objects.filter(pk__in=members)}


def roster(territory: str) -> list[tuple[str, str, list[SeatView]]]:
    """The cells of a territory's plan in force with who sits in them: key, words, seats."""
    plan = plans.of(territory).plan
    found: dict[str, list[SeatView]] = {}
    for each in seated(territory):
        seat = SeatView(each.member_id, each.member.display_name, each.role)
        found.setdefault(each.cell, []).append(seat)
    return [(key, cell.words, found.get(key, [])) for key, cell in plan.cells.items()]


def who_may_sit(territory: str) -> list[Member]:
    """The members whose roles open the crisis page of a territory, by name."""
    accounts = Member.objects.filter(is_active=True).order_by("display_name")
    return [each for each in accounts if territory in doors.territories_for(each, VIEW)]
