"""What is loaded before anybody asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.territory.towns import cross

from beffroi.foundation import settings
from beffroi.house import warming
from beffroi.territory import places
from beffroi.territory.town_import import import_town

pytestmark = pytest.mark.room


def test_a_towns_places_are_known_before_the_first_call(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEFFROI_DATA_DIR", str(tmp_path / "data"))
    settings.current.cache_clear()
    import_town(file=cross(tmp_path / "cross.osm"), name="Bourg", key="bourg-warmed")
    places.index.cache_clear()
    warming.for_pages()
    made = places.index.cache_info().misses
    assert made >= 1
    places.find("bourg-warmed", "rue")
    assert places.index.cache_info().misses == made
    settings.current.cache_clear()
