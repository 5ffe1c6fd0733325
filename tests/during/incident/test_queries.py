"""The queue and the sheet: what they show, in which order, and with how few queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.during.fusion.made import NIGHT
from tests.during.incident.conftest import Say

from beffroi.during.incident import actions, doors, errors, queries
from beffroi.during.incident.models import Incident
from beffroi.foundation.errors import Refused
from beffroi.foundation.identifiers import uuid7
from beffroi.people import actions as people
from beffroi.people.models import Member

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


def row(number: int, leave: float, *, state: str = "to_check", **more: object) -> Incident:
    phases = {"sent": "progress", "technical": "follow", "closed": "closed"}
    made: dict[str, object] = {
        "id": uuid7(),
        "territory_key": "town",
        "number": number,
        "state": state,
        "phase": phases.get(state, "decide"),
        "act": "burglary",
        "title": "act.burglary",
        "probability": 0.5,
        "low": 0.3,
        "high": 0.7,
        "leave_by": NIGHT + timedelta(seconds=leave),
        **dict.fromkeys(("entered_at", "last_sign_at", "seen_at", "received_at", "fused_at"), NIGHT),
    }
    return Incident(**{**made, **more})


def numbers(views: Iterable[object]) -> list[str]:
    return [view.reference for view in views]  # type: ignore[attr-defined]


def test_the_queue_is_grouped_and_ordered() -> None:
    rows = [
        row(1, 400),
        row(2, 60),
        row(3, -50),
        row(4, 900, life=True),
        row(5, 10, state="sent"),
        row(6, 10, state="technical"),
        row(7, 10, state="closed", resolved_at=NIGHT),
        row(8, 10, state="closed", resolved_at=NIGHT + timedelta(hours=1)),
        row(9, 10, territory_key="elsewhere"),
        row(10, -400, state="confirmed"),
    ]
    Incident.objects.bulk_create(rows)
    queue = queries.queue(["town"], now=NIGHT)
    assert numbers(queue.decide) == ["I-4", "I-10", "I-2", "I-1", "I-3"]
    assert numbers(queue.progress) == ["I-5"] and numbers(queue.follow) == ["I-6"]
    assert numbers(queue.closed) == ["I-8", "I-7"]
    assert queue.counts == {"decide": 5, "progress": 1, "follow": 1}
    assert numbers(queries.open_incidents(["elsewhere"])) == ["I-9"]
    assert queries.queue([], now=NIGHT).decide == []


def test_a_queue_takes_few_queries_however_long() -> None:
    Incident.objects.bulk_create([row(n, n) for n in range(300)])
    with CaptureQueriesContext(
        connection,
    ) as taken:
        queue = queries.queue(["town", "elsewhere"], now=NIGHT)
    assert len(taken) <= 5 and len(queue.decide) == queries.MOST_ROWS
    assert queue.counts["decide"] == 300


def test_the_queue_reads_by_index() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the plan's words are SQLite's")
    Incident.objects.bulk_create([row(n, n) for n in range(50)])
    rows = Incident.objects.filter(territory_key__in=["town"], phase="decide").order_by("-leave_by")
    assert "USING INDEX" in rows.explain()
    closed = Incident.objects.filter(territory_key__in=["town"], resolved_at__isnull=False)
    assert "USING INDEX" in closed.order_by("-resolved_at")[:20].explain()


def test_the_sheet_says_why_and_what_next(say: Say) -> None:
    say(("signal.vehicle_slow", "", -2400, (60.0, 0.0)))
    (first,) = say(("intrusion.door", "P-1", 0, (0.0, 0.0)))
    say(("presence.person", "C-1", 9, (30.0, 0.0)))
    sheet = queries.sheet(first)
    assert [sign.kind for sign in sheet.signs] == [
        "presence.person",
        "intrusion.door",
        "signal.vehicle_slow",
    ]
    assert sheet.signs[-1].relation == "earlier_signal" and 0 < sheet.signs[-1].share < 40
    assert sheet.signs[1].share > sheet.signs[0].share > sheet.signs[-1].share
    assert sheet.incident.independent == 2
    assert sheet.doubt is not None and sheet.doubt.how == "concordant" and len(sheet.doubt.observations) == 2
    assert (sheet.steps[0].code, sheet.steps[0].current) == ("send_unit", True)
    assert sheet.procedure == "burglary/2"
    assert {"acknowledge", "send", "close", "split"} <= set(sheet.actions)
    seconds = {moment.step: moment.seconds for moment in sheet.ledger}
    assert seconds["seen"] == 0 and seconds["acknowledged"] is None


def test_ticked_steps_move_the_lantern(say: Say) -> None:
    (first,) = say(("tamper.device", "P-1", 0, (0.0, 0.0)))
    member = uuid7()
    steps = [step.code for step in queries.sheet(first).steps]
    actions.tick(incident=first, member=member, step=steps[0])
    actions.tick(incident=first, member=member, step=steps[0])
    shown = queries.sheet(first).steps
    assert [step.code for step in shown if step.current] == [steps[1]]
    assert shown[0].done_by == f"member:{member}"
    with pytest.raises(errors.BadOutcome):
        actions.tick(incident=first, member=member, step="dance")


def test_an_unknown_incident_is_said() -> None:
    with pytest.raises(errors.UnknownIncident):
        queries.sheet(UUID(int=1))
    with pytest.raises(errors.UnknownIncident):
        queries.by_reference("town", 1)
    with pytest.raises(errors.UnknownIncident):
        doors.territory_of(UUID(int=1))


def test_the_door_opens_to_those_who_may(say: Say) -> None:
    (first,) = say(("intrusion.door", "P-1", 0, (0.0, 0.0)))
    operator, patrol, stranger = _people()
    assert doors.incident_for(operator, first, "incident.acknowledge").pk == first
    assert doors.territory_of(first) == "town"
    with pytest.raises((Refused, errors.UnknownIncident)):
        doors.incident_for(stranger, first, "incident.acknowledge")
    with pytest.raises((Refused, errors.UnknownIncident)):
        doors.incident_for(patrol, first, "incident.close")
    with pytest.raises(errors.UnknownIncident):
        doors.incident_for(operator, UUID(int=1), "duty.view")


def _people() -> tuple[Member, Member, Member]:
    people.create_installation(name="Test", exercise=True)
    people.know_territory(key="town")
    people.know_territory(key="elsewhere")
    organisation = people.create_organisation(name="Town", kind="commune")
    found = []
    for role, where in (("operator", "town"), ("patrol", "town"), ("operator", "elsewhere")):
        view = people.create_member(
            email=f"{role}-{where}@town.example",
            display_name=role,
            organisation=organisation,
            roles=[role],
            territories=[where],
        )
        found.append(Member.objects.get(email=f"{role}-{where}@town.example"))
        assert view is not None
    return found[0], found[1], found[2]


def test_moments_are_exact(say: Say) -> None:
    (first,) = say(("intrusion.door", "P-1", 0, (0.0, 0.0)))
    moments = {moment.step: moment for moment in queries.entries(first)}
    assert moments["received"].seconds == pytest.approx(0.2)
    at: datetime | None = moments["seen"].at
    assert at == NIGHT
