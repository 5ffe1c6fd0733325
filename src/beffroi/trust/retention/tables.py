"""A keeper made of a table: rows that go whole, or whose content goes while the row stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Min, Model, Q, QuerySet

from beffroi.trust.retention.keepers import Item, Standing
from beffroi.trust.retention.rules import Held, named
from beffroi.trust.retention.terms import INSTALLATION


@dataclass(frozen=True)
class Rows:
    """Rows of a table. `place` names the column of their territory; '' for what belongs to the installation.

    `subjects` maps what the journal calls a thing (`incident`, `device`) to the column that holds its name.
    `emptied`: columns and what they become, for a row that stands without its content; none: it goes whole.
    `proof`: the column of the salted hash that the journal bears.
    `only`: which rows are over and may go at all.
    """

    kind: str
    store: str
    model: type[Model]
    at: str
    place: str = ""
    subjects: Mapping[str, str] = field(default_factory=dict)
    emptied: Mapping[str, Any] = field(default_factory=dict)
    proof: str = ""
    only: Callable[[], Q] = Q
    outside: bool = False

    def due(self, where: str, before: datetime, holds: Sequence[Held], most: int) -> list[Item]:
        """The oldest rows that may go now."""
        rows = self._older(where, before).exclude(self._held(holds)).order_by(self.at, "pk")
        columns = ("pk", self.at, self.proof) if self.proof else ("pk", self.at)
        return [
            Item(str(pk), at, proof[0] if proof and proof[0] else named(self.store, str(pk)))
            for pk, at, *proof in rows.values_list(*columns)[:most]
        ]

    def erase(self, where: str, keys: Sequence[str]) -> None:
        """Erase them so that their bytes go too: SQLite leaves them in its file unless it is told."""
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA secure_delete=ON")
        rows = self.model._default_manager.filter(pk__in=list(keys))
        if self.emptied:
            rows.update(**self.emptied)
        else:
            rows.delete()

    def left(self, where: str, keys: Sequence[str]) -> int:
        """How many still hold what was to go."""
        return self._full().filter(pk__in=list(keys)).count()

    def standing(self, where: str, before: datetime, holds: Sequence[Held]) -> Standing:
        """What is older than `before`."""
        rows = self._older(where, before)
        total = rows.count()
        if not total:
            return Standing(0, 0, None)
        free = rows.exclude(self._held(holds)).aggregate(count=Count("pk"), oldest=Min(self.at))
        return Standing(free["count"], total - free["count"], free["oldest"])

    def _full(self) -> QuerySet[Any]:
        rows = self.model._default_manager.all()
        return rows.exclude(**dict(self.emptied)) if self.emptied else rows

    def _older(self, where: str, before: datetime) -> QuerySet[Any]:
        return self._full().filter(self.only(), self._here(where), **{f"{self.at}__lt": before})

    def _here(self, where: str) -> Q:
        if self.place:
            return Q(**{self.place: "" if where == INSTALLATION else where})
        return Q() if where == INSTALLATION else Q(pk__in=[])

    def _held(self, holds: Iterable[Held]) -> Q:
        kept = Q(pk__in=[])
        for hold in holds:
            name, _colon, value = hold.subject.partition(":")
            column = self.subjects.get(name)
            if column is None or hold.kind not in ("", self.kind):
                continue
            one = Q(**{column: value})
            if hold.since is not None:
                one &= Q(**{f"{self.at}__gte": hold.since})
            if hold.until is not None:
                one &= Q(**{f"{self.at}__lte": hold.until})
            kept |= one
        return kept
