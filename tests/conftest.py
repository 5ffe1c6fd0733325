"""What holds for every test. Its data directory is set in beffroi.house.settings_for_tests."""

from __future__ import annotations

from hypothesis import settings
from tests.emptied import let_databases_be_emptied
from tests.served import let_static_files_be_found_once

# Speed is measured in `benchmarks/`, never in a test: a busy machine must not fail a property.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

let_databases_be_emptied()
let_static_files_be_found_once()
