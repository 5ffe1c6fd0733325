"""Reads of fusion."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from beffroi.during.fusion import engine, models
from beffroi.during.fusion.rows import instant
from beffroi.during.fusion.rules.changed import in_force
from beffroi.during.fusion.rules.flapping import WINDOW_S
from beffroi.during.fusion.rules.shapes import Channel, FoldState, Rules


class SignView(msgspec.Struct, frozen=True, kw_only=True):
    """A sign as the sheet shows it. `weight` in nats; `share` (0 to 100) is the length of its bar."""

    observation: UUID
    order: int
    kind: str
    relation: str
    source: str
    device: str
    seen_at: datetime
    received_at: datetime
    fused_at: datetime
    last_seen_at: datetime
    weight: float
    share: int
    metres: int
    independent: bool
    repeats: int
    digest: str
    content: dict[str, Any]
    reasons: list[dict[str, Any]]


def position() -> int:
    """How far of the spool is folded: read the next batch behind it."""
    return engine.position()


def standing() -> tuple[int, datetime | None]:
    """How far of the spool is folded as the table says, and since when (None: never), for other processes."""
    row = models.Cursor.objects.filter(name=engine.CURSOR).first()
    return (row.position, row.moved_at) if row else (0, None)


def signs(hypothesis: UUID) -> list[SignView]:
    """The signs of a hypothesis, the newest first."""
    rows = models.Sign.objects.filter(hypothesis_id=hypothesis).order_by("-seen_at", "-order")
    return [_view(row) for row in rows]


def sign_rows(hypothesis: UUID) -> QuerySet[models.Sign]:
    """The rows of the signs, in the order in which they joined, with observation and salt: for evidence."""
    return models.Sign.objects.filter(hypothesis_id=hypothesis).order_by("order")


def hypothesis_of(observation: UUID) -> UUID | None:
    """The hypothesis of which an observation became a sign; None while it waits, or where it is none.

    A sign is written after its observation was received: the identifiers, which carry their instants,
    bound the search, however long the past.
    """
    since = UUID(int=observation.int >> 80 << 80)
    found = models.Sign.objects.filter(pk__gte=since, observation_id=observation)
    return found.values_list("hypothesis_id", flat=True).first()


class Debt(msgspec.Struct, frozen=True, kw_only=True):
    """What one detector owes: false outcomes that persons gave, alarms that were damped, its last true one.

    `hour` is how often it went off anew within the last hour that it spoke; `flaps` whether it is damped
    now; `last_real` is None where none was ever found true. Of devices and kinds: never of persons.
    """

    device: str
    kind: str
    false: int
    real: int
    damped: int
    hour: int
    flaps: bool
    last_seen: datetime
    last_real: datetime | None

    @property
    def owed(self) -> int:
        """The debt: every false or damped alarm that no true one pays back (ten each)."""
        return max(0, self.false + self.damped - 10 * self.real)


class Debts(msgspec.Struct, frozen=True, kw_only=True):
    """The repair list of a territory as it stood `at` (None: nothing is known yet), the most owed first."""

    at: datetime | None
    rows: list[Debt]


_OWED_FROM = 3


def debts(territory: str) -> Debts:
    """The detectors of a territory that are worth a repair: they flap, or three false alarms are unpaid.

    Read from the last snapshot of the fold, a minute old at most while messages come.
    """
    row = models.Snapshot.objects.filter(territory_key=territory).order_by("-position").first()
    if row is None:
        return Debts(at=None, rows=[])
    state = msgspec.msgpack.decode(bytes(row.state), type=FoldState)
    least = in_force(state.parameters, state.rules)[0].flaps
    found = [
        _debt(state, device, kind, one, least)
        for device, kinds in state.channels.items()
        for kind, one in kinds.items()
    ]
    owing = [each for each in found if each.flaps or each.damped or each.owed >= _OWED_FROM]
    return Debts(at=row.made_at, rows=sorted(owing, key=lambda each: (-each.owed, each.device, each.kind)))


def _debt(state: FoldState, device: str, kind: str, one: Channel, least: int) -> Debt:
    real, false = state.records.get(f"{device} {kind}", (0, 0))
    recent = [each for each in one.onsets if each > state.now - WINDOW_S]
    return Debt(
        device=device,
        kind=kind,
        false=false,
        real=real,
        damped=one.damped,
        hour=len(one.onsets),
        flaps=bool(least) and len(recent) >= least,
        last_seen=instant(one.last),
        last_real=instant(one.last_real) if one.last_real else None,
    )


class Activated(msgspec.Struct, frozen=True, kw_only=True):
    """Rules that a person put in force: when, and by which decision of the sequence."""

    decision: int
    made_at: datetime
    rules: Rules


def rules_activated() -> list[Activated]:
    """The rules that were ever activated, the latest first."""
    rows = models.Decision.objects.filter(kind="rules").order_by("-id")
    return [
        Activated(decision=row.pk, made_at=row.made_at, rules=msgspec.convert(row.body["rules"], Rules))
        for row in rows
    ]


def _view(row: models.Sign) -> SignView:
    return SignView(
        observation=row.observation_id,
        order=row.order,
        kind=row.kind,
        relation=row.relation,
        source=row.source,
        device=row.device,
        seen_at=row.seen_at,
        received_at=row.received_at,
        fused_at=row.fused_at,
        last_seen_at=row.last_seen_at,
        weight=row.weight,
        share=share(row.weight),
        metres=row.metres,
        independent=row.independent,
        repeats=row.repeats,
        digest=row.digest,
        content=row.observation.get("content", {}),
        reasons=row.reasons,
    )


def share(weight: float) -> int:
    """The length (0 to 100) of the bar of a weight in nats: 2.8 nats (odds times 16) fill half of it."""
    return round(100 * (1 - 2.0 ** (-max(weight, 0.0) / 2.8)))
