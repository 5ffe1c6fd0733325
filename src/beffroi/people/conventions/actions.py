"""Writes of conventions: drawn up, signed by every party, ended. Each one transaction, its entry last."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from beffroi.foundation import clock
from beffroi.people.catalogue import catalogue
from beffroi.people.conventions import facts, models, queries, rules
from beffroi.people.conventions.days import midnight
from beffroi.people.conventions.errors import BadConvention, CannotSign, NotInForce, UnknownConvention
from beffroi.people.entries import SYSTEM, append
from beffroi.people.methods import hours as weekly
from beffroi.people.models import KnownTerritory, Member, Organisation

SCREEN, PAPER = "screen", "paper"
ENDED, REPLACED = "ended", "replaced"


@dataclass(frozen=True, slots=True)
class Draft:
    """A convention as it is drawn up. `gives` and `receives` are organisations; a host commune of a place
    is a giving party by itself. Days are the first and the last; hours as `mon-fri 21:00-06:00`."""

    reference: str
    title: str
    places: Collection[str]
    receives: Collection[Organisation]
    matters: Collection[str]
    starts_on: date
    ends_on: date
    gives: Collection[Organisation] = ()
    purposes: Collection[str] = ()
    hours: Sequence[str] = ()
    programs: bool = False
    kind: str = rules.STANDING
    help_hours: int = 0
    unattended_min: int = 0


def terms_of(draft: Draft, version: int) -> rules.Terms:
    """The terms of a draft, checked. Raises BadConvention."""
    owners = _owners(draft.places)
    givers = {each.pk: each for each in (*draft.gives, *owners.values())}
    receivers = {each.pk: each for each in draft.receives}
    try:
        hours = tuple(sorted(weekly.parsed(each) for each in draft.hours))
    except ValueError as wrong:
        raise BadConvention(where="hours", why=str(wrong)) from None
    parties = {**givers, **receivers}
    terms = rules.Terms(
        reference=draft.reference.strip().lower(),
        version=version,
        title=" ".join(draft.title.split()),
        kind=draft.kind,
        parties=tuple(
            rules.Party(str(pk), parties[pk].name, pk in givers, pk in receivers) for pk in sorted(parties)
        ),
        places=tuple((key, str(owner.pk)) for key, owner in sorted(owners.items())),
        matters=tuple(each for each in rules.MATTERS if each in draft.matters)
        + tuple(sorted(set(draft.matters) - set(rules.MATTERS))),
        purposes=tuple(sorted(set(draft.purposes))),
        programs=draft.programs,
        hours=hours,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        help_hours=draft.help_hours,
        unattended_min=draft.unattended_min,
    )
    if bad := rules.wrong(terms):
        raise BadConvention(where=bad[0], why=bad[1])
    return terms


def _owners(places: Collection[str]) -> dict[str, Organisation]:
    rows = KnownTerritory.objects.filter(key__in=set(places)).select_related("organisation")
    found = {each.key: each.organisation for each in rows if each.organisation is not None}
    for key in sorted(set(places)):
        if key not in found:
            raise BadConvention(
                where="places", why=f"nobody answers for {key} yet: say which organisation does"
            )
    return found


@transaction.atomic
def draw(*, draft: Draft, actor: str = SYSTEM) -> models.Convention:
    """Draw a convention up, or its next version; a draft that nobody signed is written over.

    Raises BadConvention.
    """
    last = (
        models.Convention.objects.select_for_update()
        .filter(reference=draft.reference.strip().lower())
        .order_by("-version")
        .first()
    )
    version = last.version + 1 if last else 1
    if last is not None and last.stage == models.Convention.Stage.DRAFT:
        if last.signatures.exists():
            raise BadConvention(where="reference", why="a party signed this draft already: withdraw it first")
        version = last.version
        last.delete()
    terms = terms_of(draft, version)
    policy, text = rules.policies(terms, catalogue()), rules.signed_text(terms)
    row = models.Convention.objects.create(
        reference=terms.reference,
        version=version,
        title=terms.title,
        kind=terms.kind,
        matters=list(terms.matters),
        purposes=list(terms.purposes),
        programs=terms.programs,
        hours=[weekly.written(each) for each in terms.hours],
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        opens_at=midnight(terms.starts_on),
        shuts_at=midnight(terms.ends_on + timedelta(days=1)),
        help_hours=terms.help_hours,
        unattended_min=terms.unattended_min,
        policy=policy,
        policy_sha256=_sha256(policy),
        text_sha256=_sha256(text),
    )
    models.Part.objects.bulk_create(
        models.Part(
            convention=row, organisation_id=UUID(each.organisation), gives=each.gives, receives=each.receives
        )
        for each in terms.parties
    )
    models.Place.objects.bulk_create(
        models.Place(convention=row, territory_id=key, organisation_id=UUID(owner))
        for key, owner in terms.places
    )
    fact = facts.Drawn(
        convention=terms.name,
        text=row.text_sha256,
        policy=row.policy_sha256,
        parties=[each.organisation for each in terms.parties],
        territories=[key for key, _owner in terms.places],
    )
    append(fact=fact, subject=f"convention:{row.id}", actor=actor)
    return row


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def sign(
    *,
    convention: UUID,
    organisation: Organisation,
    member: Member | None = None,
    document_sha256: str = "",
    actor: str = SYSTEM,
) -> models.Convention:
    """A party signs: one of its members on screen, or on a paper whose SHA-256 is given.

    The last signature makes it agreed; an older version then gives way on its first day.
    Raises UnknownConvention, CannotSign.
    """
    row = models.Convention.objects.select_for_update().filter(pk=convention).first()
    if row is None:
        raise UnknownConvention(what=str(convention))
    if row.stage != models.Convention.Stage.DRAFT:
        raise CannotSign(why="it is agreed already")
    if not row.parts.filter(organisation=organisation).exists():
        raise CannotSign(why="your organisation is no party to it")
    if row.signatures.filter(organisation=organisation).exists():
        raise CannotSign(why="your organisation signed it already")
    if member is None and len(document_sha256) != 64:
        raise CannotSign(why="a signature on paper is kept with the SHA-256 of the paper")
    if member is not None and member.organisation_id != organisation.pk:
        raise CannotSign(why="one signs for one's own organisation")
    if queries.owners_changed(row):
        raise CannotSign(why="another organisation answers for one of its places now: draw it up again")
    how = SCREEN if member is not None else PAPER
    models.Signature.objects.create(
        convention=row,
        organisation=organisation,
        member=member,
        how=how,
        text_sha256=row.text_sha256,
        document_sha256=document_sha256,
    )
    fact = facts.Signed(
        convention=str(row),
        organisation=str(organisation.pk),
        how=how,
        text=row.text_sha256,
        document=document_sha256,
    )
    append(fact=fact, subject=f"convention:{row.id}", actor=member.actor if member else actor)
    if row.signatures.count() == row.parts.count():
        _agree(row, member.actor if member else actor)
    return row


def _agree(row: models.Convention, actor: str) -> None:
    now = clock.now()
    row.stage, row.agreed_at = models.Convention.Stage.AGREED, now
    row.save(update_fields=["stage", "agreed_at"])
    fact = facts.Agreed(
        convention=str(row),
        text=row.text_sha256,
        policy=row.policy_sha256,
        starts_on=row.starts_on.isoformat(),
        ends_on=row.ends_on.isoformat(),
    )
    append(fact=fact, subject=f"convention:{row.id}", actor=actor)
    older = models.Convention.objects.filter(reference=row.reference, version__lt=row.version, ended_at=None)
    for each in older.filter(stage=models.Convention.Stage.AGREED):
        _end(each, REPLACED, max(now, row.opens_at), actor)


@transaction.atomic
def withdraw(*, convention: UUID, actor: str = SYSTEM) -> None:
    """Take a draft away, with the signatures on it. Raises UnknownConvention, CannotSign."""
    row = models.Convention.objects.select_for_update().filter(pk=convention).first()
    if row is None:
        raise UnknownConvention(what=str(convention))
    if row.stage != models.Convention.Stage.DRAFT:
        raise CannotSign(why="it is agreed already")
    name = str(row)
    row.delete()
    append(
        fact=facts.Ended(convention=name, why="withdrawn"), subject=f"convention:{convention}", actor=actor
    )


@transaction.atomic
def end(*, convention: UUID, actor: str = SYSTEM) -> models.Convention:
    """End an agreed convention now: it opens nothing any more, to anybody. Raises as `withdraw` does."""
    row = models.Convention.objects.select_for_update().filter(pk=convention).first()
    if row is None:
        raise UnknownConvention(what=str(convention))
    now = clock.now()
    if row.stage != models.Convention.Stage.AGREED or (row.ended_at or row.shuts_at) <= now:
        raise NotInForce(why="it is not in force")
    _end(row, ENDED, now, actor)
    return row


def _end(row: models.Convention, why: str, at: datetime, actor: str) -> None:
    row.ended_at, row.ended_why = at, why
    row.save(update_fields=["ended_at", "ended_why"])
    append(fact=facts.Ended(convention=str(row), why=why), subject=f"convention:{row.id}", actor=actor)
