"""Past observations through changed rules, beside those in force: which incidents would be otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec

from beffroi.during.fusion import engine, models
from beffroi.during.fusion.course import Course
from beffroi.during.fusion.rules.shapes import Hypothesis, Rules
from beffroi.during.fusion.scene import scene
from beffroi.during.intake.spool import Spool

Progress = Callable[[int], None]


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """An incident as one of the two runs has it: its act, state, probability and how many signs it holds."""

    hypothesis: UUID
    act: str
    state: str
    probability: float
    signs: int


class Otherwise(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the changed rules would make otherwise.

    `what`: `appears`, `vanishes`, `merges` (several are one), `splits` (one is several), `state` or
    `moves` (the same incident holds other signs). `at` is when its first sign was seen, `device` who gave it.
    """

    what: str
    at: datetime
    device: str
    kind: str
    before: list[Side]
    after: list[Side]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What changed rules make of one territory's past, from the observations received since `since`."""

    territory: str
    rules: str
    since: datetime
    reaches_back: bool
    oldest: int
    first: int
    observations: int
    before: int
    after: int
    differences: list[Otherwise]


class _Run:
    """One course and every incident that people would have seen in it."""

    def __init__(self, territory: str, after: int, row: models.Snapshot | None) -> None:
        self.course = Course(scene)
        if row is not None:
            self.course.load(bytes(row.state))
        self.territory = territory
        self.seen: dict[UUID, Hypothesis] = {}
        self.gone: set[UUID] = set()

    def take(self, item: engine.Item, store: Spool) -> None:
        for change in engine.apply(self.course, item, store):
            if change.held is not None and change.held.shown:
                self.seen[change.held.id] = change.held
                if change.kind == "merged":
                    self.gone.add(change.held.id)

    def since(self, moment: float) -> dict[UUID, Hypothesis]:
        """What people would have seen of what was received since."""
        return {
            each.id: each
            for each in self.seen.values()
            if each.last_received >= moment and each.id not in self.gone
        }


def trial(
    territory: str,
    *,
    rules: Rules,
    since: datetime,
    spool: Spool | None = None,
    progress: Progress | None = None,
) -> Trial:
    """Fold a territory's past twice: by the rules that were in force, and by `rules` from `since` on.

    Persons' decisions hold in both, where what they speak of is there. Reads only.
    """
    store = spool or engine.shared()
    moment, until = since.timestamp(), engine.position()
    row = _before(territory, since)
    after = row.position if row else 0
    oldest = next((position for position, _ in store.read(0, 1)), until + 1)
    reaches = after >= until or oldest <= after + 1
    present, changed = _Run(territory, after, row), _Run(territory, after, row)
    counted, begun = 0, False
    for item in engine.items(after, until, store) if reaches else ():
        if isinstance(item, models.Decision):
            if item.territory_key in ("", territory):
                present.take(item, store)
                if not (begun and item.kind == "rules"):
                    changed.take(item, store)
            continue
        if item[1].territory != territory:
            continue
        if not begun and item[1].received_at >= since:
            begun = True
            changed.course.fold(territory).take_rules(rules)
        counted += begun
        if progress and counted % 1000 == 0:
            progress(item[0])
        present.take(item, store)
        changed.take(item, store)
    before, then = present.since(moment), changed.since(moment)
    return Trial(
        territory=territory,
        rules=rules.version,
        since=since,
        reaches_back=reaches,
        oldest=oldest,
        first=after + 1,
        observations=counted,
        before=len(before),
        after=len(then),
        differences=compare(before, then),
    )


def _before(territory: str, since: datetime) -> models.Snapshot | None:
    """The latest snapshot made before `since`, whose state holds nothing received after."""
    rows = models.Snapshot.objects.filter(territory_key=territory, made_at__lt=since)
    return rows.order_by("-position").first()


def compare(before: dict[UUID, Hypothesis], after: dict[UUID, Hypothesis]) -> list[Otherwise]:
    """How two runs' incidents differ, by the signs that they hold; in the order of their first sign."""
    first, second = _holders(before), _holders(after)
    found: list[Otherwise] = []
    done: set[UUID] = set()
    for one in before.values():
        heirs = _sharing(one, second, after)
        if not heirs:
            found.append(_otherwise("vanishes", one, [one], []))
        elif len(heirs) > 1:
            found.append(_otherwise("splits", one, [one], heirs))
            done.update(each.id for each in heirs)
    for other in after.values():
        sources = _sharing(other, first, before)
        if not sources:
            found.append(_otherwise("appears", other, [], [other]))
        elif len(sources) > 1:
            found.append(_otherwise("merges", other, sources, [other]))
        elif other.id not in done:
            found += _changed(sources[0], other)
    return sorted(found, key=lambda each: (each.at, each.what, each.device))


def _holders(run: dict[UUID, Hypothesis]) -> dict[UUID, set[UUID]]:
    held: dict[UUID, set[UUID]] = {}
    for each in run.values():
        for sign in each.signs:
            if sign.relation == "sign":
                held.setdefault(sign.observation.id, set()).add(each.id)
    return held


def _sharing(
    one: Hypothesis, holders: dict[UUID, set[UUID]], run: dict[UUID, Hypothesis]
) -> list[Hypothesis]:
    ids = {each for sign in one.signs for each in holders.get(sign.observation.id, ())}
    return [run[each] for each in sorted(ids)]


def _changed(one: Hypothesis, other: Hypothesis) -> list[Otherwise]:
    if one.state != other.state:
        return [_otherwise("state", one, [one], [other])]
    signs = [{sign.observation.id for sign in each.signs if sign.relation == "sign"} for each in (one, other)]
    return [_otherwise("moves", one, [one], [other])] if signs[0] != signs[1] else []


def _otherwise(what: str, one: Hypothesis, before: list[Hypothesis], after: list[Hypothesis]) -> Otherwise:
    first = min(one.signs, key=lambda each: (each.observation.seen_at, each.observation.id)).observation
    return Otherwise(
        what=what,
        at=first.seen_at,
        device=first.device or first.source,
        kind=first.kind,
        before=[_side(each) for each in before],
        after=[_side(each) for each in after],
    )


def _side(one: Hypothesis) -> Side:
    belief = one.belief
    return Side(
        hypothesis=one.id,
        act=belief.act if belief else "",
        state=one.state,
        probability=belief.probability if belief else 0.0,
        signs=len(one.signs),
    )
