"""Reads of the witnesses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beffroi.journal import queries as journal
from beffroi.trust.witnesses import models
from beffroi.trust.witnesses.alone import judging
from beffroi.trust.witnesses.errors import UnknownWitness


@dataclass(frozen=True, slots=True)
class Standing:
    """How a journal of ours stands with a witness: entries now, entries counter-signed, when."""

    journal: str
    size: int
    signed: int
    at: datetime | None


def witness(name: str) -> models.Witness:
    """A witness that is asked, by name. Raises UnknownWitness."""
    found = models.Witness.objects.filter(name=name, removed_at=None).first()
    if found is None:
        raise UnknownWitness(what=name)
    return found


def witnesses() -> list[models.Witness]:
    """Those who keep our heads, by name."""
    return list(models.Witness.objects.filter(removed_at=None).order_by("name"))


def places(row: models.Witness, journal_key: str) -> list[tuple[int, int]]:
    """The heads of a journal that a witness counter-signed, oldest first: (epoch, entries)."""
    found = models.CounterSigned.objects.filter(witness=row, journal=journal_key)
    return list(found.order_by("epoch", "size").values_list("epoch", "size"))


def standings(row: models.Witness) -> list[Standing]:
    """Every journal of ours, and up to where this witness signed it."""
    found = []
    for key in journal.journals():
        last = models.CounterSigned.objects.filter(witness=row, journal=key).order_by("epoch", "size").last()
        size = journal.head(key).size
        found.append(Standing(key, size, last.size if last else 0, last.at if last else None))
    return found


def kept(log: str) -> list[judging.Head]:
    """The heads that we keep of another installation's journal, oldest first."""
    rows = models.Kept.objects.filter(log=log).order_by("id").values_list("note", flat=True)
    return [judging.read_note(each) for each in rows]


@dataclass(frozen=True, slots=True)
class LogView:
    """A journal of another installation: heads kept, entries and time of the last, what restores lost."""

    log: str
    installation: str
    name: str
    heads: int
    size: int
    lost: int
    at: datetime


def logs() -> list[LogView]:
    """Every journal of which we keep heads."""
    found: dict[str, LogView] = {}
    rows = models.Kept.objects.select_related("installation").order_by("id")
    for each in rows:
        before = found.get(each.log)
        found[each.log] = LogView(
            each.log,
            each.installation_id,
            each.installation.name,
            (before.heads if before else 0) + 1,
            each.size,
            (before.lost if before else 0) + each.lost,
            each.at,
        )
    return [found[log] for log in sorted(found)]
