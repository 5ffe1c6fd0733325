"""The fold of this process: kept in memory, always as far as the cursor in the database says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from beffroi.during.fusion import models
from beffroi.during.fusion.course import Course
from beffroi.during.fusion.rules.shapes import Change, Decision, Parameters
from beffroi.during.fusion.scene import scene
from beffroi.during.intake.facts import Observation
from beffroi.during.intake.spool import Spool, shared
from beffroi.foundation import clock
from beffroi.foundation.settings import current

CURSOR = "spool"
SET_ASIDE = "set_aside"
AHEAD = "ahead"
_PAGE = 2000

Item = tuple[int, Observation] | models.Decision

_live: Course | None = None
_in_hand: Course | None = None


def cursor(*, lock: bool = False) -> models.Cursor:
    """The cursor's row; `lock` holds it against other writers until the transaction ends."""
    rows = models.Cursor.objects.select_for_update() if lock else models.Cursor.objects
    return rows.get_or_create(name=CURSOR, defaults={"position": 0, "moved_at": clock.now()})[0]


def position() -> int:
    """How far of the spool is folded."""
    row = models.Cursor.objects.filter(name=CURSOR).first()
    return row.position if row else 0


def parameters() -> Parameters:
    """What the settings ask of the fold."""
    settings = current()
    return Parameters(
        check=settings.check_threshold,
        confirm=settings.confirm_threshold,
        memory_s=timedelta(minutes=settings.incident_memory_minutes).total_seconds(),
        signal_memory_s=timedelta(minutes=settings.signal_memory_minutes).total_seconds(),
        flaps=settings.flapping_cycles,
        storm=settings.storm_devices,
    )


def live(position: int) -> Course:
    """The course of this process as it stands after `position`, taken out until `committed` puts it back.

    A transaction that is rolled back never puts it back: the next one reads it again.
    """
    global _live
    course, _live = _live, None
    if course is None or course.position != position:
        course = restored(position)
    return course


def working(course: Course) -> None:
    """This course is folded in the transaction under way."""
    global _in_hand  # noqa: PLW0603 - see live
    _in_hand = course


def in_hand() -> Course | None:
    """The course that the transaction under way folded."""
    return _in_hand


def committed(course: Course) -> None:
    """What this course folded is now in the database: it may be gone on from."""
    global _live, _in_hand
    _live, _in_hand = course, None


def forget() -> None:
    """Let go of what is in memory: the next step reads it again from the database and the spool."""
    global _live, _in_hand
    _live, _in_hand = None, None
    _asked.clear()


def restored(position: int, spool: Spool | None = None) -> Course:
    """The course after `position`: the latest snapshots, then what came since."""
    course = Course(scene)
    latest: dict[str, models.Snapshot] = {}
    for row in models.Snapshot.objects.filter(position__lte=position).order_by("position"):
        latest[row.territory_key] = row
    # Every territory that had news is snapshot together: none holds anything newer than the last of them.
    start = max((row.position for row in latest.values()), default=0)
    for key in sorted(latest):
        course.load(bytes(latest[key].state))
    for row in models.Decision.objects.filter(after_position__lte=position).order_by("id"):
        if row.kind == "parameters":
            course.parameters = decision_of(row).parameters or course.parameters
        elif row.kind == "rules":
            course.rules = decision_of(row).rules
        elif row.kind == "town" and row.territory_key not in latest:
            course.towns[row.territory_key] = decision_of(row).at
    store = spool or shared()
    for item in items(start, position, store):
        apply(course, item, store)
    course.position = position
    course.unwritten()
    return course


def apply(course: Course, item: Item, spool: Spool | None = None) -> list[Change]:
    """Fold one item of `items` into a course; the changes that it made."""
    if isinstance(item, models.Decision):
        return course.decide(item.territory_key, decision_of(item, spool))
    return course.observe(*item)


def items(after: int, until: int, spool: Spool) -> Iterator[Item]:
    """Observations behind `after` up to `until` and the decisions between them, in the order of the fold."""
    between = models.Decision.objects.filter(after_position__gte=after, after_position__lte=until)
    decisions, aside = [], set()
    for row in between.order_by("after_position", "id"):
        if row.kind == SET_ASIDE:
            aside.add(row.body["position"])
        else:
            decisions.append(row)
    waiting = iter(decisions)
    due = next(waiting, None)
    while after < until:
        page = [each for each in spool.read(after, _PAGE) if each[0] <= until]
        if not page:
            break
        for position, observation in page:
            while due is not None and (due.after_position or 0) < position:
                yield due
                due = next(waiting, None)
            if position not in aside:
                yield position, observation
        after = page[-1][0]
    if due is not None:
        yield due
    yield from waiting


def decision_of(row: models.Decision, spool: Spool | None = None) -> Decision:
    """A decision's row as the rules take it; what was folded ahead is read from the spool again."""
    if row.kind == AHEAD:
        store = spool or shared()
        read = [item for position in row.body["positions"] for item in store.read(position - 1, 1)]
        return Decision(
            order=row.pk, kind=AHEAD, ahead=[each for each in read if each[0] in row.body["positions"]]
        )
    return msgspec.convert({"order": row.pk, "kind": row.kind, **row.body}, Decision)


_asked: dict[str, float] = {}
_ASK_AGAIN_S = 2.0


def town_may_have_changed(territory: str) -> bool:
    """Whether it is time to ask the town's tables again (every two seconds for each territory)."""
    moment = clock.current().monotonic()
    if moment - _asked.get(territory, -_ASK_AGAIN_S) < _ASK_AGAIN_S:
        return False
    _asked[territory] = moment
    return True
