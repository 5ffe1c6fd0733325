"""Who should have spoken and did not: pure, from what each source last said and since when we listen.

A source is silent once it has said nothing for the time in which it should have, and half as much again. It
is judged only by what we could hear: an ear (a way in: `gate` for HTTP and panels, `broker` for MQTT) that
was closed, or that opened just now, tells nothing of its sources. Where everything behind an ear falls
silent at once, the cause is ours (network, broker, a process): that is one event of the platform.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

#: An ear says this often that it listens; beyond the second it is taken as closed.
BEAT_S, DEAF_S = 5.0, 30.0
#: From so many sources on, falling silent together without another heard since is no chance.
TOGETHER = 3
_LEAST_GRACE = timedelta(seconds=5)
_DEAF = timedelta(seconds=DEAF_S)


@dataclass(frozen=True, slots=True)
class Watched:
    """A live source: `every_s` None where nothing is expected of it; `silent_since` once that was told."""

    key: str
    territory: str
    ear: str
    heard_at: datetime | None
    device: str = ""
    every_s: int | None = None
    silent_since: datetime | None = None
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Hearing:
    """An ear: listening since when, last known to, and since when it is cut off (None: it is not)."""

    name: str
    since: datetime
    alive_at: datetime
    cut_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """One source that should have spoken by `due`; its last word was at `heard_at`."""

    source: Watched
    heard_at: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Cut:
    """An ear that hears nothing any more: `what` is `deaf` (it is closed) or `all_silent`."""

    ear: str
    what: Literal["deaf", "all_silent"]
    since: datetime


@dataclass(slots=True)
class Verdict:
    """What is new: who fell silent, who is back, which ears were cut off and which hear again."""

    silent: list[Silence] = field(default_factory=list)
    back: list[Watched] = field(default_factory=list)
    cut: list[Cut] = field(default_factory=list)
    mended: list[Hearing] = field(default_factory=list)


def judge(
    sources: Sequence[Watched], ears: Sequence[Hearing], *, now: datetime, watching_since: datetime
) -> Verdict:
    """What to tell at `now`; `watching_since` is when whoever judges began to."""
    verdict = Verdict()
    for ear in ears:
        behind = [each for each in sources if each.ear == ear.name]
        if behind or ear.cut_since is not None:
            _judge_ear(ear, behind, now, watching_since, verdict)
    return verdict


def _judge_ear(
    ear: Hearing, behind: Sequence[Watched], now: datetime, watching_since: datetime, verdict: Verdict
) -> None:
    if now - ear.alive_at > _DEAF:
        # After a night switched off, the ear is given the time to open.
        if ear.cut_since is None and now - watching_since > _DEAF:
            verdict.cut.append(Cut(ear.name, "deaf", ear.alive_at))
        return
    if ear.cut_since is not None:
        # A closed ear opened again since; a silent one hears somebody.
        if ear.since > ear.cut_since or any(_after(each, ear.cut_since) for each in behind):
            verdict.mended.append(ear)
        return
    verdict.back += [each for each in behind if each.silent_since and _after(each, each.silent_since)]
    overdue = [found for each in behind if (found := _overdue(each, ear, now)) is not None]
    _judge_overdue(ear, behind, overdue, now, verdict)


def _judge_overdue(
    ear: Hearing, behind: Sequence[Watched], overdue: Sequence[Silence], now: datetime, verdict: Verdict
) -> None:
    """Tell each silence that somebody else's word proves to be its own; the others wait for one another."""
    heard = (each.heard_at for each in behind if each.heard_at and each.heard_at <= now)
    last_word = max(heard, default=ear.since)
    alone = [each for each in overdue if last_word > each.due]
    doubtful = [each for each in overdue if last_word <= each.due]
    watched = sum(each.every_s is not None and each.silent_since is None for each in behind)
    if len(doubtful) >= TOGETHER:
        verdict.cut.append(Cut(ear.name, "all_silent", max(each.heard_at for each in doubtful)))
        doubtful = []
    elif watched >= TOGETHER:
        doubtful = [each for each in doubtful if now > each.due + 2 * _every(each.source)]
    verdict.silent += alone + doubtful


def _every(source: Watched) -> timedelta:
    return timedelta(seconds=source.every_s or 0)


def _after(source: Watched, instant: datetime) -> bool:
    return source.heard_at is not None and source.heard_at > instant


def _overdue(source: Watched, ear: Hearing, now: datetime) -> Silence | None:
    if source.every_s is None or source.silent_since is not None or source.heard_at is None:
        return None
    # What was heard in the future was heard by a clock set back since: it is counted from our opening.
    since = max(source.heard_at, ear.since) if source.heard_at <= now else ear.since
    every = _every(source)
    due = since + every
    return Silence(source, source.heard_at, due) if now > due + max(_LEAST_GRACE, every / 2) else None
