"""Reads of parties: the directory, as far as it serves who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from beffroi.people.conventions import models as conventions
from beffroi.people.models import KnownTerritory, Organisation
from beffroi.people.parties import models


@dataclass(frozen=True, slots=True)
class ContactView:
    """Whom to call."""

    id: UUID
    role: str
    name: str
    telephone: str
    email: str
    shared: bool


@dataclass(frozen=True, slots=True)
class PartyView:
    """An organisation: what it is, is for, answers for; its contacts that the reader may have."""

    id: UUID
    name: str
    kind: str
    competences: tuple[str, ...]
    territories: tuple[str, ...]
    contacts: tuple[ContactView, ...]


def partners_of(organisation: UUID) -> frozenset[UUID]:
    """Organisations with which this one has an agreed convention."""
    mine = conventions.Part.objects.filter(
        organisation=organisation, convention__stage=conventions.Convention.Stage.AGREED
    )
    parts = conventions.Part.objects.filter(convention__in=mine.values("convention"))
    return frozenset(parts.values_list("organisation", flat=True)) - {organisation}


def directory(*, reader: UUID | None, everything: bool = False) -> list[PartyView]:
    """Every organisation by name. Contacts: one's own, those that partners share; all for who keeps it."""
    shown = Q()
    if not everything:
        partners = partners_of(reader) if reader else frozenset()
        shown = Q(organisation=reader) | Q(organisation__in=partners, shared=True)
    contacts: dict[UUID, list[ContactView]] = {}
    for row in models.Contact.objects.filter(shown).order_by("role"):
        contacts.setdefault(row.organisation_id, []).append(
            ContactView(row.pk, row.role, row.name, row.telephone, row.email, row.shared)
        )
    competences: dict[UUID, list[str]] = {}
    for organisation, code in models.Competence.objects.values_list("organisation", "code").order_by("id"):
        competences.setdefault(organisation, []).append(code)
    territories: dict[UUID, list[str]] = {}
    known = KnownTerritory.objects.exclude(organisation=None).order_by("key")
    for organisation, key in known.values_list("organisation", "key"):
        territories.setdefault(organisation, []).append(key)
    return [
        PartyView(
            each.pk,
            each.name,
            each.kind,
            tuple(competences.get(each.pk, ())),
            tuple(territories.get(each.pk, ())),
            tuple(contacts.get(each.pk, ())),
        )
        for each in Organisation.objects.order_by("name")
    ]
