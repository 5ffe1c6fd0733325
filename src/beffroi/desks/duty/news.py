"""What is told to consoles, as bytes of the event stream: rows, lines, units, heads; and whole sheets."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import close_old_connections
from django.template.loader import render_to_string
from django.utils import translation

from beffroi.desks.duty import going, log, reading, switching, troubles, units, written
from beffroi.desks.duty.shown import Row
from beffroi.during.acting import queries as acting
from beffroi.during.incident import actions
from beffroi.during.oncall import actions as oncall
from beffroi.journal import queries as journal
from beffroi.journal.entries import EntryView

MOST = 500


@dataclass(frozen=True, slots=True)
class News:
    """One event: its name, the territory whose doors it follows, its bytes in each language asked."""

    name: str
    territory: str
    told: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one look at the journal gave; `more` when it was cut at its limit."""

    position: int
    news: list[News]
    incidents: set[str]
    more: bool


def position() -> int:
    """Where the journal stands."""
    return journal.head_position()


def after(start: int, languages: Sequence[str]) -> Gathered:
    """What the journal got after a position, told once a language."""
    entries = journal.follow(start, limit=MOST)
    if not entries:
        return Gathered(start, [], set(), False)
    changed = incidents_of(entries)
    told = _rows(changed, languages) + _lines(entries, languages)
    return Gathered(entries[-1].position, told, set(changed), len(entries) == MOST)


def since(start: int, end: int, languages: Sequence[str], most: int) -> list[News] | None:
    """What was missed between two positions; None when it is too much to be told line by line."""
    entries = [entry for entry in journal.follow(start, limit=most + 1) if entry.position <= end]
    if len(entries) > most:
        return None
    return _rows(incidents_of(entries), languages) + _lines(entries, languages)


def incidents_of(entries: Iterable[EntryView]) -> dict[str, int]:
    """Incidents that these entries concern, with the position of the last that does."""
    found = {}
    for entry in entries:
        kind, _colon, identifier = entry.subject.partition(":")
        if kind == "incident":
            found[identifier] = entry.position
    return found


def shown(incidents: Iterable[str], at: datetime) -> None:
    """These were told to at least one desk: the ledger keeps when, the first time."""
    close_old_connections()
    actions.shown(incidents=[UUID(each) for each in incidents], at=at)


def desk_open(territories: Collection[str], at: datetime) -> None:
    """These territories' duty desk is open at this moment."""
    close_old_connections()
    oncall.desk_open(territories=territories, at=at)


def revisions() -> dict[str, int]:
    """How often each open incident was ranked anew: positions move without any fact."""
    return {str(incident): revision for incident, revision in going.revisions()}


def reranked(
    incidents: Collection[str], at: int, languages: Sequence[str], known: dict[str, Row]
) -> list[News]:
    """The lines of incidents whose order of units changed, where the line itself did; `known` keeps them.

    `at` is where the feed stands.
    """
    with translation.override(languages[0]):
        rows = reading.rows([UUID(each) for each in incidents], {})
    changed = {row.id: at for row in rows if known.get(row.id) != row}
    known.update((row.id, row) for row in rows)
    return _rows(changed, languages, again=True)


def _event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'), ensure_ascii=False)}\n\n".encode()


def _rows(changed: dict[str, int], languages: Sequence[str], *, again: bool = False) -> list[News]:
    """`again`: no fact made the change, so whoever shows an incident of that position shows an older one."""
    if not changed:
        return []
    told: dict[str, dict[str, bytes]] = {}
    places: dict[str, str] = {}
    for language in languages:
        with translation.override(language):
            for row in reading.rows([UUID(each) for each in changed], changed):
                html = written.row(row)
                data = {
                    "id": row.id,
                    "group": row.group,
                    "order": row.order,
                    "position": row.position,
                    "html": html,
                    "again": again,
                }
                told.setdefault(row.id, {})[language] = _event("row", data)
                places[row.id] = row.territory
    return [News("row", places[each], by_language) for each, by_language in told.items()]


def _lines(entries: Iterable[EntryView], languages: Sequence[str]) -> list[News]:
    worth = [each for each in entries if each.journal.startswith("territory:") and log.worth_a_line(each)]
    told: list[dict[str, bytes]] = [{} for _ in worth]
    territories = [each.journal.removeprefix("territory:") for each in worth]
    for language in languages:
        with translation.override(language):
            for place, line in enumerate(log.said(worth)):
                html = written.line(line)
                told[place][language] = _event("line", {"position": line.position, "html": html})
    return [News("line", territory, each) for territory, each in zip(territories, told, strict=True)]


def units_told(territory: str, languages: Sequence[str]) -> News:
    """Where the units of a territory are."""
    told = {}
    for language in languages:
        with translation.override(language):
            told[language] = _event("units", {"territory": territory, "units": units.on_map([territory])})
    return News("units", territory, told)


def heads_told(territory: str, languages: Sequence[str]) -> News:
    """The head of a territory's journal as it was last signed."""
    told = {}
    head = log.head(territory)
    for language in languages:
        with translation.override(language):
            html = render_to_string("desks/duty/head.html", {"head": head})
            told[language] = _event("head", {"territory": territory, "html": html})
    return News("head", territory, told)


def all_units(territories: Iterable[str], languages: Sequence[str]) -> list[News]:
    """Where the units of several territories are."""
    return [units_told(territory, languages) for territory in territories]


def all_heads(territories: Iterable[str], languages: Sequence[str]) -> list[News]:
    """The signed heads of several territories."""
    return [heads_told(territory, languages) for territory in territories]


def switches_told(
    territories: Sequence[str], languages: Sequence[str], known: dict[str, object]
) -> list[News]:
    """How what can be switched stands, for territories where that changed; `known` keeps it."""
    now = acting.standing(territories)
    changed = [each for each in territories if now.get(each, ()) != known.get(each, ())]
    known.update((each, now.get(each, ())) for each in territories)
    return [_switches(territory, languages) for territory in changed]


def _switches(territory: str, languages: Sequence[str]) -> News:
    told = {}
    for language in languages:
        with translation.override(language):
            data = {"territory": territory, "switches": switching.on_map(territory)}
            told[language] = _event("switches", data)
    return News("switches", territory, told)


def troubles_told(languages: Sequence[str]) -> News:
    """What is wrong with the platform itself: every console is told, whatever it watches."""
    told = {}
    for language in languages:
        with translation.override(language):
            html = render_to_string("desks/duty/troubles.html", {"troubles": troubles.troubles()})
            told[language] = _event("trouble", {"html": html})
    return News("trouble", "", told)


def sheet(identifier: str, may: frozenset[str], language: str) -> str:
    """The sheet of one incident for whoever may do `may`."""
    with translation.override(language):
        shown = reading.sheet_for(UUID(identifier), may)
        return render_to_string("desks/duty/sheet.html", {"sheet": shown})
