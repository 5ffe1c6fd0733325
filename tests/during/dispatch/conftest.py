"""A town of one long street, at a fixed time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.during.dispatch.places import NOW, Street, street

from beffroi.foundation import clock


@pytest.fixture
def now() -> Iterator[clock.FixedClock]:
    """The time is NOW until a test moves it."""
    with clock.use(clock.FixedClock(NOW)) as fixed:
        assert isinstance(fixed, clock.FixedClock)
        yield fixed


@pytest.fixture
def town(db: None, now: clock.FixedClock, tmp_path: Path) -> Street:
    """The town of one street; no unit yet, no incident."""
    return street(tmp_path)
