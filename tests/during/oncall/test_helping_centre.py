"""Nobody on call answers: the centre that a framework names has the queue, until its time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.during.oncall.conftest import NIGHT
from tests.during.oncall.test_escalation import facts

from beffroi.during.oncall import actions
from beffroi.foundation import clock
from beffroi.people import actions as people
from beffroi.people import doors, queries
from beffroi.people.conventions import actions as conventions
from beffroi.people.conventions import queries as kept

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def helper(rota):
    """An operator of another centre, under a framework with the village that every party signed."""
    queries.policy_book.cache_clear()
    centre = people.create_organisation(name="Redon Agglomération", kind="epci")
    people.answer_for(key=rota.key, organisation=rota.mayor.organisation)
    people.know_territory(key="redon", organisation=centre)
    row = conventions.draw(
        draft=conventions.Draft(
            reference="renfort", title="Renfort", kind="framework", places=[rota.key], receives=[centre],
            matters=["incidents", "handling"], starts_on=NIGHT.date() - timedelta(days=9),
            ends_on=NIGHT.date() + timedelta(days=9), help_hours=8, unattended_min=15,
        )
    )  # fmt: skip
    for part in row.parts.select_related("organisation"):
        conventions.sign(convention=row.pk, organisation=part.organisation, document_sha256="d" * 64)
    yield people.create_member(
        email="operator@redon.example", display_name="Operator", organisation=centre, roles=["operator"],
        territories=["redon"],
    )  # fmt: skip
    queries.policy_book.cache_clear()


def sees(member) -> bool:
    doors.forget_rights(member)
    return doors.decide(member, "incident.acknowledge", territory="village").allowed


def test_the_helping_centre_has_the_queue_when_nobody_answers(helper, burglary, at_night):
    for second in range(6, 1000, 100):
        actions.step(NIGHT + timedelta(seconds=second))
        assert not facts("oncall.nobody_answered") or kept.helps(territories=["village"])
    for second in range(1000, 2000, 100):
        actions.step(NIGHT + timedelta(seconds=second))
    assert sees(helper)
    (begun,) = facts("help.begun")
    assert begun["why"] == "nobody"
    at_night.advance(8 * 3600 + 1)
    assert not sees(helper)
    actions.step(clock.now())
    assert [each["why"] for each in facts("help.ended")] == ["time"]
