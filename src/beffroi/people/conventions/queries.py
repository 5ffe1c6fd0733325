"""Reads of conventions: those a member may know of, what is in force, under what help may be asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from beffroi.foundation import clock
from beffroi.people.conventions import models, rules
from beffroi.people.conventions.errors import UnknownConvention
from beffroi.people.conventions.shown import (
    DRAFT,
    ENDED,
    IN_FORCE,
    TO_COME,
    ConventionView,
    Framework,
    HelpView,
    PartView,
)
from beffroi.people.methods import hours as weekly

_ORDER = {IN_FORCE: 0, DRAFT: 1, TO_COME: 2, ENDED: 3}
_AGREED = models.Convention.Stage.AGREED


def conventions(
    *, organisation: UUID | None = None, territories: Collection[str] = (), everything: bool = False
) -> list[ConventionView]:
    """Every version to which the organisation is a party or that opens one of these territories."""
    asked = Q() if everything else Q(parts__organisation=organisation) | Q(places__territory__in=territories)
    rows = models.Convention.objects.filter(asked).distinct()
    shown = _views(rows.order_by("reference", "-version"))
    return sorted(shown, key=lambda each: (_ORDER[each.state], each.reference, -each.version))


def convention(identifier: UUID) -> ConventionView:
    """One version. Raises UnknownConvention."""
    shown = _views(models.Convention.objects.filter(pk=identifier))
    if not shown:
        raise UnknownConvention(what=str(identifier))
    return shown[0]


def by_name(name: str) -> ConventionView:
    """A version by `reference.version`, or the newest of a reference. Raises UnknownConvention."""
    reference, _dot, version = name.partition(".")
    rows = models.Convention.objects.filter(reference=reference).order_by("-version")
    if version.isdigit():
        rows = rows.filter(version=int(version))
    shown = _views(rows[:1])
    if not shown:
        raise UnknownConvention(what=name[:80])
    return shown[0]


def _views(rows: Iterable[models.Convention]) -> list[ConventionView]:
    kept = list(rows)
    ids = [each.pk for each in kept]
    parts: dict[UUID, list[models.Part]] = {}
    for part in models.Part.objects.filter(convention__in=ids).select_related("organisation"):
        parts.setdefault(part.convention_id, []).append(part)
    places: dict[UUID, list[models.Place]] = {}
    for place in models.Place.objects.filter(convention__in=ids).order_by("territory"):
        places.setdefault(place.convention_id, []).append(place)
    signed = {
        (each.convention_id, each.organisation_id): each
        for each in models.Signature.objects.filter(convention__in=ids)
    }
    now = clock.now()
    return [_view(each, parts.get(each.pk, []), places.get(each.pk, []), signed, now) for each in kept]


def _view(
    row: models.Convention,
    parts: list[models.Part],
    places: list[models.Place],
    signed: dict[tuple[UUID, UUID], models.Signature],
    now: datetime,
) -> ConventionView:
    hosts = {each.organisation_id for each in places}
    shown = []
    for part in sorted(parts, key=lambda each: each.organisation.name.casefold()):
        signature = signed.get((row.pk, part.organisation_id))
        shown.append(
            PartView(
                organisation=part.organisation_id,
                name=part.organisation.name,
                kind=part.organisation.kind,
                gives=part.gives,
                receives=part.receives,
                host=part.organisation_id in hosts,
                signed_at=signature.signed_at if signature else None,
                how=signature.how if signature else "",
            )
        )
    return ConventionView(
        id=row.pk,
        reference=row.reference,
        version=row.version,
        title=row.title,
        kind=row.kind,
        state=state_of(row, now),
        parts=tuple(shown),
        places=tuple(each.territory_id for each in places),
        matters=tuple(row.matters),
        purposes=tuple(row.purposes),
        programs=row.programs,
        hours=tuple(row.hours),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        help_hours=row.help_hours,
        unattended_min=row.unattended_min,
        policy=row.policy,
        text_sha256=row.text_sha256,
        ended_at=row.ended_at,
    )


def state_of(row: models.Convention, now: datetime) -> str:
    """Draft, to come, in force or ended, at an instant."""
    if row.stage != _AGREED:
        return DRAFT
    if min(row.shuts_at, row.ended_at or row.shuts_at) <= now:
        return ENDED
    return IN_FORCE if row.opens_at <= now else TO_COME


def terms_of(view: ConventionView) -> rules.Terms:
    """The terms of a version that is kept, as they were drawn up."""
    places = models.Place.objects.filter(convention=view.id).order_by("territory")
    return rules.Terms(
        reference=view.reference,
        version=view.version,
        title=view.title,
        kind=view.kind,
        parties=tuple(
            rules.Party(str(each.organisation), each.name, each.gives, each.receives) for each in view.parts
        ),
        places=tuple((each.territory_id, str(each.organisation_id)) for each in places),
        matters=view.matters,
        purposes=view.purposes,
        programs=view.programs,
        hours=tuple(weekly.parsed(each) for each in view.hours),
        starts_on=view.starts_on,
        ends_on=view.ends_on,
        help_hours=view.help_hours,
        unattended_min=view.unattended_min,
    )


def owners_changed(row: models.Convention) -> bool:
    """Whether another organisation answers for one of its places than when it was drawn up."""
    places = row.places.select_related("territory")
    return any(each.organisation_id != each.territory.organisation_id for each in places)


def frameworks(*, territories: Collection[str] = (), helper: UUID | None = None) -> list[Framework]:
    """Frameworks in force now: of these territories, or under which an organisation may be asked to help."""
    now = clock.now()
    places = models.Place.objects.filter(
        Q(convention__ended_at=None) | Q(convention__ended_at__gt=now),
        convention__kind=rules.FRAMEWORK,
        convention__stage=_AGREED,
        convention__opens_at__lte=now,
        convention__shuts_at__gt=now,
    )
    if helper is None:
        places = places.filter(territory__in=territories)
    receiving = models.Part.objects.filter(receives=True).select_related("organisation")
    by_convention: dict[UUID, list[models.Part]] = {}
    kept = list(places.select_related("convention").order_by("territory", "convention__reference"))
    for part in receiving.filter(convention__in={each.convention_id for each in kept}):
        by_convention.setdefault(part.convention_id, []).append(part)
    return [
        Framework(
            convention=each.convention_id,
            name=str(each.convention),
            territory=each.territory_id,
            helper=part.organisation_id,
            helper_name=part.organisation.name,
            help_hours=each.convention.help_hours,
            unattended_min=each.convention.unattended_min,
        )
        for each in kept
        for part in by_convention.get(each.convention_id, ())
        if part.organisation_id != each.organisation_id and helper in (None, part.organisation_id)
    ]


def helps(*, territories: Collection[str] = (), helper: UUID | None = None) -> list[HelpView]:
    """Queues that another centre has now: those of these territories, and those the organisation has."""
    now = clock.now()
    rows = models.Help.objects.filter(
        Q(territory__in=territories) | Q(helper=helper),
        Q(convention__ended_at=None) | Q(convention__ended_at__gt=now),
        starts_at__lte=now,
        ends_at__gt=now,
        convention__shuts_at__gt=now,
    )
    return [
        HelpView(
            id=each.pk,
            territory=each.territory_id,
            helper=each.helper_id,
            helper_name=each.helper.name,
            convention=str(each.convention),
            why=each.why,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
        )
        for each in rows.select_related("helper", "convention").order_by("ends_at")
    ]
