"""Silence as an event: observations of the sources that should have spoken, through the spool like any other.

Their keys are made of the last word that was heard: told twice, by a restart or a failure between the spool
and the tables, they are one observation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import structlog
from django.db.models import QuerySet

from beffroi.during.intake.connectors import mqtt_names
from beffroi.during.intake.ears import BROKER, GATE
from beffroi.during.intake.facts import Observation
from beffroi.during.intake.models import Ear, Source
from beffroi.during.intake.rules_silence import Hearing, Verdict, Watched, judge
from beffroi.during.intake.spool import Spool
from beffroi.foundation import clock
from beffroi.foundation.identifiers import derived_uuid7

_log = structlog.get_logger("beffroi.intake")
#: The source under which the platform speaks of its own ears; no declared key holds a colon.
PLATFORM = "platform:ears"


class Silences:
    """A duty of the engine: each call tells of the silences, and of the ends of silences, since the last."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._since = clock.now()

    def __call__(self) -> int:
        """How many observations were made. An error leaves all as it was: the next call tries again."""
        now = clock.now()
        sources = _watched()
        ears = _ears()
        verdict = judge(sources, ears, now=now, watching_since=min(self._since, now))
        told = [*_of_sources(verdict, now), *_of_ears(verdict, ears, sources, now)]
        self._spool.append_many(told)
        _remember(verdict, now)
        for each in told:
            _log.warning("silence", source=each.source, kind=each.kind, territory=each.territory)
        return len(told)


def _watched() -> list[Watched]:
    by_broker = set(mqtt_names())
    return [
        Watched(
            key=row.key,
            territory=row.territory_key,
            ear=BROKER if row.connector in by_broker else GATE,
            heard_at=row.last_seen_at,
            device=row.device,
            every_s=row.expects_every_s,
            silent_since=row.silent_since,
            exercise=row.exercise,
        )
        for row in Source.objects.filter(active=True).order_by("territory_key", "key")
    ]


def _ears() -> list[Hearing]:
    rows = Ear.objects.order_by("name")
    return [Hearing(row.name, row.since, row.alive_at, row.cut_since) for row in rows]


def _of_sources(verdict: Verdict, now: datetime) -> Iterable[Observation]:
    for silence in verdict.silent:
        last = silence.heard_at.isoformat()
        content = {"from": "silence", "every_s": silence.source.every_s, "last_word": last}
        yield _made(silence.source, f"silence:{last}", "device.offline", (silence.due, now), content)
    for source in verdict.back:
        if source.silent_since is not None and source.heard_at is not None:
            key = f"back:{source.silent_since.isoformat()}"
            yield _made(source, key, "device.online", (source.heard_at, now), {"from": "silence"})


def _of_ears(
    verdict: Verdict, ears: Iterable[Hearing], sources: Iterable[Watched], now: datetime
) -> Iterable[Observation]:
    """One event of the platform a territory, however many ears and sources; it ends with the last ear's."""
    for cut in verdict.cut:
        for territory, found in _by_territory(each for each in sources if each.ear == cut.ear):
            content = {"from": "platform", "way": cut.ear, "what": cut.what, "sources": len(found)}
            key = f"cut:{cut.ear}:{cut.since.isoformat()}"
            yield _made(_platform(territory, found), key, "device.offline", (cut.since, now), content)
    mended = {ear.name for ear in verdict.mended}
    still = {ear.name for ear in ears if ear.cut_since} | {cut.ear for cut in verdict.cut}
    if mended and not still - mended:
        key = f"mended:{max(ear.cut_since for ear in verdict.mended if ear.cut_since).isoformat()}"
        for territory, found in _by_territory(sources):
            yield _made(_platform(territory, found), key, "device.online", (now, now), {"from": "platform"})


def _by_territory(sources: Iterable[Watched]) -> Iterable[tuple[str, list[Watched]]]:
    found: dict[str, list[Watched]] = {}
    for each in sources:
        found.setdefault(each.territory, []).append(each)
    return found.items()


def _platform(territory: str, behind: list[Watched]) -> Watched:
    exercise = all(each.exercise for each in behind)
    return Watched(key=PLATFORM, territory=territory, ear="", heard_at=None, exercise=exercise)


def _made(
    source: Watched, key: str, kind: str, times: tuple[datetime, datetime], content: Mapping[str, object]
) -> Observation:
    """The observation of `source`, seen and told at `times`."""
    seen_at, now = times
    return Observation(
        id=derived_uuid7(now, "silence", source.territory, source.key, key),
        territory=source.territory,
        source=source.key,
        key=key,
        kind=kind,
        seen_at=min(seen_at, now),
        received_at=now,
        device=source.device,
        exercise=source.exercise,
        content=dict(content),
    )


def _remember(verdict: Verdict, now: datetime) -> None:
    for silence in verdict.silent:
        _rows(silence.source).update(silent_since=silence.heard_at)
    for source in verdict.back:
        _rows(source).update(silent_since=None)
    for cut in verdict.cut:
        Ear.objects.filter(pk=cut.ear).update(cut_since=cut.since)
    for ear in verdict.mended:
        # Whoever does not speak yet is given its whole time anew.
        Ear.objects.filter(pk=ear.name).update(cut_since=None, since=now)


def _rows(source: Watched) -> QuerySet[Source]:
    return Source.objects.filter(territory_key=source.territory, key=source.key, active=True)
