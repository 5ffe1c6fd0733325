"""Real input that the project never commits: tests use it where it is, and skip by name where it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_default = Path(__file__).resolve().parents[2] / "shared" / "data"


def need(name: str) -> Path:
    """The path of the real input `name`; skips the test, saying which file is missing."""
    path = Path(os.environ.get("BEFFROI_SHARED_DATA", _default)) / name
    if not path.exists():
        pytest.skip(f"real input {name} is not on this machine (set BEFFROI_SHARED_DATA)")
    return path
