"""Fixtures that every test may use: a data directory of its own, never the developer's."""

from __future__ import annotations

import os
import tempfile

# Before any setting is read: the whole run works in a directory that is thrown away.
os.environ["BEFFROI_DATA_DIR"] = tempfile.mkdtemp(prefix="beffroi-test-")
os.environ.setdefault("BEFFROI_CONFIG", os.devnull)

from hypothesis import settings
from tests.emptied import let_journal_be_emptied

# Speed is measured in `benchmarks/`, never in a test: a busy machine must not fail a property.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

let_journal_be_emptied()
