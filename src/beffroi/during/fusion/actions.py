"""Writes of fusion: one batch of the spool, and what persons decide of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

import msgspec
from django.db import transaction

from beffroi.during.fusion import engine, facts, models, rows, scene
from beffroi.during.fusion.course import Course
from beffroi.during.fusion.news import News
from beffroi.during.fusion.rules.shapes import Change, Decision, Rules
from beffroi.during.intake.facts import Observation
from beffroi.foundation import clock
from beffroi.journal import actions as journal

SNAPSHOT_EVERY = 5000
SNAPSHOT_SECONDS = 60.0
SNAPSHOT_SOONEST = 5.0
_SNAPSHOTS_KEPT = 2


def step(batch: Sequence[tuple[int, Observation]] = ()) -> list[News]:
    """Fold a batch of the spool (position, observation) and write what people see of it.

    Call it inside `transaction.atomic()`: rows, cursor and facts stand or fall together, and a batch
    given again changes nothing. Decisions of persons that wait are applied first, even without a batch.
    After a rollback the next step reads its state again from the last snapshot and the spool.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("fusion.actions.step needs the caller's transaction")
    cursor = engine.cursor(lock=True)
    course = engine.live(cursor.position)
    news = _folded(cursor, course, batch)
    engine.working(course)
    transaction.on_commit(lambda: engine.committed(course))
    return news


def checkpoint() -> None:
    """Keep a snapshot of each territory that had news, where it is time, and tell the journal how far.

    Call it last in the transaction of `step` (`incident.actions.take_up` does): the journal makes
    other writers wait, and whoever holds it must not wait for an incident.
    """
    course = engine.in_hand()
    if course is not None:
        _snapshot(course)


def _folded(cursor: models.Cursor, course: Course, batch: Sequence[tuple[int, Observation]]) -> list[News]:
    now = clock.now()
    changes: list[tuple[str, Change]] = []
    _settle_parameters(course, cursor.position)
    for waiting in models.Decision.objects.filter(after_position=None).order_by("id"):
        waiting.after_position = cursor.position
        waiting.save(update_fields=["after_position"])
        decision = engine.decision_of(waiting)
        changes += [(waiting.territory_key, each) for each in course.decide(waiting.territory_key, decision)]
    fresh = [each for each in batch if each[0] > cursor.position]
    for territory in {observation.territory: None for _, observation in fresh}:
        _settle_town(course, territory, cursor.position)
    for position, observation in fresh:
        changes += [(observation.territory, each) for each in course.observe(position, observation)]
    news = rows.write(course, changes, now)
    if fresh:
        cursor.position = course.position = fresh[-1][0]
        cursor.moved_at = now
        cursor.save(update_fields=["position", "moved_at"])
    return news


def step_ahead(observations: Sequence[tuple[int, Observation]]) -> list[News]:
    """Fold these observations before their turn, in the order given, and write what people see of them.

    For when the engine is behind and a life may be in danger. Which ones, and after which position, is a
    decision of the sequence: a replay folds them at the same moment, and their turn passes over them. As
    `step`, it belongs in the caller's transaction.
    """
    cursor = engine.cursor(lock=True)
    course = engine.live(cursor.position)
    now = clock.now()
    changes: list[tuple[str, Change]] = []
    _settle_parameters(course, cursor.position)
    for territory in sorted({observation.territory for _, observation in observations}):
        _settle_town(course, territory, cursor.position)
        state = course.fold(territory).state
        own = [
            (position, observation)
            for position, observation in observations
            if observation.territory == territory
            and position > cursor.position
            and position not in state.ahead
        ]
        if own:
            row = models.Decision.objects.create(
                territory_key=territory,
                kind=engine.AHEAD,
                body={"positions": [position for position, _ in own]},
                made_at=now,
                after_position=cursor.position,
            )
            decision = Decision(order=row.pk, kind=engine.AHEAD, ahead=own)
            changes += [(territory, each) for each in course.decide(territory, decision)]
    news = rows.write(course, changes, now)
    engine.working(course)
    transaction.on_commit(lambda: engine.committed(course))
    return news


@transaction.atomic
def activate_rules(*, rules: Rules, member: UUID | None) -> int:
    """Put changed rules in force, in every territory, from the next batch on; the number of the decision."""
    engine.cursor(lock=True)
    body = {"rules": msgspec.to_builtins(rules)}
    row = models.Decision.objects.create(
        territory_key="", kind="rules", body=body, member=member, made_at=clock.now()
    )
    said = hashlib.sha256(msgspec.json.encode(rules, order="sorted")).hexdigest()
    journal.append(
        journal=journal.INSTALLATION,
        fact=facts.RulesActivated(rules=rules.version, sha256=said),
        subject=journal.INSTALLATION,
        actor=f"member:{member}" if member else "system",
    )
    return row.pk


def decisions_wait() -> bool:
    """Whether a person decided something that no step has applied yet (cheap)."""
    return models.Decision.objects.filter(after_position=None).exists()


def set_aside(position: int, observation: Observation, why: str) -> None:
    """Move the cursor past one observation that cannot be folded; replays pass over it too.

    Call it inside `transaction.atomic()`, with everything before `position` folded. `why` is the
    name of the error's class: no content.
    """
    cursor = engine.cursor(lock=True)
    if position <= cursor.position:
        return
    models.Decision.objects.create(
        territory_key=observation.territory,
        kind=engine.SET_ASIDE,
        body={"position": position, "observation": str(observation.id), "why": why},
        made_at=clock.now(),
        after_position=cursor.position,
    )
    cursor.position = position
    cursor.save()
    journal.append(
        journal=f"territory:{observation.territory}",
        fact=facts.ObservationSetAside(
            position=position,
            observation=str(observation.id),
            kind=observation.kind,
            why=why,
            exercise=observation.exercise,
        ),
        subject=f"territory:{observation.territory}",
        actor="engine:fusion",
    )


def hold() -> None:
    """Wait for the batch under way and hold back the next until this transaction ends.

    Whoever is to lock an incident and then `decide` holds first: batches lock in that order too.
    """
    engine.cursor(lock=True)


def decide(
    *,
    territory: str,
    kind: str,
    hypothesis: UUID,
    member: UUID | None,
    other: UUID | None = None,
    observations: Sequence[UUID] = (),
    real: bool | None = None,
) -> None:
    """Record what a person decided (`close`, `merge`, `split`); the next step applies it.

    Call it inside the transaction of the action that it belongs to. It takes its turn among the
    batches: what is folded after this transaction knows of it.
    """
    engine.cursor(lock=True)
    body: dict[str, object] = {"hypothesis": str(hypothesis)}
    if other is not None:
        body["other"] = str(other)
    if observations:
        body["observations"] = [str(each) for each in observations]
    if real is not None:
        body["real"] = real
    models.Decision.objects.create(
        territory_key=territory, kind=kind, body=body, member=member, made_at=clock.now()
    )


def _settle_parameters(course: Course, position: int) -> None:
    wanted = engine.parameters()
    # Told once even where they are the defaults: a later version may have others.
    told = position > 0 or models.Decision.objects.filter(kind="parameters").exists()
    if told and course.parameters == wanted:
        return
    body = {"parameters": msgspec.to_builtins(wanted)}
    _engine_decides(course, "", "parameters", body, position)


def _settle_town(course: Course, territory: str, position: int) -> None:
    if not engine.town_may_have_changed(territory):
        return
    changed = scene.changed_at(territory)
    present = course.towns.get(territory)
    if changed is not None and (present is None or changed > present):
        # Never before the change itself: the dated tables are asked for what is in force at that instant.
        at = max(clock.now(), changed)
        _engine_decides(course, territory, "town", {"at": at.isoformat()}, position)


def _engine_decides(
    course: Course, territory: str, kind: str, body: dict[str, object], position: int
) -> None:
    row = models.Decision.objects.create(
        territory_key=territory, kind=kind, body=body, made_at=clock.now(), after_position=position
    )
    course.decide(territory, engine.decision_of(row))


def past_ends(territory: str, position: int) -> None:
    """Observations of a territory up to a position are about to be erased: no replay begins before it."""
    row, made = models.PastEnd.objects.get_or_create(territory_key=territory, defaults={"position": position})
    if not made and row.position < position:
        models.PastEnd.objects.filter(pk=territory).update(position=position)


def _snapshot(course: Course) -> None:
    moment = clock.now()
    count = sum(count for _, count in course.spans.values())
    course.kept_at = course.kept_at or moment
    since = (moment - course.kept_at).total_seconds()
    # What came within seconds is folded again in less: a snapshot for each 5,000 of a flood would slow it.
    least_s = SNAPSHOT_SECONDS if count < SNAPSHOT_EVERY else SNAPSHOT_SOONEST
    if not course.spans or 0 <= since < least_s:
        return
    course.kept_at = moment
    for territory, (first, folded) in sorted(course.spans.items()):
        models.Snapshot.objects.update_or_create(
            territory_key=territory,
            position=course.position,
            defaults={"state": course.packed(territory), "made_at": moment},
        )
        kept = models.Snapshot.objects.filter(territory_key=territory).order_by("-position")
        old = [row.pk for row in kept.only("pk")[_SNAPSHOTS_KEPT:]]
        models.Snapshot.objects.filter(pk__in=old).delete()
        if folded:
            _tell(course, territory, first, course.position, folded)
    course.settled()


def _tell(course: Course, territory: str, first: int, last: int, count: int) -> None:
    held = course.fold(territory).state.hypotheses.values()
    fact = facts.BatchFolded(
        first=first,
        last=last,
        count=count,
        hypotheses=sum(each.shown for each in held),
        sha256=digest(course, territory),
        exercise=any(each.exercise for each in held),
    )
    journal.append(
        journal=f"territory:{territory}",
        fact=fact,
        subject=f"territory:{territory}",
        actor="engine:fusion",
    )


def digest(course: Course, territory: str) -> str:
    """SHA-256 of what is believed of a territory: each shown hypothesis with its figures and its signs."""
    shown = [each for each in course.fold(territory).state.hypotheses.values() if each.shown]
    said = hashlib.sha256()
    for each in sorted(shown, key=lambda one: one.id):
        figures = (each.belief.probability, each.belief.low, each.belief.high) if each.belief else ()
        signs = [(str(sign.observation.id), sign.relation, sign.weight) for sign in each.signs]
        said.update(msgspec.json.encode((str(each.id), each.state, figures, signs)))
    return said.hexdigest()
