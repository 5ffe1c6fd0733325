"""Writes of people: each one transaction, its journal entry last."""

from __future__ import annotations

from django.db import transaction

from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid
from beffroi.people import facts
from beffroi.people.accounts import (
    check_password_strength,
    close_member,
    create_member,
    invite,
    reset_second_factor,
    set_password,
)
from beffroi.people.catalogue import catalogue
from beffroi.people.entries import SYSTEM, append
from beffroi.people.grants import answer_for, end_role, give_role, know_territory
from beffroi.people.models import Centre, CentreTerritory, Installation, Organisation, Role
from beffroi.people.records import record_look, record_refusal

__all__ = [
    "answer_for",
    "check_password_strength",
    "close_member",
    "create_centre",
    "create_installation",
    "create_member",
    "create_organisation",
    "end_role",
    "give_role",
    "invite",
    "know_territory",
    "load_roles",
    "record_look",
    "record_refusal",
    "reset_second_factor",
    "set_password",
    "stop_watching",
    "watch",
]


def load_roles() -> int:
    """Make the table of roles what the catalogue says; returns how many rows were written."""
    wanted = {
        each.key: (each.fr, each.en, each.second_factor, list(each.actions))
        for each in catalogue().roles.values()
    }
    rows = Role.objects.values_list("key", "name_fr", "name_en", "second_factor", "actions")
    there = {key: tuple(said) for key, *said in rows}
    differing = [key for key, said in wanted.items() if there.get(key) != said]
    with transaction.atomic():
        for key in differing:
            name_fr, name_en, second_factor, opened = wanted[key]
            Role.objects.update_or_create(
                key=key,
                defaults={
                    "name_fr": name_fr,
                    "name_en": name_en,
                    "second_factor": second_factor,
                    "actions": opened,
                },
            )
    return len(differing)


@transaction.atomic
def create_installation(*, name: str, exercise: bool = False) -> Installation:
    """The installation itself, with its roles; when it is there already, it is given back as it is."""
    load_roles()
    installation, created = Installation.objects.get_or_create(
        id=1, defaults={"name": name, "exercise": exercise}
    )
    if created:
        fact = facts.InstallationCreated(exercise=exercise)
        append(fact=fact, subject="installation", actor=SYSTEM)
    return installation


@transaction.atomic
def create_organisation(*, name: str, kind: str, actor: str = SYSTEM) -> Organisation:
    """An organisation; `kind` is one of Organisation.Kind. Raises Invalid."""
    if kind not in Organisation.Kind.values:
        raise Invalid(where="kind", why=f"{kind!r} is not one of {', '.join(Organisation.Kind.values)}")
    if Organisation.objects.filter(name=name).exists():
        raise Invalid(where="name", why=f"there is an organisation called {name} already")
    organisation = Organisation.objects.create(name=name, kind=kind)
    fact = facts.OrganisationCreated(kind=kind)
    append(fact=fact, subject=f"organisation:{organisation.id}", actor=actor)
    return organisation


@transaction.atomic
def create_centre(*, key: str, name: str, organisation: Organisation, actor: str = SYSTEM) -> Centre:
    """A supervision centre of an organisation. Raises Invalid when the key is taken."""
    if Centre.objects.filter(key=key).exists():
        raise Invalid(where="key", why=f"there is a centre called {key} already")
    centre = Centre.objects.create(key=key, name=name, organisation=organisation)
    fact = facts.CentreCreated(organisation=str(organisation.id))
    append(fact=fact, subject=f"centre:{key}", actor=actor)
    return centre


@transaction.atomic
def watch(centre: Centre, territory_key: str, *, actor: str = SYSTEM) -> CentreTerritory:
    """The centre watches a territory from now on. Safe to repeat."""
    territory = know_territory(key=territory_key)
    watching, created = CentreTerritory.objects.get_or_create(
        centre=centre, territory=territory, ends_at=None, defaults={"starts_at": clock.now()}
    )
    if created:
        fact = facts.WatchStarted(territory=territory_key)
        append(fact=fact, subject=f"centre:{centre.key}", actor=actor)
    return watching


@transaction.atomic
def stop_watching(centre: Centre, territory_key: str, *, actor: str = SYSTEM) -> None:
    """The centre watches the territory no more, from now on."""
    ended = CentreTerritory.objects.filter(centre=centre, territory=territory_key, ends_at=None).update(
        ends_at=clock.now()
    )
    if ended:
        fact = facts.WatchEnded(territory=territory_key)
        append(fact=fact, subject=f"centre:{centre.key}", actor=actor)
