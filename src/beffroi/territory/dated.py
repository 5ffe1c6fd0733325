"""Things with dates: what is new begins, what changed ends and begins again, what is gone ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from beffroi.territory import models

_NOT_COMPARED = {"id", "valid_from", "valid_to", "territory"}
_BATCH = 500

#: Origins: read from the map, or told by a table of the town's own.
MAP = "osm"
TABLE = "table"

Thing = TypeVar("Thing", models.Device, models.Station)


@dataclass(frozen=True, slots=True)
class Changes:
    """How many things began, changed, stayed as they were, ended."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0


def replace_present(
    table: type[Thing],
    territory: models.Territory,
    things: Sequence[Thing],
    *,
    at: datetime,
    origin: str,
    whole: bool,
) -> Changes:
    """Bring the present things of a territory in line with `things` (unique keys), within a transaction.

    `whole`: the list is all that there is from this origin, so what it lacks has ended. What
    the map tells of a thing that a table of the town has told of since is not listened to.
    """
    present = {row.key: row for row in table.objects.filter(territory=territory, valid_to=None)}
    compared = [f.name for f in table._meta.concrete_fields if f.name not in _NOT_COMPARED]
    begin: list[Thing] = []
    end = []
    added = changed = 0
    for each in things:
        each.valid_from, each.exercise = at, territory.exercise
        old = present.get(each.key)
        if old is None:
            added += 1
        elif old.origin != each.origin == MAP or _same(old, each, compared):
            continue
        else:
            changed += 1
            end.append(old.pk)
        begin.append(each)
    keys = {each.key for each in things}
    gone = [row.pk for row in present.values() if whole and row.origin == origin and row.key not in keys]
    for k in range(0, len(end := [*end, *gone]), _BATCH):
        table.objects.filter(pk__in=end[k : k + _BATCH]).update(valid_to=at)
    table.objects.bulk_create(begin, batch_size=_BATCH)
    return Changes(added, changed, len(things) - added - changed, len(gone))


def _same(old: Thing, new: Thing, fields: Sequence[str]) -> bool:
    return all(getattr(old, name) == getattr(new, name) for name in fields)
