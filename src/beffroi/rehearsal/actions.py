"""Writes of rehearsals: a town made ready for an exercise, its people, its sources, and what was played."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from beffroi.journal import actions as journal
from beffroi.rehearsal import facts, kept, people, queries, sources, tables
from beffroi.rehearsal.kept import Prepared
from beffroi.rehearsal.methods import names, town
from beffroi.rehearsal.methods.osm import lines
from beffroi.rehearsal.methods.plan import Town
from beffroi.rehearsal.people import SignIn
from beffroi.territory.actions import move_unit
from beffroi.territory.table_import import import_devices, import_units
from beffroi.territory.town_import import import_town

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
    shown = name or (_name_of(osm) if osm else names.TOWN)
    drawn = None if osm else town.generate(seed, name=shown)
    file = osm or _drawn(seed, drawn)
    key = import_town(file=file, name=shown, exercise=True).territory.key
    if drawn is not None:
        import_devices(territory=key, file=tables.cameras(kept.folder(), key, drawn))
    cast = queries.cast(key)
    import_devices(territory=key, file=tables.devices(kept.folder(), key, cast))
    import_units(territory=key, file=tables.units(kept.folder(), key, cast))
    for each in cast.patrols:
        move_unit(territory=key, unit=each.key, position=each.place)
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


def _drawn(seed: int, drawn: Town | None) -> Path:
    """The invented town's map file; a file that is there already with the same content is left alone."""
    file = kept.folder() / f"town-{seed}.osm"
    text = "\n".join(lines(drawn or town.generate(seed), cameras=False)) + "\n"
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")
    return file


def _name_of(file: Path) -> str:
    """A name for a map whose commune was not said: that of its file, and what it is for."""
    stem = file.name.partition(".")[0].replace("-", " ").replace("_", " ")
    return f"{stem.title()} (exercice)"
