"""Writes of parties: competences, contacts kept and erased; each one transaction, its entry last."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from beffroi.foundation.errors import Invalid, NotFound
from beffroi.people.entries import SYSTEM, append
from beffroi.people.models import Organisation
from beffroi.people.parties import facts, models, rules


@transaction.atomic
def set_competences(*, organisation: Organisation, codes: Collection[str], actor: str = SYSTEM) -> list[str]:
    """Say what an organisation is competent for, and nothing else. Raises Invalid."""
    for code in codes:
        if code not in rules.COMPETENCES:
            raise Invalid(where="competence", why=f"{code!r} is not one of {', '.join(rules.COMPETENCES)}")
    wanted = [each for each in rules.COMPETENCES if each in codes]
    models.Competence.objects.filter(organisation=organisation).exclude(code__in=wanted).delete()
    for code in wanted:
        models.Competence.objects.get_or_create(organisation=organisation, code=code)
    fact = facts.Competent(competences=wanted)
    append(fact=fact, subject=f"organisation:{organisation.pk}", actor=actor)
    return wanted


@transaction.atomic
def keep_contact(
    *,
    organisation: Organisation,
    role: str,
    name: str = "",
    telephone: str = "",
    email: str = "",
    shared: bool = False,
    actor: str = SYSTEM,
) -> models.Contact:
    """Keep whom to call. Raises Invalid."""
    if bad := rules.bad_contact(role, telephone.strip(), email.strip()):
        raise Invalid(where=bad[0], why=bad[1])
    row = models.Contact.objects.create(
        organisation=organisation,
        role=role.strip(),
        name=name.strip()[:120],
        telephone=telephone.strip(),
        email=email.strip().lower(),
        shared=shared,
    )
    fact = facts.ContactKept(contact=str(row.pk), shared=shared)
    append(fact=fact, subject=f"organisation:{organisation.pk}", actor=actor)
    return row


@transaction.atomic
def erase_contact(*, contact: UUID, actor: str = SYSTEM) -> None:
    """Erase a contact: its row goes. Raises NotFound."""
    row = models.Contact.objects.filter(pk=contact).first()
    if row is None:
        raise NotFound(what=f"contact {contact}")
    organisation = row.organisation_id
    row.delete()
    fact = facts.ContactErased(contact=str(contact))
    append(fact=fact, subject=f"organisation:{organisation}", actor=actor)
