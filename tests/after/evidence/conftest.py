"""An incident as the engine makes it: spooled, folded, taken up, acted on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from tests.during.fusion.made import NIGHT, observation

from beffroi.during.fusion import actions as fusion
from beffroi.during.fusion import engine
from beffroi.during.incident import actions as incidents
from beffroi.during.intake import spool as spools
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.people import actions as people
from beffroi.people.models import Member

TOWN = "town"
Say = Callable[..., list[UUID]]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Say]:
    """Observe and take up as one batch: each a kind, a device, seconds, a place."""
    spool = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(engine, "shared", lambda: spool)
    monkeypatch.setattr(spools, "shared", lambda: spool)
    engine.forget()
    numbers = iter(range(1, 10_000))

    def _say(*said: tuple[str, str, float, tuple[float, float]], **more: object) -> list[UUID]:
        before = spool.head()
        spool.append_many(
            [observation(next(numbers), k, d, NIGHT, s, place=place, **more) for k, d, s, place in said]
        )
        with transaction.atomic():
            return list(incidents.take_up(fusion.step(spool.read(before, 1000))))

    yield _say
    engine.forget()
    spool.close()


@pytest.fixture
def incident(say: Say, member: Member) -> UUID:
    """A door alarm and a camera beside it, an unrelated noise, someone who noted and closed."""
    (found,) = say(("intrusion.door", "P-1", 0, (0.0, 0.0)), exercise=True)
    say(("test.periodic", "P-9", 4, (5000.0, 0.0)), ("presence.person", "C-1", 9, (30.0, 0.0)), exercise=True)
    incidents.acknowledge(incident=found, member=member.pk)
    incidents.annotate(incident=found, member=member.pk, text="Vitre brisée côté cour")
    incidents.close(incident=found, member=member.pk, outcome="real")
    return found


@pytest.fixture
def member(db: None) -> Member:
    """An investigator of the town."""
    return _member("investigator")


@pytest.fixture
def referent(db: None) -> Member:
    """Someone who may not seal."""
    return _member("referent")


def _member(role: str) -> Member:
    people.create_installation(name="Essai")
    people.know_territory(key=TOWN)
    organisation = people.create_organisation(name=f"Commune {role}", kind="commune")
    return people.create_member(
        email=f"{role}@mairie.example",
        display_name=role,
        organisation=organisation,
        password=None,
        roles=[role],
        territories=[TOWN],
    )
