"""`beffroi rehearse`: an exercise made ready and told on a running installation, a village and a centre."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from tests.journey.installation import Installation
from tests.journey.profiles import PROFILES, of_profile

pytestmark = [pytest.mark.journey, pytest.mark.service]


@pytest.fixture(scope="module", params=PROFILES)
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Installation, str, list[dict[str, object]]]]:
    """The installation, the exercise's territory and the steps told, at twenty times their pace."""
    with of_profile(request.param, tmp_path_factory.mktemp("rehearse")) as house:
        (ready,) = house.set_up((("rehearse", "prepare", "--json"), ""))
        house.start()
        said = house.command("rehearse", "play", "--pace", "20", "--json")
        yield house, json.loads(ready)["territory"], [json.loads(line) for line in said.splitlines()]


def test_the_story_goes_in_by_every_door(
    told: tuple[Installation, str, list[dict[str, object]]],
) -> None:
    _, _, steps = told
    assert len(steps) == 12
    assert {each["channel"] for each in steps} == {"referent", "panel", "broker"}


def test_it_leaves_the_incidents_of_its_act(told: tuple[Installation, str, list[dict[str, object]]]) -> None:
    house, town, _ = told
    log = house.command("journal", "export", f"territory:{town}")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith('{"entry"')]
    facts = [json.loads(each["entry"])[2]["fact"] for each in lines]
    assert facts.count("incident.opened") == 3
    assert facts.count("incident.confirmed") == 1
    assert facts.count("signal.reported") == 1
    assert house.answer("journal", "verify")["good"]
    house.command("replay", "--territory", town, "--from-start")
