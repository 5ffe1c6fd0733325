"""From the fold to the tables: hypotheses that people see, their signs, and the news of both."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec

from beffroi.during.fusion import models
from beffroi.during.fusion.course import Course
from beffroi.during.fusion.news import News, SignNews
from beffroi.during.fusion.rules.shapes import Change, Hypothesis, Sign
from beffroi.during.fusion.written import renew
from beffroi.during.intake.facts import Observation

_UNSEEN = frozenset({"started", "followed", "expired", "kept", "ignored"})
_SALT_BYTES = 16
FLUSH = timedelta(seconds=3)
_PORTION = 40
_encode = msgspec.json.Encoder(order="sorted").encode

Told = tuple[str, Change]
Key = tuple[UUID, UUID]


def sign_digest(observation: Observation, salt: bytes) -> str:
    """The salted SHA-256 (hexadecimal) of an observation's canonical bytes, as the journal bears it."""
    return hashlib.sha256(salt + _encode(observation)).hexdigest()


def write(course: Course, changes: Sequence[Told], now: datetime) -> list[News]:
    """Write what a batch changed of what people see; the news, in order, repeats once each at the end.

    Repeats that change nothing but a count wait for others, or for `FLUSH`, and then go some in each batch.
    """
    seen = _due(course, changes, now)
    if not seen:
        return []
    held = {change.held.id: change.held for _, change in seen if change.held is not None}
    _write_hypotheses(seen)
    rows = _write_signs(seen, held, now)
    once: dict[UUID | None, Told] = {}
    ordered: list[Told] = []
    for told in seen:
        if told[1].kind == "repeated":
            once[told[1].hypothesis] = told
        else:
            ordered.append(told)
    _follow_merged(seen, rows)
    return [_news(territory, change, rows, now) for territory, change in (*ordered, *once.values())]


def _due(course: Course, changes: Sequence[Told], now: datetime) -> list[Told]:
    """What is to be written now; quiet repeats are put off, and taken along when their hypothesis is."""
    seen: list[Told] = []
    for told in changes:
        change = told[1]
        if change.quiet and change.kind == "repeated" and change.held is not None:
            course.quiet[change.held.id] = told
        elif change.kind not in _UNSEEN:
            seen.append(told)
    loud = {change.hypothesis for _, change in seen}
    # Not before it either: the machine's clock may have been set back.
    due = course.flushed is None or not timedelta(0) <= now - course.flushed < FLUSH
    # Not all at once: whatever came meanwhile would wait for hundreds of rows.
    portion = set(islice(course.quiet, _PORTION)) if due else set()
    if len(portion) == len(course.quiet) and due:
        course.flushed = now
    taken = [each for each in course.quiet if each in portion or each in loud]
    # A repeat of what has ended since is told before its end.
    return [*(course.quiet.pop(each) for each in taken), *seen]


def _write_hypotheses(seen: Sequence[Told]) -> None:
    last: dict[UUID, Told] = {}
    first: dict[UUID, int] = {}
    gone: dict[UUID, UUID | None] = {}
    for told in seen:
        change = told[1]
        if change.held is None or change.held.belief is None:
            continue
        first.setdefault(change.held.id, change.position)
        if change.kind == "merged":
            gone[change.held.id] = change.other
        if not change.quiet:
            last[change.held.id] = told
    known = set(models.Hypothesis.objects.filter(pk__in=list(last)).values_list("pk", flat=True))
    fresh, changed = [], []
    for identifier, (territory, change) in last.items():
        fields = _hypothesis_fields(change)
        if identifier in gone:
            fields["merged_into"] = gone[identifier]
        if identifier in known:
            changed.append((identifier, fields))
        else:
            start = {"id": identifier, "territory_key": territory, "opened_position": first[identifier]}
            fresh.append(models.Hypothesis(**start, **fields))
    renew(models.Hypothesis, changed)
    models.Hypothesis.objects.bulk_create(fresh)


def _hypothesis_fields(change: Change) -> dict[str, Any]:
    one = change.held
    if one is None or one.belief is None:
        raise RuntimeError(f"a change of kind {change.kind} without a hypothesis or a belief")
    return {
        "last_position": change.position,
        "state": change.kind if change.kind in ("closed", "merged") else one.state,
        "probability": one.belief.probability,
        "low": one.belief.low,
        "high": one.belief.high,
        "act": one.belief.act,
        "exercise": one.exercise,
    }


def _write_signs(seen: Sequence[Told], held: dict[UUID, Hypothesis], now: datetime) -> dict[Key, models.Sign]:
    _move(seen, held)
    found = models.Sign.objects.filter(hypothesis_id__in=list(held)).defer("observation", "salt")
    rows = {(row.hypothesis_id, row.observation_id): row for row in found}
    fresh, old = [], []
    gone = {change.hypothesis for _, change in seen if change.kind == "merged"}
    for one in held.values():
        if one.id in gone:
            continue  # its signs are another's now
        for order, sign in enumerate(one.signs):
            key = (one.id, sign.observation.id)
            row = rows.get(key)
            if row is None:
                rows[key] = row = _sign_row(one.id, order, sign, now)
                fresh.append(row)
            elif changed := _renewed(row, order, sign):
                old.append((row.pk, changed))
    renew(models.Sign, old)
    models.Sign.objects.bulk_create(fresh)
    return rows


def _move(seen: Sequence[Told], held: dict[UUID, Hypothesis]) -> None:
    """Follow merges and splits: a sign's row keeps its salt and its digest wherever it goes."""
    for _, change in seen:
        if change.held is None or change.other is None or change.kind not in ("merged", "split"):
            continue
        source, target = change.held.id, change.other
        if change.kind == "split":
            source, target = target, source
        if target not in held:
            continue
        there = models.Sign.objects.filter(hypothesis_id=target).values("observation_id")
        wanted = [sign.observation.id for sign in held[target].signs]
        going = models.Sign.objects.filter(hypothesis_id=source, observation_id__in=wanted)
        going.exclude(observation_id__in=there).update(hypothesis_id=target)


def _follow_merged(seen: Sequence[Told], rows: dict[Key, models.Sign]) -> None:
    """What was opened and merged within one batch is told with the signs' rows where they are now."""
    for _, change in seen:
        if change.kind == "merged" and change.held is not None and change.other is not None:
            for sign in change.held.signs:
                there = rows.get((change.other, sign.observation.id))
                if there is not None:
                    rows.setdefault((change.held.id, sign.observation.id), there)


def _sign_row(hypothesis: UUID, order: int, sign: Sign, now: datetime) -> models.Sign:
    observation, salt = sign.observation, os.urandom(_SALT_BYTES)
    return models.Sign(
        hypothesis_id=hypothesis,
        order=order,
        observation_id=observation.id,
        position=sign.position,
        kind=observation.kind,
        relation=sign.relation,
        source=observation.source,
        device=observation.device,
        seen_at=observation.seen_at,
        received_at=observation.received_at,
        fused_at=now,
        last_seen_at=instant(sign.last_seen),
        observation=msgspec.to_builtins(observation),
        salt=salt,
        digest=sign_digest(observation, salt),
        factor=sign.factor,
        weight=sign.weight,
        metres=sign.metres,
        independent=sign.counted,
        repeats=sign.repeats,
        reasons=msgspec.to_builtins(sign.reasons),
    )


def _renewed(row: models.Sign, order: int, sign: Sign) -> dict[str, Any]:
    """What the row of a sign must take over; the row has it already."""
    now = {
        "order": order,
        "relation": sign.relation,
        "repeats": sign.repeats,
        "last_seen_at": instant(sign.last_seen),
        "factor": sign.factor,
        "weight": sign.weight,
        "metres": sign.metres,
        "independent": sign.counted,
        "reasons": msgspec.to_builtins(sign.reasons),
    }
    changed = {name: value for name, value in now.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return changed


def _news(territory: str, change: Change, rows: dict[Key, models.Sign], now: datetime) -> News:
    one = change.held
    if one is None or change.belief is None:
        raise RuntimeError(f"a change of kind {change.kind} without a hypothesis or a belief")
    own = [sign for sign in one.signs if sign.relation == "sign"]
    first = own[0] if own else one.signs[0]
    return News(
        kind=change.kind,
        territory=territory,
        hypothesis=one.id,
        belief=change.belief,
        reasons=change.reasons,
        fused_at=now,
        place=one.place,
        device=_device(own),
        life=one.life,
        exercise=one.exercise,
        first_seen=instant(one.first_seen),
        first_received=first.observation.received_at,
        entered=instant(one.entered),
        last_sign=instant(one.last_seen),
        sign_count=len(one.signs),
        concordant=[sign.observation.id for sign in one.signs if sign.counted],
        signs=[_sign_news(rows[one.id, sign.observation.id]) for sign in change.signs],
        other=change.other,
    )


def _device(own: Sequence[Sign]) -> str:
    """The device that leads: the first alarm's, else the first sign's."""
    alarms = [each for each in own if not each.observation.kind.startswith(("presence.", "signal."))]
    return next((each.observation.device for each in (*alarms, *own) if each.observation.device), "")


def _sign_news(row: models.Sign) -> SignNews:
    return SignNews(
        observation=row.observation_id,
        digest=row.digest,
        kind=row.kind,
        relation=row.relation,
        source=row.source,
        device=row.device,
        weight=row.weight,
        seen_at=row.seen_at,
        received_at=row.received_at,
    )


def instant(seconds: float) -> datetime:
    """Seconds since 1970 as an aware instant."""
    return datetime.fromtimestamp(seconds, UTC)
