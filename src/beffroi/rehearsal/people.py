"""Who may sign in during an exercise: one person for each role that has a screen, with a new password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from beffroi.foundation.errors import NotFound
from beffroi.people import actions, queries
from beffroi.people.models import Centre, Organisation

_DOMAIN = "exercice.example"


@dataclass(frozen=True, slots=True)
class _Role:
    """A role, the name before the @, the name shown, the page where the role begins."""

    key: str
    name: str
    shown: str
    page: str


_PEOPLE = (
    _Role("operator", "operateur", "Opérateur (exercice)", "/veille/"),
    _Role("supervisor", "responsable", "Responsable du centre (exercice)", "/veille/"),
    _Role("patrol", "patrouille", "Patrouille (exercice)", "/terrain/"),
    _Role("referent", "referent", "Référent (exercice)", "/signaler/"),
)
_SYLLABLES = [consonant + vowel for consonant in "bdfgjklmnprtvz" for vowel in "aeiou"]


@dataclass(frozen=True, slots=True)
class SignIn:
    """How one person of the exercise signs in."""

    role: str
    email: str
    password: str
    page: str


def password() -> str:
    """A password that can be typed from a screen: 12 syllables of 70, about 73 bits."""
    words = ["".join(secrets.choice(_SYLLABLES) for _ in range(4)) for _ in range(3)]
    return "-".join(words)


def organisation(name: str) -> Organisation:
    """The exercise's organisation of that name, made where it is not there."""
    found = Organisation.objects.filter(name=name).first()
    return found or actions.create_organisation(name=name, kind="commune")


def centre(key: str, home: Organisation) -> Centre:
    """The exercise's centre, made where it is not there."""
    found = Centre.objects.filter(key=key).first()
    return found or actions.create_centre(key=key, name="CSU (exercice)", organisation=home)


def prepare(territory: str, town: str) -> list[SignIn]:
    """People who may sign in, each with a new password. Safe to repeat: the same people, other passwords."""
    actions.create_installation(name=f"Exercice : {town}", exercise=True)
    actions.know_territory(key=territory)
    home = organisation(f"{town} (exercice)")
    actions.watch(centre("csu-exercice", home), territory)
    return [_person(territory, home, each) for each in _PEOPLE]


def _person(territory: str, home: Organisation, role: _Role) -> SignIn:
    email, secret = f"{role.name}@{_DOMAIN}", password()
    signing = SignIn(role.key, email, secret, role.page)
    try:
        member = queries.member_by_email(email)
    except NotFound:
        actions.create_member(
            email=email,
            display_name=role.shown,
            organisation=home,
            password=secret,
            roles=[role.key],
            territories=[territory],
        )
        return signing
    if (role.key, f"territory:{territory}") not in queries.role_keys(member):
        actions.give_role(member=member, role=role.key, territory=territory)
    actions.set_password(member=member, password=secret)
    return signing


def referent() -> str:
    """The identifier of the exercise's referent, '' where there is none."""
    try:
        return str(queries.member_by_email(f"referent@{_DOMAIN}").id)
    except NotFound:
        return ""
