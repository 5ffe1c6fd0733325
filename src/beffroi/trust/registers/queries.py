"""Reads of registers: looks over a period, what became of images, versions of complements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from beffroi.journal import queries as journal
from beffroi.journal.entries import EntryView
from beffroi.trust.registers import models, rules
from beffroi.trust.registers.errors import BadPeriod

LONGEST = timedelta(days=366)
MOST = 20_000
_OPENED, _ENDED, _REFUSED = "camera.look_opened", "camera.look_ended", "camera.look_refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a register is asked: first and last day, one camera or '' for all, one actor or ''."""

    first: date
    last: date
    device: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class LookLine:
    """A look, or one refused: who, through what, why, when, how long; empty where its body's time is over."""

    territory: str
    number: int
    at: datetime
    actor: str
    device: str
    kind: str
    purpose: str
    incident: str
    span_from: datetime | None
    span_to: datetime | None
    seconds: float | None
    how: str
    images: bool
    refused: str
    exercise: bool


@dataclass(frozen=True, slots=True)
class ImageLine:
    """What became of images: looked at in the recorder, destroyed, handed over in a sealed package."""

    territory: str
    number: int
    at: datetime
    actor: str
    what: str
    device: str
    count: int
    first: datetime | None
    last: datetime | None
    reference: str


def looks(territories: Collection[str], asked: Asked) -> list[LookLine]:
    """The looks of these territories over a period, the newest first. Raises BadPeriod."""
    journals = [f"territory:{each}" for each in territories]
    since, until = _span(asked)
    found = journal.between(journals, [_OPENED, _REFUSED], since, until, MOST)
    ends = journal.between(journals, [_ENDED], since, until + timedelta(hours=1), MOST)
    ended = {each.body["look"]: each.body for each in ends if each.body}
    return [
        line
        for line in (_look(each, ended) for each in found)
        if asked.device in ("", line.device) and asked.actor in ("", line.actor)
    ]


def _look(entry: EntryView, ended: dict[str, dict[str, Any]]) -> LookLine:
    body = entry.body or {}
    end = ended.get(str(body.get("look", "")), {})
    return LookLine(
        territory=entry.journal.removeprefix("territory:"),
        number=entry.number,
        at=entry.time,
        actor=entry.actor,
        device=body.get("device", entry.subject.removeprefix("device:")),
        kind=body.get("kind", ""),
        purpose=body.get("purpose", ""),
        incident=body.get("incident", ""),
        span_from=_instant(body.get("span_from", "")),
        span_to=_instant(body.get("span_to", "")),
        seconds=end.get("seconds"),
        how=end.get("how", ""),
        images=bool(end.get("images")),
        refused=body.get("code", "") if entry.fact == _REFUSED else "",
        exercise=bool(body.get("exercise")),
    )


def images(territories: Collection[str], asked: Asked) -> list[ImageLine]:
    """The register of images (CSI R252-11): recordings looked at, destroyed, handed over; newest first."""
    since, until = _span(asked)
    facts = [_OPENED, "trust.erased", "evidence.sealed"]
    found = journal.between([f"territory:{each}" for each in territories], facts, since, until, MOST)
    lines = [line for each in found if each.body and (line := _image(each, each.body)) is not None]
    return [each for each in lines if asked.device in ("", each.device) and asked.actor in ("", each.actor)]


def _image(entry: EntryView, body: dict[str, Any]) -> ImageLine | None:
    what, count, first, last, reference = "looked", 1, "", "", str(body.get("incident", ""))
    if entry.fact == _OPENED:
        if body["kind"] != "past":
            return None
        first, last = body["span_from"], body["span_to"]
    elif entry.fact == "trust.erased":
        if body["kind"] != "images":
            return None
        what, count, first, last, reference = "destroyed", body["count"], body["first"], body["last"], ""
    else:
        what, reference = "handed_over", entry.subject.removeprefix("incident:")
    return ImageLine(
        territory=entry.journal.removeprefix("territory:"),
        number=entry.number,
        at=entry.time,
        actor=entry.actor,
        what=what,
        device=str(body.get("device", "")),
        count=count,
        first=_instant(first),
        last=_instant(last),
        reference=reference,
    )


def _span(asked: Asked) -> tuple[datetime, datetime]:
    if asked.last < asked.first:
        raise BadPeriod(why="it ends before it starts")
    if asked.last - asked.first > LONGEST:
        raise BadPeriod(why="it is longer than a year")
    zone = timezone.get_current_timezone()
    first = datetime(asked.first.year, asked.first.month, asked.first.day, tzinfo=zone)
    after = asked.last + timedelta(days=1)
    return first, datetime(after.year, after.month, after.day, tzinfo=zone)


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def complement(territory: str, document: str, section: str) -> models.Complement | None:
    """The version in force of a section; None where nobody completed it."""
    rows = models.Complement.objects.filter(territory_key=territory, document=document, section=section)
    return rows.order_by("-number").first()


def complements(territory: str, document: str) -> dict[str, models.Complement]:
    """The versions in force of a document's sections, by section."""
    found = {each: complement(territory, document, each) for each in rules.SECTIONS[document]}
    return {key: row for key, row in found.items() if row is not None}


def versions(territory: str, document: str) -> list[models.Complement]:
    """Every version of every section, the newest first."""
    rows = models.Complement.objects.filter(territory_key=territory, document=document)
    return list(rows.order_by("-written_at"))
