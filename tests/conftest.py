"""What holds for every test. Its data directory is set in beffroi.house.settings_for_tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from tests.emptied import let_databases_be_emptied
from tests.served import let_static_files_be_found_once

# Speed is measured in `benchmarks/`, never in a test: a busy machine must not fail a property.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

let_databases_be_emptied()
let_static_files_be_found_once()

_DATABASE = {"db", "transactional_db", "client"}
#: What lasts longest for its number of tests, first: at the end of a run nobody waits for one long file.
_LONG = ("journey", "service", "desk")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL what uses no database is left out; shared among processes, long files come first."""
    if os.environ.get("BEFFROI_DATABASE_URL"):
        away = [each for each in items if not _uses_database(each)]
        if away:
            config.hook.pytest_deselected(items=away)
            items[:] = [each for each in items if _uses_database(each)]
    if hasattr(config, "workerinput"):
        ranks: dict[str, int] = {}
        for each in items:
            file = each.nodeid.partition("::")[0]
            ranks[file] = min(ranks.get(file, len(_LONG)), _rank(each))
        items.sort(key=lambda each: ranks[each.nodeid.partition("::")[0]])


def _uses_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or bool(
        _DATABASE & set(getattr(item, "fixturenames", ()))
    )


def _rank(item: pytest.Item) -> int:
    marks = {each.name for each in item.iter_markers()}
    return next((number for number, name in enumerate(_LONG) if name in marks), len(_LONG))
