"""Who could do what, where, at an instant, and why; who gains and who loses by a draft. Never guessed.

The same policies, rights and clock as the doors' own: what is answered here is what a door would answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from beffroi.foundation import clock
from beffroi.people import queries as people
from beffroi.people.catalogue import catalogue
from beffroi.people.conventions import models, reach, rules
from beffroi.people.conventions import queries as kept
from beffroi.people.conventions.days import midnight
from beffroi.people.conventions.shown import ConventionView
from beffroi.people.methods import hours as weekly
from beffroi.people.methods.policy_book import PolicyBook
from beffroi.people.methods.rights import Rights, Share
from beffroi.people.models import Member
from beffroi.people.orders import queries as orders

ACCREDITATION = "accreditation"


@dataclass(frozen=True, slots=True)
class Could:
    """A member whom a door would let in: by which roles or which convention, and on which grounds besides.

    `accredited` is None where the act asks for no accreditation.
    """

    member: UUID
    name: str
    organisation: str
    program: bool
    roles: tuple[str, ...]
    conventions: tuple[str, ...]
    grounds: tuple[str, ...]
    accredited: bool | None = None


def who_could(action: str, territory: str, at: datetime | None = None) -> list[Could]:
    """Everybody whom policies would let do `action` in a territory at an instant, by organisation and name.

    Grounds are not supposed: they are listed, and accreditation is looked up. Raises KeyError for no action.
    """
    when = at or clock.now()
    demanded = catalogue().actions[action].grounds
    day = timezone.localdate(when)
    found = []
    for member in _members():
        standing = people.rights_of(member, when).at(when)
        if territory not in standing.reachable() and not standing.everywhere:
            continue
        verdict = people.policy_book().ask(standing, action, territory, demanded, "")
        if not verdict.allowed:
            continue
        roles, conventions = because(verdict.policies)
        accredited = orders.may_look(member.pk, territory, day) if ACCREDITATION in demanded else None
        found.append(
            Could(
                member.pk,
                member.display_name,
                member.organisation.name,
                member.email.endswith("@program.invalid"),
                roles,
                conventions,
                demanded,
                accredited,
            )
        )
    return sorted(found, key=lambda each: (each.organisation.casefold(), each.name.casefold()))


def _members() -> Iterable[Member]:
    rows = Member.objects.filter(is_active=True, roles_held__isnull=False).distinct()
    return rows.select_related("organisation")


def because(policies: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Roles and conventions that policies stand for, by their names."""
    kept_names = list(policies)
    roles = [each.removeprefix("role.") for each in kept_names if each.startswith("role.")]
    versions = {".".join(each.split(".")[1:3]) for each in kept_names if each.startswith("convention.")}
    return tuple(sorted(roles)), tuple(sorted(versions))


@dataclass(frozen=True, slots=True)
class Change:
    """What a member may do by a draft that they may not today, or no longer may."""

    member: UUID
    name: str
    organisation: str
    gains: tuple[tuple[str, tuple[str, ...]], ...]
    loses: tuple[tuple[str, tuple[str, ...]], ...]


def changes(view: ConventionView) -> list[Change]:
    """Who gains and who loses what, where, once this version is agreed: members × actions × territories.

    Compared at every moment of a week at which hours begin, from its first day on (today where that is past);
    what changes at some hours only is told too. A framework is compared as while help goes on.
    """
    terms = kept.terms_of(view)
    older = _older(view)
    instants = _instants(terms, older)
    book = people.fresh_book()
    book.learn(terms.name, view.policy)
    territories = sorted({*view.places, *(key for each in older for key in each.places)})
    matters = {*view.matters, *(matter for each in older for matter in each.matters)}
    actions = rules.actions_of(each for each in rules.MATTERS if each in matters)
    told = []
    for member in _concerned(view, older):
        now_rights = people.rights_of(member)
        then = replace(now_rights, shares=_then(now_rights, terms, older, str(member.organisation_id)))
        gained, lost = set[tuple[str, str]](), set[tuple[str, str]]()
        for instant in instants:
            before = _open(book, _with_help(now_rights, older), instant, actions, territories)
            after = _open(book, then, instant, actions, territories)
            gained |= after - before
            lost |= before - after
        if gained or lost:
            told.append(
                Change(
                    member.pk,
                    member.display_name,
                    member.organisation.name,
                    _grouped(gained, actions),
                    _grouped(lost, actions),
                )
            )
    return sorted(told, key=lambda each: (each.organisation.casefold(), each.name.casefold()))


def _older(view: ConventionView) -> list[ConventionView]:
    """Versions in force that this one would replace."""
    rows = models.Convention.objects.filter(
        reference=view.reference,
        version__lt=view.version,
        ended_at=None,
        stage=models.Convention.Stage.AGREED,
    )
    shown = [kept.convention(pk) for pk in rows.values_list("pk", flat=True)]
    return [each for each in shown if each.state != "ended"]


def _concerned(view: ConventionView, older: Collection[ConventionView]) -> Iterable[Member]:
    parties = {part.organisation for each in (view, *older) for part in each.parts if part.receives}
    return [each for each in _members() if each.organisation_id in parties]


def _instants(terms: rules.Terms, older: Collection[ConventionView]) -> list[datetime]:
    """Moments of one week that tell apart all that hours can: where any of them begins or ends, and noon."""
    first = max(clock.now(), midnight(terms.starts_on))
    hours = [*terms.hours, *(weekly.parsed(text) for each in older for text in each.hours)]
    minutes = sorted({12 * 60, *(each.start for each in hours), *(each.end % weekly.DAY for each in hours)})
    start = timezone.localtime(first).replace(hour=0, minute=0, second=0, microsecond=0)
    days = range(8) if hours else range(2)
    every = [start + timedelta(days=day, minutes=minute) for day in days for minute in minutes]
    end = midnight(terms.ends_on + timedelta(days=1))
    return [each for each in every if first <= each < end] or [first]


def _with_help(rights: Rights, older: Collection[ConventionView]) -> Rights:
    """Rights as they are while help goes on under the frameworks that would be replaced."""
    extra = [
        share
        for each in older
        if each.kind == rules.FRAMEWORK
        for share in _shares(kept.terms_of(each), rights.organisation)
    ]
    return replace(rights, shares=(*rights.shares, *extra))


def _then(
    rights: Rights, terms: rules.Terms, older: Collection[ConventionView], organisation: str
) -> tuple[Share, ...]:
    replaced = {each.name for each in older}
    left = tuple(each for each in rights.shares if each.convention not in replaced)
    return (*left, *_shares(terms, organisation)) if rights.grants else ()


def _shares(terms: rules.Terms, organisation: str) -> tuple[Share, ...]:
    opens = midnight(terms.starts_on)
    shuts = midnight(terms.ends_on + timedelta(days=1))
    keys = rules.receivers(terms).get(organisation, ())
    return tuple(Share(terms.name, key, opens, shuts, terms.hours) for key in keys)


def _open(
    book: PolicyBook, rights: Rights, at: datetime, actions: Iterable[str], territories: list[str]
) -> set[tuple[str, str]]:
    standing = rights.at(at)
    unknown = book.unknown(standing.conventions)
    for name, text in reach.texts(unknown).items() if unknown else ():
        book.learn(name, text)
    reached = [key for key in territories if key in standing.reachable()]
    opened = set()
    for action in actions:
        demanded = catalogue().actions[action].grounds
        for key, verdict in zip(reached, book.ask_each(standing, action, reached, demanded, ""), strict=True):
            if verdict.allowed:
                opened.add((action, key))
    return opened


def _grouped(pairs: set[tuple[str, str]], actions: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Territories by action, in the order of the list of matters."""
    found = {action: tuple(sorted(key for act, key in pairs if act == action)) for action in actions}
    return tuple((action, keys) for action, keys in found.items() if keys)
