"""Each test of the territory has a data directory of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from beffroi.foundation import settings


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's towns are written."""
    monkeypatch.setenv("BEFFROI_DATA_DIR", str(tmp_path / "data"))
    settings.current.cache_clear()
    yield tmp_path / "data"
    settings.current.cache_clear()
