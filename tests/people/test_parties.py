"""Parties: kinds, competences, contacts kept, shown to whom they serve, erased with nothing left."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.people.conventions.conftest import Country, country, hand

from beffroi.foundation.errors import Invalid, NotFound
from beffroi.journal import queries as journal
from beffroi.people import actions as people
from beffroi.people.models import Organisation
from beffroi.people.parties import actions, models, queries

__all__ = ["country", "hand"]
pytestmark = [pytest.mark.room, pytest.mark.django_db]


def contacts(reader: Organisation | None, everything: bool = False) -> dict[str, list[str]]:
    found = queries.directory(reader=reader.pk if reader else None, everything=everything)
    return {each.name: [one.role for one in each.contacts] for each in found}


def test_contacts_are_shown_to_ones_own_and_the_shared_ones_to_partners(country: Country) -> None:
    redon, allaire, rieux = (country.organisations[each] for each in ("redon", "allaire", "rieux"))
    actions.keep_contact(organisation=allaire, role="Permanence", telephone="02 99 00 00 00", shared=True)
    kept = actions.keep_contact(organisation=allaire, role="Maire", name="A. B.", email="a@allaire.example")
    assert contacts(allaire)["Allaire"] == ["Maire", "Permanence"]
    assert contacts(redon)["Allaire"] == []
    country.agree("redon", ["allaire"])
    assert contacts(redon)["Allaire"] == ["Permanence"]
    assert contacts(rieux)["Allaire"] == []
    assert contacts(None, everything=True)["Allaire"] == ["Maire", "Permanence"]
    actions.erase_contact(contact=kept.pk)
    assert contacts(allaire)["Allaire"] == ["Permanence"]
    assert models.Contact.objects.count() == 1
    told = [str(each.body) for each in journal.follow(0, limit=1000) if each.fact.startswith("party.")]
    assert len(told) == 3 and not any("A. B." in each or "02 99" in each for each in told)
    with pytest.raises(NotFound):
        actions.erase_contact(contact=kept.pk)


@pytest.mark.parametrize(
    "given",
    [
        {"role": "", "telephone": "17"},
        {"role": "Maire"},
        {"role": "Maire", "telephone": "dix-sept"},
        {"role": "Maire", "email": "no address"},
    ],
)
def test_a_contact_that_reaches_nobody_is_refused(country: Country, given: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        actions.keep_contact(organisation=country.organisations["redon"], **given)


def test_every_kind_of_party_and_what_it_is_competent_for(country: Country) -> None:
    for kind in Organisation.Kind.values:
        made = people.create_organisation(name=f"Un {kind}", kind=kind)
        actions.set_competences(organisation=made, codes=["fire", "roads"])
        actions.set_competences(organisation=made, codes=["roads"])
    shown = {each.kind: each.competences for each in queries.directory(reader=uuid4())}
    assert shown["sdis"] == shown["telesurveillance"] == ("roads",)
    assert {"syndicat_mixte", "samu", "integrator", "business", "landlord", "referents"} <= set(shown)
    with pytest.raises(Invalid):
        actions.set_competences(organisation=country.organisations["redon"], codes=["magic"])
