"""How the free patrols cover the town, as the desk says it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.desks.conftest import Town
from tests.during.dispatch.places import NOW, street

from beffroi.during.dispatch import actions
from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7
from beffroi.people import actions as people

pytestmark = [pytest.mark.desk, pytest.mark.django_db]


def test_a_town_whose_map_has_no_buildings_says_nothing(town: Town) -> None:
    answer = town.signed_in(town.operator).get("/veille/couverture/")
    assert answer.status_code == 200 and "cover-share" not in answer.content.decode()
    assert 'hx-get="/veille/couverture/"' in town.signed_in(town.operator).get("/veille/").content.decode()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_with_one_busy_it_says_who_could_go_where(town: Town, tmp_path: Path, language: str) -> None:
    with clock.use(clock.FixedClock(NOW + timedelta(seconds=1))):
        long = street(tmp_path, houses=True)
        people.know_territory(key=long.key)
        operator = people.create_member(
            email="sam@town.example", display_name="Sam", organisation=town.operator.organisation,
            password="le guet veille sur la tour", roles=["operator"], territories=[long.key],
        )  # fmt: skip
        long.unit("P1", 500.0)
        long.unit("P2", 7500.0)
        incident = long.incident(600.0)
        actions.rank(incident_id=incident, at=NOW)
        actions.send(incident_id=incident, unit="P1", member=uuid7(), at=NOW)
        said = town.signed_in(operator, language).get("/veille/couverture/").content.decode()
    wanted = "vers Grande Rue" if language == "fr" else "towards Grande Rue"
    assert wanted in said and "Patrouille P2" in said and "<b>Patrouille P1</b>" not in said
    assert ("si toutes l’étaient" if language == "fr" else "if all were free") in said
