"""The duty desk: its page among 100,000 incidents and a year of journal, and how soon an act is painted."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import UUID

import django
from benchmarks._report import Figure, at_most

_NAME = "desk"
_INCIDENTS = 100_000
_OPEN = 40
_A_YEAR = 120_000  # entries: some 330 a day
_TOWN = "bourg-bench"


def percentile(values: list[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def run(quick: bool) -> list[Figure]:
    """Pages first, then the live feed with 49 other consoles; `quick` makes the archive ten times smaller."""
    django.setup()
    from benchmarks import _desk_live

    share = 10 if quick else 1
    operator = _prepare()
    _archive(_INCIDENTS // share, _A_YEAR // share)
    figures = _pages(operator, 40 if quick else 200, _INCIDENTS // share)
    return figures + _desk_live.run(_TOWN, seconds=10 if quick else 40)


def _prepare() -> UUID:
    """The invented town with its devices and patrols, and an operator; where they are not there already."""
    from beffroi.foundation import settings as configuration
    from beffroi.house.prepare import prepare
    from beffroi.people import actions as people
    from beffroi.people.models import Member
    from beffroi.rehearsal import actions as rehearsal

    configuration.current().data_path.mkdir(parents=True, exist_ok=True)
    prepare()
    known = Member.objects.filter(email="desk@bench.example").first()
    if known is not None:
        return known.pk
    global _TOWN  # noqa: PLW0603 - the key that the importer gave
    _TOWN = rehearsal.prepare_town(name="Bourg-Bench")
    people.create_installation(name="Bourg-Bench", exercise=True)
    people.know_territory(key=_TOWN)
    organisation = people.create_organisation(name="Bourg-Bench", kind="commune")
    member = people.create_member(
        email="desk@bench.example",
        display_name="Desk",
        organisation=organisation,
        roles=["operator"],
        territories=[_TOWN],
    )
    return member.pk


def _archive(incidents: int, entries: int) -> None:
    """Closed incidents over a year with some open, and the journal's entries about them."""
    from django.db import transaction

    from beffroi.during.dispatch import actions as dispatch
    from beffroi.during.incident.facts import IncidentAcknowledged
    from beffroi.during.incident.models import Incident, Numbering
    from beffroi.foundation import clock
    from beffroi.journal import actions as journal

    now = clock.now()
    apart = timedelta(days=365) / incidents
    rows = [
        _incident(number, now - apart * (incidents - number), number > incidents - _OPEN)
        for number in range(1, incidents + 1)
    ]
    Incident.objects.bulk_create(rows, batch_size=2000)
    Numbering.objects.update_or_create(territory_key=_TOWN, defaults={"last": incidents})
    for start in range(0, entries, 2000):
        with transaction.atomic():
            for number in range(start, min(start + 2000, entries)):
                row = rows[number % len(rows)]
                journal.append(
                    journal=f"territory:{_TOWN}",
                    fact=IncidentAcknowledged(number=row.number, seconds=12.0, exercise=True),
                    subject=f"incident:{row.pk}",
                    actor="engine:incident",
                )
    for row in rows[-_OPEN:]:
        dispatch.rank(incident_id=row.pk, at=clock.now())


def _incident(number: int, seen: object, is_open: bool) -> object:
    from datetime import datetime

    from beffroi.during.incident.models import Incident
    from beffroi.foundation.identifiers import uuid7
    from beffroi.territory import queries as territory

    assert isinstance(seen, datetime)
    middle = territory.bounds(_TOWN).centre
    return Incident(
        id=uuid7(seen),
        territory_key=_TOWN,
        number=number,
        state="to_check" if is_open else "closed",
        phase="decide" if is_open else "closed",
        act="burglary",
        title="possible.burglary",
        exercise=True,
        place_text="Rue du Bourg",
        lat=middle.lat + number % 97 * 2e-5,
        lon=middle.lon + number % 89 * 2e-5,
        probability=0.4,
        low=0.2,
        high=0.6,
        alternatives=[["occupant", 0.3]],
        sign_count=1,
        entered_at=seen,
        last_sign_at=seen,
        leave_by=seen + timedelta(minutes=5),
        seen_at=seen,
        received_at=seen,
        fused_at=seen,
        resolved_at=None if is_open else seen + timedelta(minutes=9),
        outcome="" if is_open else "false_alarm",
        outcome_cause="" if is_open else "weather",
    )


def _pages(operator: UUID, times: int, incidents: int) -> list[Figure]:
    """Server side of the whole desk and of one sheet."""
    from django.conf import settings
    from django.test import Client

    from beffroi.during.incident.models import Incident
    from beffroi.people.models import Member

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(Member.objects.get(pk=operator))
    opened = Incident.objects.filter(phase="decide").order_by("-number").values_list("pk", flat=True)[0]
    figures = []
    looked_at = {"the whole desk": "/veille/", "one incident": f"/veille/{opened}/", "public page": "/"}
    for name, path in looked_at.items():
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            answer = client.get(path)
            taken.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, answer.status_code
        label = f"{name}, server side, {incidents:,} incidents, p95"
        figures.append(at_most(_NAME, label, percentile(taken, 0.95), "ms", 100))
    return figures
