"""Fold the spool again and compare with what was written: the same incidents, on any machine."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import msgspec

from beffroi.during.fusion import engine, models
from beffroi.during.fusion.actions import digest
from beffroi.during.fusion.course import Course
from beffroi.during.fusion.rules.shapes import Hypothesis
from beffroi.during.fusion.scene import scene
from beffroi.during.intake.spool import Spool

Progress = Callable[[int], None]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the replay gives otherwise: `what` differs on `hypothesis` (`sign`: an observation)."""

    hypothesis: UUID
    what: str
    written: str
    replayed: str
    sign: UUID | None = None


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay of one territory gave, from behind position `after` to `until`.

    `reaches_back`: whether the spool still holds everything since `after`; where it does not, nothing
    can be said and `differences` is empty. `digest` is that of fusion.batch_folded.
    """

    territory: str
    after: int
    until: int
    reaches_back: bool
    oldest: int
    observations: int
    decisions: int
    incidents: int
    signs: int
    digest: str
    differences: list[Difference]

    @property
    def same(self) -> bool:
        """Whether the replay gives exactly what was written."""
        return self.reaches_back and not self.differences


def replay(
    territory: str, *, from_start: bool = False, spool: Spool | None = None, progress: Progress | None = None
) -> Replay:
    """Fold one territory again: from its oldest snapshot, or from the first observation of all.

    Reads the spool, the decisions of persons and the town's versions; writes nothing.
    """
    store = spool or engine.shared()
    course, after = _begin(territory, from_start)
    until = engine.position()
    oldest, erased = _past(territory, store, until)
    reaches = after >= until or (oldest <= after + 1 and erased <= after)
    oldest = max(oldest, erased + 1)
    held = course.fold(territory).state.hypotheses.values()
    seen = {each.id: each for each in held if each.shown}
    counts = {"observations": 0, "decisions": 0}
    for item in engine.items(after, until, store) if reaches else ():
        if isinstance(item, models.Decision):
            if item.territory_key not in ("", territory):
                continue
            counts["decisions"] += 1
        elif item[1].territory != territory:
            continue
        else:
            counts["observations"] += 1
            if progress and counts["observations"] % 1000 == 0:
                progress(item[0])
        for change in engine.apply(course, item, store):
            if change.held is not None and change.held.shown:
                seen[change.held.id] = change.held
    found = _compare(territory, seen, after) if reaches else []
    shown = [each for each in seen.values() if each.shown]
    return Replay(
        territory=territory,
        after=after,
        until=until,
        reaches_back=reaches,
        oldest=oldest,
        observations=counts["observations"],
        decisions=counts["decisions"],
        incidents=len(shown),
        signs=sum(len(each.signs) for each in shown),
        digest=digest(course, territory),
        differences=found,
    )


def _past(territory: str, store: Spool, until: int) -> tuple[int, int]:
    """The position from which the spool is whole for all others, and up to which this one's was erased.

    Where terms or holds differ, erasures leave holes: those of other territories are none for this one.
    """
    oldest = next((position for position, _ in store.read(0, 1)), until + 1)
    ends = dict(models.PastEnd.objects.values_list("territory_key", "position"))
    if oldest - 1 <= max(ends.values(), default=0):
        oldest = 1
    return oldest, ends.get(territory, 0)


def _begin(territory: str, from_start: bool) -> tuple[Course, int]:
    course = Course(scene)
    row = models.Snapshot.objects.filter(territory_key=territory).order_by("position").first()
    if from_start or row is None:
        return course, 0
    course.load(bytes(row.state))
    return course, row.position


def _compare(territory: str, seen: dict[UUID, Hypothesis], after: int) -> list[Difference]:
    rows = models.Hypothesis.objects.filter(territory_key=territory)
    written = {row.pk: row for row in rows.filter(opened_position__gt=after)}
    written |= {row.pk: row for row in rows.filter(pk__in=list(seen))}
    found: list[Difference] = []
    for identifier in sorted(written.keys() | seen.keys()):
        row, held = written.get(identifier), seen.get(identifier)
        if row is None or held is None or held.belief is None:
            there = ("yes" if row is not None else "no", "yes" if held is not None else "no")
            found.append(
                Difference(hypothesis=identifier, what="incident", written=there[0], replayed=there[1])
            )
            continue
        figures = (row.probability, row.low, row.high, row.act)
        again = (held.belief.probability, held.belief.low, held.belief.high, held.belief.act)
        if figures != again:
            found.append(
                Difference(hypothesis=identifier, what="belief", written=str(figures), replayed=str(again))
            )
        if row.state != "merged":  # the signs of a merged one are another's
            found += _compare_signs(identifier, held)
    return found


def _compare_signs(identifier: UUID, held: Hypothesis) -> list[Difference]:
    # Not how often each was repeated: rows learn of that a few seconds later.
    written = {
        row.observation_id: (row.relation, row.weight, row.metres)
        for row in models.Sign.objects.filter(hypothesis_id=identifier)
    }
    again = {sign.observation.id: (sign.relation, sign.weight, sign.metres) for sign in held.signs}
    return [
        Difference(
            hypothesis=identifier,
            what="sign",
            written=str(written.get(each, "no")),
            replayed=str(again.get(each, "no")),
            sign=each,
        )
        for each in sorted(written.keys() | again.keys())
        if written.get(each) != again.get(each)
    ]
