"""Places found by what people say of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.real_data import need
from tests.territory.towns import PLANE, osm

from beffroi.territory import places
from beffroi.territory.methods.place_search import LITTLE, Entry, PlaceIndex, asked, fold, words
from beffroi.territory.town_import import import_town

NODES = {
    1: (-200.0, 0.0), 2: (200.0, 0.0), 3: (0.0, -200.0), 4: (0.0, 200.0), 5: (0.0, 0.0),
    10: (30.0, 8.0), 11: (60.0, 8.0), 12: (-50.0, 12.0), 13: (90.0, 9.0), 14: (15.0, 60.0),
    21: (100.0, 20.0), 22: (140.0, 20.0), 23: (140.0, 50.0), 24: (100.0, 50.0),
}  # fmt: skip
WAYS = {
    1: ([1, 5, 2], {"highway": "residential", "name": "Rue du Port"}),
    2: ([3, 5, 4], {"highway": "residential", "name": "Rue de l'Église"}),
    3: ([21, 22, 23, 24, 21], {"building": "school", "amenity": "school", "name": "École Jules-Ferry"}),
}
TAGGED = {
    10: {"shop": "bakery", "name": "La Flûte"},
    11: {"shop": "bakery"},
    12: {"addr:housenumber": "12 bis", "addr:street": "Rue du Port"},
    13: {"amenity": "bench"},
    14: {"railway": "station", "name": "Redon"},
}


@pytest.fixture
def town(db: None, tmp_path: Path) -> Iterator[str]:
    places.index.cache_clear()
    import_town(file=osm(tmp_path / "a.osm", NODES, WAYS, tagged=TAGGED), name="Town", key="town")
    yield "town"
    places.index.cache_clear()


def named(query: str) -> list[tuple[str, str]]:
    return [(each.name, each.kind) for each in places.find("town", query)]


@pytest.mark.room
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("eglise", ("Rue de l'Église", "street")),
        ("ÉGLISE", ("Rue de l'Église", "street")),
        ("rue eglise", ("Rue de l'Église", "street")),
        ("12 rue du port", ("12 bis Rue du Port", "address")),
        ("près de la boulangerie", ("La Flûte", "bakery")),
        ("near the bakery", ("La Flûte", "bakery")),
        ("ecole", ("École Jules-Ferry", "school")),
        ("jules ferry", ("École Jules-Ferry", "school")),
        ("gare", ("Redon", "station")),
        ("r du po", ("Rue du Port", "street")),
    ],
)
def test_what_someone_says_leads_there(town: str, query: str, first: tuple[str, str]) -> None:
    assert named(query)[0] == first


@pytest.mark.room
@pytest.mark.django_db
def test_what_nobody_names_is_not_there_and_a_town_without_a_map_has_none(town: str) -> None:
    assert named("bench") == [] and named("banc") == []
    assert named("") == [] and named("zzz") == [] and named("boulangerie zzz") == []
    assert places.find("elsewhere", "rue") == []
    assert ("", "bakery") in named("boulangerie")  # a bakery that the map gives no name


@pytest.mark.room
@pytest.mark.django_db
def test_where_it_is_and_how_far_one_may_be_from_it(town: str) -> None:
    address = places.find("town", "12 bis rue du port")[0].position
    lat, lon = (float(each) for each in PLANE.to_lat_lon(-50.0, 12.0))
    assert (address.lat, address.lon) == pytest.approx((lat, lon), abs=1e-5)
    assert address.radius_m == places.ADDRESS_M
    bakery, near = (places.find("town", each)[0] for each in ("boulangerie flute", "pres boulangerie flute"))
    assert (bakery.position.radius_m, bakery.near) == (places.LANDMARK_M, False)
    assert (near.position.radius_m, near.near) == (places.NEAR_M, True)
    assert places.find("town", "rue du port")[0].position.radius_m == pytest.approx(200, abs=2)


@pytest.mark.room
@pytest.mark.django_db
def test_a_school_that_is_also_a_building_is_one_place(town: str) -> None:
    assert [name for name, _kind in named("jules")] == ["École Jules-Ferry"]


@pytest.mark.unit
def test_little_words_say_nothing_unless_they_are_all_there_is() -> None:
    assert asked("près de la boulangerie") == (["boulangerie"], True)
    assert asked("à la gare") == (["gare"], False)
    assert asked("la") == (["la"], False)
    assert words("bd St-Michel, 3") == ["boulevard", "saint", "michel", "3"]
    assert fold("Cœur d'Élan") == "coeur d'elan"


@pytest.mark.unit
@given(st.lists(st.text("abcéÉ -'", min_size=1, max_size=12), max_size=8), st.text(max_size=30))
def test_whatever_is_typed_each_answer_bears_every_word(names: list[str], query: str) -> None:
    index = PlaceIndex([Entry(name, "", "", 0.0, 0.0, 1.0, 1) for name in names])
    telling, _near = asked(query)
    for found in index.search(query, 5):
        assert all(any(own.startswith(word) for own in words(found.name)) for word in telling)
    assert LITTLE & set(telling) == set() or set(telling) <= LITTLE


@pytest.mark.room
@pytest.mark.django_db
def test_a_real_town_knows_its_bakeries_and_addresses() -> None:
    import_town(file=need("osm/redon.osm.gz"), name="Redon", key="redon")
    places.index.cache_clear()
    assert {each.kind for each in places.find("redon", "pres de la boulangerie")} == {"bakery"}
    assert places.find("redon", "12 grande rue")[0].name == "12 Grande Rue"
    assert places.find("redon", "mairie")[0].kind == "townhall"
    began = time.process_time()  # once made, the index answers at once: a scan of every place would not
    for _ in range(20):
        places.find("redon", "rue de la gare")
    assert time.process_time() - began < 2.0
    places.index.cache_clear()
