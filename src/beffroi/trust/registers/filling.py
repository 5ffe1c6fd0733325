"""What the house itself knows for the documents: what it keeps and how long, who may, what is switched on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.journal import queries as journal
from beffroi.people.catalogue import catalogue
from beffroi.people.methods.rights import PROGRAM
from beffroi.people.models import CentreTerritory, KnownTerritory, Program, RoleHeld
from beffroi.people.orders import queries as orders
from beffroi.people.orders.shown import STANDS, OrderView
from beffroi.people.switches import queries as switches
from beffroi.people.switches.shown import SwitchView
from beffroi.territory import queries as territory
from beffroi.trust.retention import queries as retention
from beffroi.trust.retention.queries import TermView
from beffroi.trust.unusual import queries as unusual


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who may read: roles by their key with how many persons of which organisation hold each; programs."""

    roles: tuple[tuple[str, str, int], ...]  # role, organisation, persons
    officers: tuple[str, ...]
    programs: tuple[tuple[str, tuple[str, ...]], ...]
    centres: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measures:
    """What protects: roles that need a second factor, head of the journal, HTTPS, where data lies."""

    second_factor: tuple[str, ...]
    signed_size: int
    size: int
    profile: str
    loopback: bool


@dataclass(frozen=True, slots=True)
class YearFigures:
    """A year in figures: looks and those for an incident, refusals, erasures, what is late, alerts."""

    looks: int
    for_incidents: int
    refused: int
    erased: int
    late: int
    alerts: int
    alerts_waiting: int


@dataclass(frozen=True, slots=True)
class Filled:
    """Everything that a document of a territory is made of, as it is now."""

    town: str
    controller: str
    cameras: int
    orders: tuple[OrderView, ...]
    switches: tuple[SwitchView, ...]
    terms: tuple[TermView, ...]
    recipients: Recipients
    measures: Measures
    year: YearFigures


def filled(where: str) -> Filled:
    """What the house knows of a territory. Raises NotFound."""
    town = territory.territory(where)
    known = KnownTerritory.objects.filter(key=where).select_related("organisation").first()
    devices = territory.devices(where, kinds=["camera"])
    return Filled(
        town=town.name,
        controller=known.organisation.name if known and known.organisation else "",
        cameras=sum(not each.exercise for each in devices),
        orders=tuple(each for each in orders.orders([where]) if each.state == STANDS),
        switches=tuple(each for each in switches.switches([where]) if each.on),
        terms=tuple(retention.terms(where)),
        recipients=_recipients(where),
        measures=_measures(where),
        year=_year(where),
    )


def _recipients(where: str) -> Recipients:
    now = clock.now()
    watching = CentreTerritory.objects.filter(territory_id=where, starts_at__lte=now)
    watching = watching.filter(Q(ends_at=None) | Q(ends_at__gt=now))
    centres = list(watching.values_list("centre_id", "centre__name"))
    here = Q(scope="territory", territory_id=where) | Q(scope="installation")
    here |= Q(scope="centre", centre_id__in=[key for key, _ in centres])
    held = RoleHeld.objects.filter(here, starts_at__lte=now, member__is_active=True)
    held = held.filter(Q(ends_at=None) | Q(ends_at__gt=now)).select_related("member__organisation")
    persons = [each for each in held if not each.role_id.startswith(PROGRAM)]
    counted = Counter((each.role_id, each.member.organisation.name) for each in persons)
    members = {each.member_id for each in held}
    programs = Program.objects.filter(member_id__in=members, revoked_at=None, expires_at__gt=now)
    return Recipients(
        roles=tuple((role, name, count) for (role, name), count in sorted(counted.items())),
        officers=tuple(
            sorted(
                {each.member.display_name for each in persons if each.role_id == "data_protection_officer"}
            )
        ),
        programs=tuple(
            (each.member.display_name, tuple(each.scopes)) for each in programs.select_related("member")
        ),
        centres=tuple(sorted(name for _, name in centres)),
    )


def _measures(where: str) -> Measures:
    settings, key = configuration.current(), f"territory:{where}"
    head = journal.head(key) if key in journal.journals() else None
    return Measures(
        second_factor=tuple(sorted(key for key, role in catalogue().roles.items() if role.second_factor)),
        signed_size=head.signed_size if head else 0,
        size=head.size if head else 0,
        profile=settings.profile,
        loopback=settings.host in ("127.0.0.1", "localhost", "::1"),
    )


def _year(where: str) -> YearFigures:
    now = clock.now()
    told = journal.between(
        [f"territory:{where}"],
        ["camera.look_opened", "camera.look_refused", "trust.erased"],
        now - timedelta(days=365),
        now + timedelta(days=1),
        100_000,
    )
    opened = [each for each in told if each.fact == "camera.look_opened"]
    alerts = unusual.counts([where])
    return YearFigures(
        looks=len(opened),
        for_incidents=sum(each.body["purpose"] == "incident" for each in opened if each.body),
        refused=sum(each.fact == "camera.look_refused" for each in told),
        erased=sum(each.body["count"] for each in told if each.fact == "trust.erased" and each.body),
        late=sum(each.count for each in retention.late([where])),
        alerts=sum(alerts.values()),
        alerts_waiting=alerts.get("", 0),
    )
