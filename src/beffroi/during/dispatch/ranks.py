"""Rankings are made and renewed: by the engine for what is new, and every few seconds for what is open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import F, Q

from beffroi.during.dispatch import models, queries, scene
from beffroi.during.dispatch.exiting import exits_now
from beffroi.during.dispatch.methods import stays
from beffroi.during.dispatch.reaching import reach_now
from beffroi.during.dispatch.rules.order import order
from beffroi.during.dispatch.rules.shapes import Act, Order, Reason
from beffroi.during.dispatch.rules.turning import Turn, turned
from beffroi.during.dispatch.shown import RankingView
from beffroi.during.incident.errors import UnknownIncident
from beffroi.during.incident.models import Incident
from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.foundation.settings import current
from beffroi.territory.errors import UnknownTerritory

#: After this long without a sign nobody waits for an order of units any more.
FORGOTTEN = timedelta(hours=2)
#: A ranking this old is renewed; one younger than `FRESH` stands for what a new sign would change.
RENEWED = timedelta(seconds=3)
FRESH = timedelta(seconds=1)
#: At most so many incidents are looked at in one go.
MOST = 200
_FEW = 4


@dataclass(frozen=True)
class _Made:
    """A ranking computed and not yet written: the fields that changed, and the revision it rests on."""

    incident: UUID
    revision: int | None
    fields: dict[str, Any]


def rank(*, incident_id: UUID, at: datetime | None = None) -> RankingView:
    """Put the units in order for an incident and keep that. Raises UnknownIncident."""
    moment = at or clock.now()
    row = Incident.objects.filter(pk=incident_id).select_related("ranking").first()
    if row is None:
        raise UnknownIncident(what=str(incident_id))
    made = _made(row, scene.town(row.territory_key, moment), moment)
    with transaction.atomic():
        _write([made], moment)
    return queries.view(models.Ranking.objects.get(pk=incident_id))


def rank_touched(
    *,
    incidents: Collection[UUID],
    at: datetime | None = None,
    within_s: float = 0.1,
    towns: Towns | None = None,
) -> list[UUID]:
    """Put the units in order for incidents that a batch opened or changed; those that are new or differ.

    Stops after `within_s` (s): what is left is first in line for `rank_open`.
    """
    moment = at or clock.now()
    rows = Incident.objects.filter(pk__in=incidents).exclude(phase__in=("closed", "follow"))
    keys = list(rows.order_by("-life", "fused_at").values_list("pk", flat=True)[:MOST])
    wanting = (row for row in _few_at_a_time(keys) if not _still_good(row, moment))
    return _renew(wanting, moment, within_s, towns)


class Towns:
    """Towns as they are, read once and used again for `keep_s` (s): for rankings in short turns."""

    def __init__(self, keep_s: float) -> None:
        self._keep_s = keep_s
        self._known: dict[str, tuple[float, scene.Town | None]] = {}

    def of(self, key: str, at: datetime) -> scene.Town | None:
        """The town; None where none was imported: its incidents stand, and hold no other up."""
        now = clock.current().monotonic()
        known = self._known.get(key)
        if known is None or now - known[0] > self._keep_s:
            try:
                known = self._known[key] = now, scene.town(key, at)
            except UnknownTerritory:
                known = self._known[key] = now, None
        return known[1]


def rank_open(
    at: datetime | None = None,
    *,
    within_s: float = 0.1,
    towns: Towns | None = None,
    never_ranked: bool = False,
) -> list[UUID]:
    """Renew what is older than a few seconds among the incidents that someone may still act on; those
    that changed. Those never ranked come first, then the oldest; stops after `within_s` (s).

    Roads are searched again only for what moved; the chances follow the clock. Everything is computed
    first and written in one short transaction; what someone changed meanwhile is left to the next call.
    `never_ranked`: only those that have no order of units yet.
    """
    moment = at or clock.now()
    waiting = Q(phase="decide", last_sign_at__gt=moment - FORGOTTEN) | Q(phase="progress")
    # What was made in the future was made before the clock was set back.
    due = Q(ranking=None) | Q(ranking__made_at__lte=moment - RENEWED) | Q(ranking__made_at__gt=moment + FRESH)
    rows = Incident.objects.filter(waiting & (Q(ranking=None) if never_ranked else due))
    rows = rows.order_by(F("ranking__made_at").asc(nulls_first=True), "-life", "-fused_at")
    return _renew(_few_at_a_time(list(rows.values_list("pk", flat=True)[:MOST])), moment, within_s, towns)


def _few_at_a_time(keys: Sequence[UUID]) -> Iterator[Incident]:
    """These incidents in this order: rankings are large, and time is up after a few."""
    for start in range(0, len(keys), _FEW):
        few = keys[start : start + _FEW]
        rows = Incident.objects.select_related("ranking").in_bulk(few)
        yield from (rows[key] for key in few if key in rows)


def _still_good(row: Incident, at: datetime) -> bool:
    """Whether a ranking made a moment ago needs no second look: same place, same question."""
    before = _before(row)
    if before is None or abs(at - before.made_at) > FRESH:
        return False
    asks_time = (before.no_race or {}).get("code") == "dispatch.life_counts_time"
    return row.life == asks_time and [before.roads.get("lat"), before.roads.get("lon")] == [row.lat, row.lon]


def _renew(rows: Iterable[Incident], at: datetime, within_s: float, towns: Towns | None = None) -> list[UUID]:
    towns = towns or Towns(float("inf"))
    made: list[_Made] = []
    ends = clock.current().monotonic() + within_s
    for row in rows:
        if made and clock.current().monotonic() > ends:
            break
        here = towns.of(row.territory_key, at)
        if here is not None:
            made.append(_made(row, here, at))
    if made:
        with transaction.atomic():
            _write(made, at)
    return [each.incident for each in made if each.fields]


def _before(row: Incident) -> models.Ranking | None:
    found: models.Ranking | None = getattr(row, "ranking", None)
    return found


def _made(row: Incident, here: scene.Town, at: datetime) -> _Made:
    before = _before(row)
    first = before.rows[0]["unit"] if before is not None and before.rows else ""
    roads, searched, bar = _roads(row, here, before)
    units = [msgspec.structs.replace(unit, road_s=_seconds(roads, unit.unit)) for unit in here.units]
    found = order(
        units,
        _act(row, at),
        _stays(),
        stale_after_s=current().position_stale_seconds,
        limit_s=scene.LIMIT_S,
        first=first,
        bar=bar,
    )
    fields = _fields(found, here, before)
    now_first = found.rows[0].unit if found.rows else ""
    if searched:
        fields["roads"] = roads
    if searched or now_first != first:
        fields["route"] = _route(here, row, found)
    reached = reach_now(row, here, at) if found.race is not None else None
    if before is None or before.reach != reached:
        fields["reach"] = reached
    watched = exits_now(row, here, found, before.exits if before is not None else None, at)
    turn = msgspec.to_builtins(_turn(before, found, at))
    for name, value in (("exits", watched), ("turn", turn)):
        if before is None or getattr(before, name) != value:
            fields[name] = value
    if before is None or now_first != first:
        fields["before"], fields["first_since"] = first, at
    return _Made(row.pk, before.revision if before is not None else None, fields)


def _turn(before: models.Ranking | None, found: Order, at: datetime) -> Turn | None:
    known = msgspec.convert(before.turn, Turn | None) if before is not None else None
    best = next(iter(found.coming or found.rows), None)
    return turned(known, best.chance if best else None, best.unit if best else "", at)


def _roads(
    row: Incident, here: scene.Town, before: models.Ranking | None
) -> tuple[dict[str, Any], bool, Reason | None]:
    """Road times, whether they were searched for now, and why there are none for anybody."""
    if row.lat is None or row.lon is None:
        return {}, False, Reason("dispatch.place_unknown")
    if here.graph is None:
        return {}, False, Reason("dispatch.no_streets")
    known = before.roads if before is not None else {}
    return *scene.roads(here, Position(row.lat, row.lon), known), None


def _fields(found: Order, here: scene.Town, before: models.Ranking | None) -> dict[str, Any]:
    """The columns that differ from what is kept."""
    said = {**msgspec.to_builtins(found), "town_version": here.version}
    if before is None:
        return said
    return {name: value for name, value in said.items() if getattr(before, name) != value}


def _seconds(roads: dict[str, Any], unit: str) -> float:
    known = roads.get("units", {}).get(unit)
    return float("inf") if known is None or known[3] is None else float(known[3])


def _act(row: Incident, at: datetime) -> Act:
    return Act(
        incident=str(row.pk),
        act=row.act,
        life=row.life,
        exercise=row.exercise,
        elapsed_s=max(0.0, (at - row.entered_at).total_seconds()),
        present_s=(row.last_sign_at - row.entered_at).total_seconds(),
        reached=row.state == "on_scene",
    )


def _stays() -> dict[str, stays.Stay]:
    town = current()
    burglary = stays.burglary(
        town.burglary_median_seconds,
        town.burglary_median_low_seconds,
        town.burglary_median_high_seconds,
        town.burglary_log_sd,
    )
    return {"burglary": burglary, **stays.STAYS}


def _route(here: scene.Town, row: Incident, found: Order) -> list[list[float]]:
    best = next(iter(found.coming or found.rows), None)
    unit = next((each for each in here.units if best is not None and each.unit == best.unit), None)
    if unit is None or unit.lat is None or unit.lon is None or row.lat is None or row.lon is None:
        return []
    return here.route(Position(unit.lat, unit.lon), Position(row.lat, row.lon))


def _write(made: list[_Made], at: datetime) -> None:
    for each in made:
        rows = models.Ranking.objects.filter(pk=each.incident, revision=each.revision)
        if each.revision is None:
            models.Ranking.objects.get_or_create(
                incident_id=each.incident, defaults={**each.fields, "made_at": at}
            )
        elif each.fields:
            rows.update(**each.fields, made_at=at, revision=F("revision") + 1)
        else:
            rows.update(made_at=at)
