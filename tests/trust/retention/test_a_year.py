"""A year of days on a simulated clock: nothing kept beyond its day, nothing under hold erased.

Afterwards the journal verifies, the replay says how far its past reaches, and what was sealed before holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone
from tests.trust.retention.conftest import TOWN, Happen

from beffroi.after.evidence import actions as evidence
from beffroi.after.evidence.verify import verify as verify_package
from beffroi.before.signal import actions as signals
from beffroi.before.signal.models import Signal
from beffroi.during.fusion.models import Sign
from beffroi.during.fusion.replay import replay
from beffroi.during.incident.models import Note
from beffroi.during.intake.models import Unread
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.journal import models as entries
from beffroi.journal import queries as journal
from beffroi.journal.verify import verify
from beffroi.people.models import Member
from beffroi.trust.retention import actions, expiring, queries

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
#: Days that this town keeps each kind.
TERMS = {"observations": 30, "unread": 20, "signs": 90, "signals": 60, "notes": 90, "log": 120}


def live(day: int, happen: Happen, member: Member) -> UUID | None:
    """What a day leaves behind."""
    now = clock.now()
    signals.report(
        territory=TOWN, member=member.pk, what="signal.vehicle_slow", place=Position(47.65, -2.08, 30.0),
        seen_at=now,
    )  # fmt: skip
    Unread.objects.create(
        territory_key=TOWN, connector="dc09", received_at=now, code="x", why="y", content=b"z", size=1
    )
    return happen(f"jour {day}") if day % 9 == 0 else None


def oldest_days(spool: SqliteSpool, held: UUID) -> dict[str, int]:
    """The age in days of the oldest of each kind that no hold keeps."""
    today = timezone.localdate(clock.now())
    body = entries.Entry.objects.filter(journal=f"territory:{TOWN}", body__isnull=False)
    log = body.filter(fact__startswith="incident.").exclude(subject=f"incident:{held}").order_by("number")
    kept = set(Sign.objects.filter(hypothesis_id=held).values_list("observation_id", flat=True))
    found: dict[str, datetime | None] = {
        "observations": min(
            (each.received_at for _, each in spool.read(0, 9_999) if each.id not in kept), default=None
        ),
        "unread": Unread.objects.order_by("received_at").values_list("received_at", flat=True).first(),
        "signs": Sign.objects.exclude(observation={})
        .exclude(hypothesis_id=held)
        .order_by("received_at")
        .values_list("received_at", flat=True)
        .first(),
        "signals": Signal.objects.order_by("received_at").values_list("received_at", flat=True).first(),
        "notes": Note.objects.exclude(text="")
        .exclude(incident_id=held)
        .order_by("at")
        .values_list("at", flat=True)
        .first(),
        "log": datetime.fromisoformat(first.time) if (first := log.first()) else None,
    }
    return {kind: (today - timezone.localdate(at)).days for kind, at in found.items() if at is not None}


def test_a_year_of_erasures(
    time: clock.FixedClock, happen: Happen, member: Member, spool: SqliteSpool, tmp_path: Path
) -> None:
    for kind, days in TERMS.items():
        actions.set_term(where=TOWN, kind=kind, days=days)
    held = live(0, happen, member)
    assert held is not None
    sealed = evidence.seal(incident=held, out=tmp_path)
    text = actions.HoldText(f"incident:{held}", "requisition", "PV-2026-117")
    actions.place_hold(where=TOWN, text=text)
    longest = dict.fromkeys(TERMS, 0)
    for day in range(1, 366):
        time.advance(86_400 + (3_600 if day % 7 == 0 else -3_600 if day % 7 == 3 else 0))
        live(day, happen, member)
        expiring.expire(where=[TOWN] if day % 30 else [])
        for kind, age in oldest_days(spool, held).items():
            assert age < TERMS[kind], f"day {day}: {kind} of {age} days is still there"
            longest[kind] = max(longest[kind], age)
    # Not erased too soon either: each kind was kept up to its last day (an incident comes every nine days).
    assert {kind for kind, age in longest.items() if age < TERMS[kind] - 10} == set()

    assert Note.objects.get(incident_id=held).text == "jour 0"
    assert all(each.observation for each in Sign.objects.filter(hypothesis_id=held))
    told = journal.entries_about(f"incident:{held}", journal=f"territory:{TOWN}")
    assert told and all(each.body is not None for each in told if not each.fact.startswith("trust."))
    kept = set(Sign.objects.filter(hypothesis_id=held).values_list("observation_id", flat=True))
    assert kept == {each.id for _, each in spool.read(0, 2)}

    assert not queries.late() and not journal.follow(0, facts=["trust.erasure_late"])
    for each in journal.journals():
        assert verify(each).good, each
    assert verify_package(str(sealed.path), sealed.fingerprint)["sources"] == 3
    whole = replay(TOWN, spool=spool)
    assert whole.same, "from the oldest snapshot all is there, and the same"
    short = replay(TOWN, from_start=True, spool=spool)
    assert not short.reaches_back and short.oldest > 2, "the held ones are no past to fold"
    counted = sum(
        each.body["count"] for each in journal.follow(0, facts=["trust.erased"], limit=99_999) if each.body
    )
    assert counted > 365 + timedelta(days=300).days
