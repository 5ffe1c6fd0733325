"""Sensitive acts: a role is not enough; what they rest on is confirmed by who keeps it, or refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from beffroi.people import doors, grounds
from beffroi.people.catalogue import GROUNDS, catalogue
from beffroi.people.grounds import Answer, Grounds, Question

from .conftest import FOREIGN, OWN, Town

pytestmark = [pytest.mark.room, pytest.mark.django_db]


class Keeper:
    """Confirms the keys it holds, and remembers what it was asked."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys
        self.asked: list[Question] = []

    def confirm(self, key: str, question: Question) -> Answer:
        self.asked.append(question)
        return Answer(key in self.keys)


@pytest.fixture(autouse=True)
def nobody_answers_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keepers that rooms registered when the house started are away."""
    monkeypatch.setattr(grounds, "_ports", {})


@pytest.fixture
def keepers() -> Iterator[dict[str, Keeper]]:
    """A keeper of every ground, each holding the key 'R-1'."""
    made = {ground: Keeper("R-1") for ground in GROUNDS}
    for ground, keeper in made.items():
        grounds.register(ground, keeper)
    yield made
    for ground in made:
        grounds.withdraw(ground)


ALL = Grounds(
    purpose="R-1", requisition="R-1", switch="R-1", order="R-1", second_signature="R-1", accreditation="R-1"
)
SENSITIVE = sorted(key for key, action in catalogue().actions.items() if action.grounds)


def test_every_ground_is_demanded_by_some_action() -> None:
    assert {ground for action in catalogue().actions.values() for ground in action.grounds} == set(GROUNDS)


@pytest.mark.parametrize("action", SENSITIVE)
def test_ground_that_nobody_can_confirm_keeps_the_door_shut(town: Town, action: str) -> None:
    member = town.member("operator", "supervisor", "investigator")
    decision = doors.decide(member, action, territory=OWN, grounds=ALL)
    assert decision.reason == "people.ground_unanswerable"
    assert decision.words != decision.reason


@pytest.mark.parametrize("action", SENSITIVE)
def test_each_demanded_ground_is_needed(town: Town, keepers: dict[str, Keeper], action: str) -> None:
    member = town.member("operator", "supervisor", "investigator")
    demanded = catalogue().actions[action].grounds
    assert doors.decide(member, action, territory=OWN, grounds=ALL).allowed
    for ground in demanded:
        named = {each: "R-1" for each in GROUNDS if each != ground}
        missing = doors.decide(member, action, territory=OWN, grounds=Grounds(**named))
        assert (missing.reason, missing.params["ground"]) == ("people.ground_missing", ground)
        other = doors.decide(member, action, territory=OWN, grounds=Grounds(**named, **{ground: "R-2"}))
        assert (other.reason, other.params["ground"]) == ("people.ground_not_standing", ground)
        assert f"ground.{ground}" in other.policies


def test_who_has_no_role_is_told_so_and_no_keeper_is_asked(town: Town, keepers: dict[str, Keeper]) -> None:
    for member, territory in ((town.member("patrol"), OWN), (town.member("investigator"), FOREIGN)):
        decision = doors.decide(member, "recording.look", territory=territory, grounds=ALL)
        assert decision.reason == "people.no_role_here"
    assert not any(keeper.asked for keeper in keepers.values())


def test_keeper_is_asked_about_this_act_place_and_thing(town: Town, keepers: dict[str, Keeper]) -> None:
    member = town.member("operator")
    doors.decide(member, "camera.look", territory=OWN, resource="device:C-08", grounds=ALL)
    question = keepers["order"].asked[0]
    assert (question.member, question.action, question.territory, question.resource) == (
        member.id,
        "camera.look",
        OWN,
        "device:C-08",
    )


def test_sensitive_act_is_never_open_somewhere(town: Town, keepers: dict[str, Keeper]) -> None:
    member = town.member("operator")
    assert doors.territories_for(member, "camera.look") == {OWN}
    assert not doors.decide_somewhere(member, "camera.look").allowed


def test_ground_has_one_keeper(keepers: dict[str, Keeper]) -> None:
    with pytest.raises(ValueError, match="keeper already"):
        grounds.register("order", Keeper())
    with pytest.raises(ValueError, match="not a ground"):
        grounds.register("mood", Keeper())
