"""Writes of registers: complements of documents, every version kept."""

from __future__ import annotations

import hashlib

from django.db import transaction

from beffroi.foundation import clock
from beffroi.people.entries import SYSTEM, append
from beffroi.trust.registers import facts, models, queries, rules
from beffroi.trust.registers.errors import BadComplement


@transaction.atomic
def complete(*, territory: str, document: str, section: str, text: str, actor: str = SYSTEM) -> int:
    """Write a section of a territory's document; gives the version's number. Raises BadComplement.

    The same text again is no new version.
    """
    said = text.replace("\r\n", "\n").strip()
    if why := rules.bad_text(document, section, said):
        raise BadComplement(where=section, why=why)
    last = queries.complement(territory, document, section)
    if (last.text if last else "") == said:
        return last.number if last else 0
    digest = hashlib.sha256(said.encode()).hexdigest()
    row = models.Complement.objects.create(
        territory_key=territory,
        document=document,
        section=section,
        number=(last.number if last else 0) + 1,
        text=said,
        digest=digest,
        written_at=clock.now(),
        written_by=actor,
    )
    fact = facts.DocumentCompleted(document=document, section=section, number=row.number, digest=digest)
    journal = f"territory:{territory}"
    append(journal=journal, fact=fact, subject=f"document:{document}", actor=actor)
    return row.number
