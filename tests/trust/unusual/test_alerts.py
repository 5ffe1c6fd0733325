"""What is unusual reaches one officer, who decides once; the journal does not say of whom."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.trust.unusual.conftest import Looked, Town

from beffroi.foundation import clock
from beffroi.journal import queries as journal
from beffroi.trust.unusual import actions, models, queries
from beffroi.trust.unusual.errors import (
    BadDecision,
    BadStreet,
    DecidedAlready,
    OwnAlert,
    UnknownAlert,
)

pytestmark = [pytest.mark.room, pytest.mark.django_db]
HERE = frozenset({"town"})


def test_noticed_once_and_its_figures_follow_until_it_is_decided(town: Town, looked: Looked) -> None:
    with clock.use(clock.FixedClock(datetime(2026, 3, 10, 14, 0, tzinfo=UTC))):
        looked(town.operator, 7)
        assert actions.notice("town") == 0
        looked(town.operator)
        assert actions.notice("town") == 1
        looked(town.operator)
        assert actions.notice("town") == 0
        (alert,) = queries.alerts(["town"])
    assert (alert.rule, alert.member, alert.figures["looks"]) == ("same_camera", town.operator.pk, 9)
    (told,) = journal.follow(0, facts=["trust.unusual_looking"])
    assert told.journal == "installation" and str(town.operator.pk) not in (told.text or "") + told.header
    actions.decide(
        territories=HERE, alert=alert.id, decision="explained", officer=town.other, reason="Marché", tell=True
    )
    (decided,) = journal.follow(0, facts=["trust.unusual_decided"])
    assert decided.actor == town.other.actor and decided.body and decided.body["told"]
    assert "Marché" not in (decided.text or "")
    assert [each.id for each in queries.told_to(town.operator.pk)] == [alert.id]
    assert queries.counts(["town"]) == {"explained": 1}
    with pytest.raises(DecidedAlready):
        actions.decide(territories=HERE, alert=alert.id, decision="accepted", officer=town.other, tell=False)


def test_nobody_decides_of_their_own_looks_or_of_another_town_s(town: Town, looked: Looked) -> None:
    looked(town.operator, 8)
    actions.notice("town")
    (alert,) = queries.alerts(["town"])
    asked = {"alert": alert.id, "decision": "accepted", "tell": False}
    with pytest.raises(OwnAlert):
        actions.decide(territories=HERE, officer=town.operator, **asked)
    with pytest.raises(UnknownAlert):
        actions.decide(territories=frozenset(), officer=town.other, **asked)
    with pytest.raises(BadDecision):
        actions.decide(territories=HERE, officer=town.other, **{**asked, "decision": "burn"})
    with pytest.raises(BadDecision):
        actions.decide(territories=HERE, officer=town.other, **{**asked, "decision": "followed_up"})
    assert not models.Alert.objects.exclude(decision="").exists()


def test_a_street_is_declared_freely_and_taken_back(town: Town, looked: Looked) -> None:
    street = actions.streets_of("town")[0]
    with pytest.raises(BadStreet):
        actions.declare_street(member=town.operator, where="town", street="rue de nulle part")
    actions.declare_street(member=town.operator, where="town", street=street)
    assert queries.own_street(town.operator.pk) == ("town", street)
    said = journal.follow(0, facts=["trust.own_street_declared"])[0]
    assert said.body == {"standing": True}, "which street stays in the room"
    actions.declare_street(member=town.operator, where="town", street="")
    assert queries.own_street(town.operator.pk) == ("", "")


def test_a_look_into_the_declared_street_is_noticed(town: Town, looked: Looked) -> None:
    from beffroi.trust.unusual.register import _streets

    street = _streets("town")["C-1"]
    assert street
    looked(town.operator)
    assert actions.notice("town") == 0
    actions.declare_street(member=town.operator, where="town", street=street)
    assert actions.notice("town") == 1
    (alert,) = queries.alerts(["town"])
    assert alert.rule == "own_street" and alert.device == "C-1"


def test_the_duty_reads_every_territory_in_turn(town: Town, looked: Looked) -> None:
    looked(town.operator, 8)
    watch = actions.Watch()
    assert sum(watch() for _ in range(3)) == 1
