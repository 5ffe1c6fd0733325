"""Writes of rehearsals: a town made ready for an exercise, its people, its sources, and what was played."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from beffroi.journal import actions as journal
from beffroi.rehearsal import facts, kept, people, queries, sources
from beffroi.rehearsal.kept import Prepared
from beffroi.rehearsal.methods import names, town
from beffroi.rehearsal.methods.osm import lines
from beffroi.rehearsal.methods.places import Cast
from beffroi.rehearsal.people import SignIn
from beffroi.territory.device_import import import_devices
from beffroi.territory.town_import import import_town
from beffroi.territory.unit_import import import_units

__all__ = [
    "Rehearsal",
    "SignIn",
    "prepare",
    "prepare_people",
    "prepare_sources",
    "prepare_town",
    "tell_played",
]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """An exercise ready to be played: its territory, who may sign in, how its sources are reached."""

    territory: str
    town: str
    people: list[SignIn]
    prepared: Prepared


def prepare(*, osm: Path | None = None, name: str = "", seed: int = town.SEED) -> Rehearsal:
    """Prepare everything for an exercise on the invented town, or on a real map. Safe to repeat.

    Raises what the importer raises for a map that cannot be used, and TooSmall.
    """
    territory = prepare_town(osm=osm, name=name, seed=seed)
    members = prepare_people(territory)
    prepared = prepare_sources(territory, invented=osm is None)
    return Rehearsal(territory, queries.name(territory), members, prepared)


def prepare_town(*, osm: Path | None = None, name: str = "", seed: int = town.SEED) -> str:
    """Import the invented town, or a real map marked exercise, with its devices and patrols.

    Returns the territory's key. The same map again changes nothing.
    """
    file = osm or _drawn(seed, name or names.TOWN)
    shown = name or (_name_of(osm) if osm else names.TOWN)
    done = import_town(file=file, name=shown, exercise=True)
    key = done.territory.key
    cast = queries.cast(key)
    folder = kept.folder()
    _write(folder / f"{key}-devices.csv", _devices(cast))
    _write(folder / f"{key}-units.csv", _units(cast))
    import_devices(territory=key, file=folder / f"{key}-devices.csv", exercise=True)
    import_units(territory=key, file=folder / f"{key}-units.csv", exercise=True)
    return key


def prepare_people(territory: str) -> list[SignIn]:
    """One person for each role that has a screen, each with a new password."""
    return people.prepare(territory, queries.name(territory))


def prepare_sources(territory: str, *, invented: bool = False) -> Prepared:
    """Declare the exercise's recorder and panels, keep how they are reached, and tell the journal."""
    cast = queries.cast(territory)
    prepared = sources.prepare(territory, cast, people.referent())
    kept.keep(prepared)
    fact = facts.RehearsalPrepared(
        invented=invented, devices=len(cast.sensors), units=len(cast.patrols), sources=3
    )
    _tell(territory, fact)
    return prepared


def tell_played(territory: str, story: str, *, sent: int, steps: int, pace: float) -> None:
    """Append to the journal that a story was played."""
    _tell(
        territory, facts.RehearsalPlayed(story=story, sent=sent, steps=steps, pace_percent=round(pace * 100))
    )


@transaction.atomic
def _tell(territory: str, fact: facts.Fact) -> None:
    journal.append(
        journal=f"territory:{territory}", fact=fact, subject=f"territory:{territory}", actor="system"
    )


def _drawn(seed: int, name: str) -> Path:
    """The invented town's map file, written where it is not there yet."""
    file = kept.folder() / f"town-{seed}.osm"
    text = "\n".join(lines(town.generate(seed, name=name))) + "\n"
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")
    return file


def _name_of(file: Path) -> str:
    """A name for a map whose commune was not said: that of its file, and what it is for."""
    stem = file.name.partition(".")[0].replace("-", " ").replace("_", " ")
    return f"{stem.title()} (exercice)"


def _devices(cast: Cast) -> Iterable[Mapping[str, object]]:
    """The devices that the exercise adds: those that stand in the town already are left as they are."""
    for each in cast.sensors:
        if each.known:
            continue
        yield {
            "key": each.key,
            "kind": each.kind,
            "name": each.name,
            "lat": f"{each.place.lat:.7f}",
            "lon": f"{each.place.lon:.7f}",
            "direction_deg": "" if each.direction_deg is None else f"{each.direction_deg:g}",
            "height_m": "6" if each.kind == "camera" else "",
            "form": "fixed" if each.kind == "camera" else "",
            "recorder": "ex-frigate" if each.kind == "camera" else "",
        }


def _units(cast: Cast) -> Iterable[Mapping[str, object]]:
    for each in cast.patrols:
        yield {
            "key": each.key,
            "name": each.name,
            "kind": each.kind,
            "lat": f"{each.place.lat:.7f}",
            "lon": f"{each.place.lon:.7f}",
            "abilities": " ".join(each.abilities),
        }


def _write(file: Path, rows: Iterable[Mapping[str, object]]) -> None:
    whole = list(rows)
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, fieldnames=list(whole[0]))
        writer.writeheader()
        writer.writerows(whole)
