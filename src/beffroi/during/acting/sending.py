"""What becomes of commands: claimed, sent, heard, overdue, ended. Each step is one transaction with its fact.

A command is `sending` on disk before its bytes go to the broker. Killed between the two, its lease runs out:
what does twice what it does once is taken up again, anything else is said to be unsure, and left to people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from beffroi.during.acting import actions, facts, models
from beffroi.during.acting.rules import declared, matching, payloads, states
from beffroi.during.acting.rules.declared import Declared
from beffroi.during.acting.telling import became, tell
from beffroi.journal.facts import Fact

#: How long a sender has from taking a command up until the broker has it.
LEASE_S = 5.0
#: What should have come back to normal is told so again after this long, so often.
_AGAIN_S, _AGAIN_MOST = 60.0, 10
_AT_ONCE = 8
#: What a device says so late still settles a command.
_HEARD_LATE = timedelta(minutes=2)
#: The thing was, or may have been, changed.
_CHANGED = (states.SENT, states.CONFIRMED, states.NO_ANSWER, states.UNSURE)

_FACTS: dict[str, type[Fact]] = {
    states.NOT_SENT: facts.NotSent,
    states.NO_ANSWER: facts.NoAnswer,
    states.UNSURE: facts.Unsure,
    states.CONFIRMED: facts.Confirmed,
    states.REFUSED: facts.RefusedByDevice,
}


@dataclass(frozen=True, slots=True)
class Order:
    """A claimed command: where it goes, and its bytes."""

    id: UUID
    attempt: int
    topic: str
    payload: bytes


def topics() -> frozenset[str]:
    """Where live actuators tell their state."""
    live = models.Actuator.objects.filter(retired_at=None)
    return frozenset(live.values_list("state_topic", flat=True).distinct())


def claim(now: datetime) -> list[Order]:
    """Take up commands that wait, each written as being sent before anybody sends it."""
    waiting = models.Command.objects.filter(state=states.ASKED, send_by__gt=now)
    if not waiting.exists():
        return []
    with transaction.atomic():
        rows = waiting.select_for_update(skip_locked=True, of=("self",)).select_related(
            "actuator", "incident"
        )
        return [order for row in rows.order_by("asked_at", "id")[:_AT_ONCE] if (order := _taken(row, now))]


def _taken(row: models.Command, now: datetime) -> Order | None:
    if row.exercise != row.actuator.exercise:
        _enter(row, states.KEPT, facts.Kept, now)  # whoever asked: an exercise moves no real thing
        return None
    if row.actuator.retired_at is not None:
        _enter(row, states.NOT_SENT, facts.NotSent, now)
        return None
    found = _declared(row)
    row.state, row.attempts = states.SENDING, row.attempts + 1
    row.lease_until = now + timedelta(seconds=LEASE_S)
    row.save(update_fields=["state", "attempts", "lease_until"])
    text = found.texts.get(row.text)
    values: dict[str, str | int] = {
        "id": str(row.pk),
        "minutes": row.minutes,
        "until": int(row.send_by.timestamp()),
        **({"text": text.payload, "words": text.words} if text else {}),
    }
    payload = payloads.filled(found.acts[row.act].payload, values)
    return Order(row.pk, row.attempts, row.actuator.command_topic, payload)


@transaction.atomic
def mark_sent(order: Order, now: datetime) -> None:
    """The broker has it on its disk. What the device said meanwhile stands."""
    row = _locked(order.id)
    if row.state != states.SENDING or row.attempts != order.attempt:
        return
    row.state, row.sent_at = states.SENT, now
    row.answer_by = now + timedelta(seconds=_declared(row).answer_s)
    row.save(update_fields=["state", "sent_at", "answer_by"])
    _supersede(row)
    tell(row, became(facts.Sent, row, attempt=row.attempts), actor=actions.ENGINE, at=now)


def _supersede(row: models.Command) -> None:
    """What was told earlier to the same thing ends with this, whether or not its own end had come."""
    earlier = models.Command.objects.filter(actuator=row.actuator, asked_at__lt=row.asked_at, ended=False)
    if row.ends_at is not None or _declared(row).act(row.act).normal:
        earlier.filter(ends_at__isnull=False).exclude(pk=row.ends_id).update(ended=True)


def heard(topic: str, payload: bytes, *, retained: bool, now: datetime) -> int:
    """Take what a device says of its state; how many commands that settles.

    What the broker had kept says how things stand, and confirms nothing: it may be from before.
    """
    said = matching.said(payload)
    if said is None:
        return 0
    keys = models.Actuator.objects.filter(state_topic=topic, retired_at=None).values_list("pk", flat=True)
    return sum(_heard(pk, said, retained, now) for pk in list(keys))


@transaction.atomic
def _heard(pk: UUID, said: matching.Said, retained: bool, now: datetime) -> int:
    actuator = models.Actuator.objects.select_for_update().get(pk=pk)
    found = declared.read(actuator.declaration["toml"])
    shown = next((name for name, way in found.acts.items() if matching.matches(way.confirmed, said)), "")
    actuator.said, actuator.said_at = shown, now
    actuator.save(update_fields=["said", "said_at"])
    if retained:
        return 0
    rows = models.Command.objects.select_for_update(of=("self",)).filter(
        Q(state__in=states.OPEN) | Q(over_at__gt=now - _HEARD_LATE),
        actuator=actuator,
        state__in=states.HEARD,
    )
    for row in rows.select_related("actuator", "incident").order_by("-asked_at"):
        way = found.acts.get(row.act)
        if way is None or (found.id_path and not matching.names(said, found.id_path, str(row.pk))):
            continue
        if matching.matches(way.confirmed, said):
            _answered(row, states.CONFIRMED, now)
            return 1
        if way.refused is not None and matching.matches(way.refused, said):
            _answered(row, states.REFUSED, now)
            return 1
    return 0


def _answered(row: models.Command, state: str, now: datetime) -> None:
    seconds = round((now - row.asked_at).total_seconds(), 1)
    row.sent_at = row.sent_at or now
    row.save(update_fields=["sent_at"])
    if state == states.CONFIRMED:
        _supersede(row)
        if row.ends is not None:
            models.Command.objects.filter(pk=row.ends_id).update(ended=True)
    _enter(row, state, _FACTS[state], now, seconds=seconds)


def step(now: datetime) -> int:
    """Do what time asks: commands whose time is over, and ends that have come; how many."""
    return _settle_overdue(now) + _end(now)


def _settle_overdue(now: datetime) -> int:
    late = models.Command.objects.filter(
        Q(state=states.ASKED, send_by__lte=now)
        | Q(state=states.SENDING, lease_until__lte=now)
        | Q(state=states.SENT, answer_by__lte=now)
    )
    return sum(_overdue(pk, now) for pk in list(late.values_list("pk", flat=True)[:100]))


@transaction.atomic
def _overdue(pk: UUID, now: datetime) -> int:
    row = _locked(pk)
    again = _declared(row).act(row.act).again
    state = states.overdue(
        row.state,
        again=again,
        now=now,
        send_by=row.send_by,
        lease_until=row.lease_until,
        answer_by=row.answer_by,
    )
    if state == states.ASKED:
        row.state = state
        row.save(update_fields=["state"])
    elif state:
        _enter(row, state, _FACTS[state], now)
    return 1 if state else 0


def _end(now: datetime) -> int:
    """Put back what was to last so many minutes."""
    due = models.Command.objects.filter(ends_at__lte=now, ended=False, state__in=_CHANGED)
    return sum(_ended(pk, now) for pk in list(due.values_list("pk", flat=True)[:100]))


@transaction.atomic
def _ended(pk: UUID, now: datetime) -> int:
    row = _locked(pk)
    tries = list(models.Command.objects.filter(ends=row).order_by("-asked_at"))
    gone = row.actuator.retired_at is not None
    if row.ended or gone or len(tries) >= _AGAIN_MOST or any(each.state == states.REFUSED for each in tries):
        row.ended = True
        row.save(update_fields=["ended"])
        return 0
    if tries and (tries[0].state in states.OPEN or now < tries[0].asked_at + timedelta(seconds=_AGAIN_S)):
        return 0
    actions.ended(row, _declared(row))
    return 1


def _locked(pk: UUID) -> models.Command:
    rows = models.Command.objects.select_for_update(of=("self",)).select_related(
        "actuator", "incident", "ends"
    )
    return rows.get(pk=pk)


def _declared(row: models.Command) -> Declared:
    return declared.read(row.actuator.declaration["toml"])


def _enter(row: models.Command, state: str, fact: type[Fact], now: datetime, **more: float) -> None:
    row.state, row.over_at = state, now
    row.save(update_fields=["state", "over_at"])
    tell(row, became(fact, row, **more), actor=actions.ENGINE, at=now)
